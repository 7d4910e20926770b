"""Bank transfer: what a payer is told, and how a reference is known again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.channels.banktransfer import accounts, references
from sleek.channels.banktransfer.channel import LIFETIME, BankTransfer
from sleek.channels.base import Flow, Order, Outcome, RefundOrder, Refused, Untrusted
from sleek.core import clock
from sleek.core.money import Money
from tests import banks

KEYS = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26).map("att_".__add__)
NOISE = st.text(max_size=40)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
USD = Money(128_000, "USD")


def order(amount: Money = USD, key: str = "att_01jd") -> Order:
    return Order(
        key=key,
        amount=amount,
        method="bank_transfer",
        flow=Flow.HERE,
        description="Order PO-2291",
        return_url="https://pay.example/return/",
        notice_url="https://pay.example/notice/",
        expires_at=NOW + LIFETIME,
    )


def channel(**details: str) -> BankTransfer:
    return BankTransfer({**banks.DETAILS, **details})


@given(KEYS)
def test_a_reference_has_no_letters_that_are_taken_for_others(key: str) -> None:
    reference = references.of(key)
    assert references.is_right(reference)
    assert len(reference) == references.LENGTH
    assert not set("01OI") & set(reference)
    assert references.of(key) == reference


@given(KEYS, st.integers(2, 11), st.sampled_from(references.LETTERS))
def test_every_single_wrong_character_is_noticed(key: str, place: int, letter: str) -> None:
    right = references.of(key)
    wrong = right[:place] + letter + right[place + 1 :]
    assert references.is_right(wrong) == (wrong == right)


@given(KEYS, st.integers(2, 11), st.integers(2, 11))
def test_any_two_characters_that_changed_places_are_noticed(key: str, one: int, two: int) -> None:
    right = references.of(key)
    letters = list(right)
    letters[one], letters[two] = letters[two], letters[one]
    wrong = "".join(letters)
    assert references.is_right(wrong) == (wrong == right)


@given(KEYS, st.sampled_from(["{}", "INV 7 {} THX", "/RFB/{}//", "{}-"]), st.booleans())
def test_a_reference_is_found_in_whatever_a_bank_makes_of_it(
    key: str, around: str, is_small: bool
) -> None:
    shown = references.shown(references.of(key))
    text = around.format(shown.lower() if is_small else shown)
    for made in (text, text.replace("-", ""), text.replace("-", " "), "\n".join(text)):
        assert references.of(key) in references.within(made)


def test_full_width_letters_and_a_one_for_an_l_are_read() -> None:
    key = next(f"att_{n}" for n in range(999) if "L" in references.of(f"att_{n}"))
    reference = references.of(key)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in reference)
    assert references.within(wide) == {reference}
    assert references.within(reference.replace("L", "1")) == {reference}


@given(KEYS, st.integers(2, 11), st.sampled_from(references.LETTERS))
def test_a_slip_leads_back_to_the_reference(key: str, place: int, letter: str) -> None:
    right = references.of(key)
    slips = [
        right[:place] + letter + right[place + 1 :],
        right[:place] + right[place + 1 :] + "X",
        right[:place] + letter + right[place:],
    ]
    for slip in slips:
        assert right in references.within(slip) | references.nearly_within(slip)


@given(NOISE)
def test_noise_is_no_reference(text: str) -> None:
    assert references.within(text) == {
        found for found in references.within(text) if references.is_right(found)
    }
    assert references.within("SK") == set()


def test_the_payer_is_told_the_account_and_the_reference_and_nothing_is_sent() -> None:
    step = channel().start(order())
    assert step.flow == Flow.HERE
    assert step.reference == references.of("att_01jd")
    assert step.data == {
        "holder": "Lin Ceramics Ltd",
        "account": "DE89 3704 0044 0532 0130 00",
        "bank": "Commerzbank, Köln",
        "bank_code": "COBADEFFXXX",
        "reference": references.shown(step.reference),
    }


def test_euros_to_an_iban_have_a_code_that_banks_apps_read() -> None:
    told = channel(currency="EUR").start(order(Money(128_050, "EUR"))).data
    assert told["qr"].split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "COBADEFFXXX",
        "Lin Ceramics Ltd",
        "DE89370400440532013000",
        "EUR1280.50",
        "",
        "",
        told["reference"],
    ]


def test_no_such_code_for_another_currency_or_account() -> None:
    assert "qr" not in channel().start(order()).data
    plain = channel(currency="EUR", account="6229080123456789")
    assert "qr" not in plain.start(order(Money(100, "EUR"))).data


def test_another_currency_than_the_accounts_is_refused() -> None:
    with pytest.raises(Refused):
        channel().start(order(Money(100, "EUR")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": "DE88370400440532013000"},
        {"account": " "},
        {"virtual_accounts": "6229 ####"},
        {"virtual_accounts": "sorry"},
    ],
)
def test_an_account_that_cannot_be_paid_to_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        channel(**wrong)


def test_each_payer_may_have_a_number_of_their_own() -> None:
    told = channel(virtual_accounts="6229 0801 23## #### ##").start(order()).data
    number = told["account"].replace(" ", "")
    assert number.startswith("6229080123")
    assert number[10:].isdigit()
    assert len(number) == 18
    assert told["virtual"] == number


@given(KEYS)
def test_a_virtual_iban_has_its_check_digits(key: str) -> None:
    number = accounts.Pattern("DE## 5001 0517 ## #### ####").number(key)
    assert len(number) == 22
    assert accounts.is_iban(number)
    assert accounts.Pattern("DE##50010517##########").within(f"to {number}!") == {number}


def test_it_is_pending_until_its_time_is_over_and_then_closed() -> None:
    waiting = order()
    with clock.frozen(NOW + timedelta(days=13)):
        assert channel().fetch(waiting).outcome == Outcome.PENDING
    with clock.frozen(NOW + LIFETIME):
        assert channel().fetch(waiting).outcome == Outcome.CANCELED
    assert channel().cancel(replace(waiting)).outcome == Outcome.CANCELED


def test_there_is_nobody_who_could_send_a_notice_or_give_money_back() -> None:
    with pytest.raises(Untrusted):
        channel().read_notice({}, b"{}")
    back = RefundOrder("ref_1", "att_1", "", USD, USD)
    for verb in (channel().refund, channel().fetch_refund):
        with pytest.raises(Refused):
            verb(back)
    assert BankTransfer.capabilities.gives_back is False
