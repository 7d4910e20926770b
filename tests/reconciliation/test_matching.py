"""What a line of the statement is: certain by what one transfer alone has, or a person's to say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sleek.channels.banktransfer import references
from sleek.core.money import Money
from sleek.reconciliation.rules.lines import Row
from sleek.reconciliation.rules.matching import Awaited, Clue, Doubt, Match, matches
from sleek.reconciliation.rules.names import alike

MONDAY = date(2026, 3, 2)
FIFTY = Money(5000, "USD")
ONE, OTHER = references.of("att_one"), references.of("att_other")


def wanted(reference: str = ONE, **facts: object) -> Awaited:
    known: dict[str, object] = {
        "key": f"att_{reference}",
        "reference": reference,
        "missing": FIFTY,
        "began_on": MONDAY,
        "is_open": True,
        "names": ("Müller Keramik GmbH",),
    }
    return Awaited(**{**known, **facts})  # type: ignore[arg-type]


def line(text: str = "", amount: Money = FIFTY, **facts: object) -> Row:
    known: dict[str, object] = {"number": 1, "booked_on": MONDAY, "amount": amount, "text": text}
    return Row(**{**known, **facts})  # type: ignore[arg-type]


def one(row: Row, *awaited: Awaited) -> Match:
    [match] = matches(row, awaited)
    return match


def test_the_reference_alone_is_enough() -> None:
    match = one(line(f"invoice 7 {references.shown(ONE)}"), wanted(), wanted(OTHER))
    assert match.key == f"att_{ONE}"
    assert match.clues == (Clue.REFERENCE, Clue.AMOUNT, Clue.IN_TIME)
    assert match.is_certain


def test_so_it_is_with_another_sum_which_is_then_a_part_or_a_surplus() -> None:
    match = one(line(ONE, Money(4200, "USD")), wanted())
    assert match.clues == (Clue.REFERENCE, Clue.LESS_FEE, Clue.IN_TIME)
    assert one(line(ONE, Money(100, "USD")), wanted()).is_certain


def test_an_account_number_of_the_payers_own_is_enough() -> None:
    awaited = [wanted(account="6229080123456789"), wanted(OTHER, account="6229080123456780")]
    match = one(line("rent", account="6229 0801 2345 6789"), *awaited)
    assert match.is_certain
    assert match.clues == (Clue.ACCOUNT, Clue.AMOUNT, Clue.IN_TIME)


def test_an_amount_alone_is_no_evidence() -> None:
    assert matches(line("thank you"), [wanted()]) == []


def test_a_name_and_the_sum_are_put_before_a_person() -> None:
    match = one(line(payer_name="MUELLER KERAMIK"), wanted())
    assert match.clues == (Clue.AMOUNT, Clue.NAME, Clue.IN_TIME)
    assert not match.is_certain


@pytest.mark.parametrize(
    "row",
    [
        line(payer_name="MUELLER KERAMIK", amount=Money(2000, "USD")),
        line(payer_name="MUELLER KERAMIK", booked_on=MONDAY + timedelta(days=31)),
        line(payer_name="Anna Tea Ltd"),
    ],
)
def test_a_name_without_the_sum_in_time_is_nothing(row: Row) -> None:
    assert matches(row, [wanted()]) == []


def test_what_is_paid_over_or_canceled_is_suggested_by_nothing_but_its_reference() -> None:
    done = wanted(is_open=False)
    assert matches(line(payer_name="Müller Keramik"), [done]) == []
    assert matches(line(slip(ONE)), [done]) == []
    assert one(line(ONE), done).is_certain


def test_a_slip_in_the_reference_is_put_before_a_person() -> None:
    match = one(line(slip(ONE)), wanted(), wanted(OTHER))
    assert match.clues == (Clue.MISTYPED, Clue.AMOUNT, Clue.IN_TIME)
    assert not match.is_certain


def test_two_references_are_never_linked_by_themselves() -> None:
    found = matches(line(f"{ONE} and {OTHER}"), [wanted(), wanted(OTHER)])
    assert [match.doubts for match in found] == [(Doubt.SEVERAL,), (Doubt.SEVERAL,)]
    assert not any(match.is_certain for match in found)


def test_another_currency_is_never_linked_by_itself() -> None:
    match = one(line(ONE, Money(5000, "EUR")), wanted())
    assert (match.clues, match.doubts) == ((Clue.REFERENCE, Clue.IN_TIME), (Doubt.CURRENCY,))


def test_money_from_before_anybody_knew_the_reference_is_not_believed() -> None:
    assert one(line(ONE, booked_on=MONDAY - timedelta(days=2)), wanted()).is_certain
    early = one(line(ONE, booked_on=MONDAY - timedelta(days=3)), wanted())
    assert early.doubts == (Doubt.EARLY,)


def test_the_same_sum_twice_within_a_week_may_be_one_line_in_two_files() -> None:
    came = wanted(arrived=((5000, MONDAY - timedelta(days=7)),), missing=Money(0, "USD"))
    assert one(line(ONE), came).doubts == (Doubt.TWIN,)
    other_sum = wanted(arrived=((4000, MONDAY),), missing=Money(1000, "USD"))
    assert one(line(ONE, Money(1000, "USD")), other_sum).is_certain


def test_what_banks_on_the_way_may_keep_has_a_limit() -> None:
    big = wanted(missing=Money(100_000, "USD"))

    def clues(minor: int) -> tuple[Clue, ...]:
        return one(line(ONE, Money(minor, "USD")), big).clues

    assert Clue.LESS_FEE in clues(94_000)
    assert Clue.LESS_FEE not in clues(93_999)
    assert Clue.LESS_FEE not in clues(100_001)


def slip(reference: str) -> str:
    """One wrong letter, whose reference nobody has."""
    letter = next(c for c in references.LETTERS if c != reference[6])
    return reference[:6] + letter + reference[7:]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller Keramik GmbH", "MUELLER KERAMIK"),
        ("Müller Keramik GmbH", "Muller Keramik G.m.b.H."),
        ("Acme Trading Co., Ltd.", "ACME TRADING COMPANY LIMITED"),
        ("Société Générale de Thé S.A.R.L.", "SOCIETE GENERALE DE THE"),
        ("Anna Kowalska", "KOWALSKA ANNA"),
        ("Łukasz Wójcik", "LUKASZ WOJCIK"),
        ("ООО Ромашка Чай", "OOO ROMASHKA CHAI"),
        ("景德镇林家陶瓷有限公司", "景德镇林家陶瓷"),
        ("Smørrebrød ApS", "SMOERREBROED APS"),
        ("Very Long Name of a Tea Importing House Limited", "VERY LONG NAME OF A TEA IMPORTING HO"),
    ],
)
def test_one_payer_as_banks_spell_them(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller Keramik GmbH", "Schulze Keramik GmbH"),
        ("Anna Kowalska", "Anna Nowak"),
        ("Acme Trading Ltd", "Apex Trading Ltd"),
        ("Li", "Li Wei Ceramics"),
        ("GmbH", "GmbH & Co. KG"),
        ("景德镇林家陶瓷有限公司", "景德镇王家陶瓷有限公司"),
        ("", "Anna"),
    ],
)
def test_others_are_not_taken_for_them(one: str, other: str) -> None:
    assert not alike(one, other)
