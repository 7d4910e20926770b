"""Numbers that merchants print on bills: right ones are kept in one form, wrong ones refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.merchants import rules
from sleek.merchants.rules import CodeFlaw, Malformed, NotAPhone, NotATaxNumber
from sleek.merchants.rules.tax_numbers import KINDS

EXAMPLES = [(country, kind.example) for country, kinds in KINDS.items() for kind in kinds]


@pytest.mark.parametrize(("country", "example"), EXAMPLES)
def test_the_example_that_a_refusal_names_is_right_and_stays_as_it_is(
    country: str, example: str
) -> None:
    assert rules.tax_number(country, example) == example


TAX_NUMBERS = [
    ("CN", " 91350100 m000100y43 ", "91350100M000100Y43"),
    ("DE", "de 136 695 976", "DE136695976"),
    ("DE", "136695976", "DE136695976"),
    ("FR", "552008443", "552 008 443"),
    ("AT", "u13585627", "ATU13585627"),
    ("GR", "GR 094259216", "EL094259216"),
    ("GB", "980 7806 84", "GB980780684"),
    ("US", "911144442", "91-1144442"),
    ("AU", "83914571673", "83 914 571 673"),
    ("IN", "27aapfu0939f1zv", "27AAPFU0939F1ZV"),
    ("BR", "16727230000197", "16.727.230/0001-97"),
    ("JP", "t5835678256246", "T5835678256246"),
    ("CH", "che107787577iva", "CHE-107.787.577 IVA"),
    ("HK", " 12345678-000-03-26-A ", "12345678-000-03-26-A"),  # none to compare with
]


@pytest.mark.parametrize(("country", "typed", "kept"), TAX_NUMBERS)
def test_a_tax_number_is_kept_as_it_prints(country: str, typed: str, kept: str) -> None:
    assert rules.tax_number(country, typed) == kept


WRONG_TAX_NUMBERS = [
    ("CN", "91350100M000100Y44"),
    ("TW", "00501504"),
    ("JP", "5-8356-7825-6247"),
    ("KR", "116-82-0027"),
    ("SG", "00192200X"),
    ("IN", "27AAPFU0939F1ZO"),
    ("AU", "83 914 571 674"),
    ("NZ", "49-091-851"),
    ("DE", "DE136695978"),
    ("DE", "FR40303265045"),
    ("FR", "FR84323140391"),
    ("IT", "IT00743110158"),
    ("ES", "ESB64717839"),
    ("NL", "NL123456789B90"),
    ("PL", "PL8567346216"),
    ("GB", "GB802311781"),
    ("CH", "CHE-107.787.578 IVA"),
    ("US", "07-1144442"),  # no office of that number
    ("CA", "123026636"),
    ("MX", "VACE 461310 SX6"),
    ("BR", "16.727.230/0001-98"),
    ("AR", "20-05536168-3"),
    ("RU", "123456789037"),
    ("ZA", "0001339051"),
]


@pytest.mark.parametrize(("country", "typed"), WRONG_TAX_NUMBERS)
def test_a_wrong_tax_number_is_refused_with_what_the_country_calls_it(
    country: str, typed: str
) -> None:
    with pytest.raises(NotATaxNumber) as refusal:
        rules.tax_number(country, typed)
    assert refusal.value.kinds == KINDS[country]


@given(st.sampled_from([*KINDS, "HK", "ZZ", ""]), st.text(max_size=40))
def test_whatever_is_typed_is_kept_in_a_form_that_stays_or_is_refused(
    country: str, typed: str
) -> None:
    for read in (
        lambda text: rules.tax_number(country, text),
        lambda text: rules.phone(country, text),
        lambda text: rules.bank_account(country, text),
        rules.bank_code,
        rules.credit_code,
    ):
        try:
            kept = read(typed)
        except (NotATaxNumber, NotAPhone, Malformed):
            continue
        assert read(kept) == kept


def test_a_credit_code_has_one_check_character() -> None:
    digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    good = [last for last in digits if _is_credit_code("N2350100M000100Y4" + last)]
    assert len(good) == 1


@pytest.mark.parametrize(
    "code", ["", "91350100M000100Y44", "91350100M000100I43", "9135010", "9135O100M000100Y43"]
)
def test_anything_else_is_no_credit_code(code: str) -> None:
    assert _is_credit_code("91350100M000100Y43")
    assert not _is_credit_code(code)


def _is_credit_code(text: str) -> bool:
    try:
        return rules.credit_code(text) == text
    except Malformed:
        return False


PHONES = [
    ("CN", "138 1234 5678", "+8613812345678", "138 1234 5678"),
    ("CN", "0798-8441234", "+867988441234", "0798 844 1234"),
    ("CN", "+49 30 901820", "+4930901820", "+49 30 901820"),
    ("DE", "030 901820", "+4930901820", "030 901820"),
    ("GB", "(020) 7946 0958", "+442079460958", "020 7946 0958"),
    ("US", "415.555.2671", "+14155552671", "(415) 555-2671"),
    ("", "+85221234567", "+85221234567", "+852 2123 4567"),
]


@pytest.mark.parametrize(("country", "typed", "kept", "shown"), PHONES)
def test_a_phone_is_kept_for_the_world_and_shown_as_people_there_write_it(
    country: str, typed: str, kept: str, shown: str
) -> None:
    assert rules.phone(country, typed) == kept
    assert rules.phone_shown(country, kept) == shown


def test_on_papers_a_phone_can_be_dialled_from_everywhere() -> None:
    assert rules.phone_abroad("+8613812345678") == "+86 138 1234 5678"


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("CN", "12345"),
        ("CN", "138 1234 567"),
        ("CN", "call me"),
        ("", "138 1234 5678"),
        ("US", "+1 555"),
        ("US", "(415) 555-2671 ext. 5"),
    ],
)
def test_what_nobody_can_call_is_no_phone(country: str, typed: str) -> None:
    with pytest.raises(NotAPhone):
        rules.phone(country, typed)


ACCOUNTS = [
    ("DE", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ("CN", "GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
    ("CN", "6222 0210 0111 2345 678", "6222021001112345678"),
    ("US", "000123-456789", "000123456789"),
]


@pytest.mark.parametrize(("country", "typed", "kept"), ACCOUNTS)
def test_an_account_is_kept_without_its_gaps(country: str, typed: str, kept: str) -> None:
    assert rules.bank_account(country, typed) == kept


def test_an_iban_is_shown_in_groups() -> None:
    assert rules.bank_account_shown("DE89370400440532013000") == "DE89 3704 0044 0532 0130 00"
    assert rules.bank_account_shown("6222021001112345678") == "6222021001112345678"


BANK_FLAWS = [
    (lambda: rules.bank_account("DE", "DE89370400440532013001"), CodeFlaw.IBAN),
    (lambda: rules.bank_account("CN", "XX89370400440532013000"), CodeFlaw.IBAN),
    (lambda: rules.bank_account("DE", "0532013000"), CodeFlaw.IBAN_NEEDED),
    (lambda: rules.bank_account("CN", "12"), CodeFlaw.ACCOUNT),
    (lambda: rules.bank_account("CN", "6222 0210 x"), CodeFlaw.ACCOUNT),
    (lambda: rules.bank_account("CN", "１２３４５６"), CodeFlaw.ACCOUNT),
    (lambda: rules.bank_account("CN", "1" * 35), CodeFlaw.ACCOUNT),
    (lambda: rules.bank_code("DEUTXXFF"), CodeFlaw.BIC),
    (lambda: rules.bank_code("DEUT"), CodeFlaw.BIC),
    (lambda: rules.bank_code("10210009999"), CodeFlaw.CNAPS),
    (lambda: rules.bank_code("!"), CodeFlaw.BANK_CODE),
]


@pytest.mark.parametrize(("read", "flaw"), BANK_FLAWS)
def test_what_no_bank_gave_is_refused_by_its_flaw(read, flaw: CodeFlaw) -> None:
    with pytest.raises(Malformed) as refusal:
        read()
    assert refusal.value.flaw == flaw


# Head offices: ICBC, ABC, BOC, CCB, BOCOM, CITIC, CMBC, CMB, CIB, SPDB.
CNAPS = [
    *("102100099996", "103100000026", "104100000004", "105100000017", "301290000007"),
    *("302100011000", "305100000013", "308584000013", "309391000011", "310290000013"),
]


@pytest.mark.parametrize("code", CNAPS)
def test_a_cnaps_code_holds_its_check_digit(code: str) -> None:
    assert rules.bank_code(code) == code
    for digit in range(9):
        wrong = code[:5] + str((int(code[5]) + 1 + digit) % 10) + code[6:]
        with pytest.raises(Malformed):
            rules.bank_code(wrong)


@pytest.mark.parametrize("code", ["BKCHCNBJ", "icbkcnbjxxx", "DEUT DE FF 500"])
def test_a_bic_is_kept_in_capitals(code: str) -> None:
    assert rules.bank_code(code) == code.upper().replace(" ", "")
