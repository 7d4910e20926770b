"""Cross rates, rounding, and reading the ECB's sheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.core.money import Money
from sleek.fx import rules
from tests.fx.conftest import SHEET

rates = st.decimals("0.01", "30000", places=4)


@pytest.mark.parametrize(
    ("source", "target", "rate"),
    [
        ("1.1172", "7.4326", "6.6528822"),  # a dollar in yuan
        ("20275.17", "1", "0.000049321411"),  # a rupiah in euro
        ("1", "20275.17", "20275.17"),
        ("0.01", "1.00000000", "100"),
    ],
)
def test_a_cross_rate_goes_by_way_of_the_euro(source: str, target: str, rate: str) -> None:
    assert str(rules.cross_rate(Decimal(source), Decimal(target))) == rate


@pytest.mark.parametrize(
    ("amount", "rate", "converted"),
    [
        (Money(10000, "USD"), "6.6528822", Money(66529, "CNY")),
        (Money(10000, "USD"), "157.25027", Money(15725, "JPY")),
        (Money(1000, "JPY"), "0.0015", Money(1500, "KWD")),
        (Money(1, "USD"), "2.5", Money(2, "EUR")),  # halves go to the even neighbour
        (Money(3, "USD"), "2.5", Money(8, "EUR")),
        (Money(-10000, "USD"), "6.6528822", Money(-66529, "CNY")),
    ],
)
def test_amounts_are_rounded_to_the_target_currencys_minor_units(
    amount: Money, rate: str, converted: Money
) -> None:
    assert rules.convert(amount, Decimal(rate), converted.currency) == converted


@given(st.integers(0, 10**6), rates, rates)
def test_there_and_back_is_off_by_rounding_only(
    minor: int, dollar: Decimal, franc: Decimal
) -> None:
    amount = Money(minor, "USD")
    there = rules.convert(amount, rules.cross_rate(dollar, franc), "CHF")
    back = rules.convert(there, rules.cross_rate(franc, dollar), "USD")
    one_centime = int(dollar / franc) + 1
    assert abs(back.minor - minor) <= one_centime + minor * Decimal("0.0000003")


@pytest.mark.parametrize(
    ("known", "told", "days", "is_believed"),
    [
        ("1.00", "1.20", 1, True),
        ("1.00", "1.21", 1, False),
        ("1.20", "1.00", 1, True),
        ("1.21", "1.00", 1, False),
        ("1.00", "100", 4, False),
        ("1.00", "1.21", 10, False),
        ("1.00", "1.21", 11, True),  # what we know is old by then
        ("1.00", "2.01", 400, False),
    ],
)
def test_what_is_believed(known: str, told: str, days: int, is_believed: bool) -> None:
    assert rules.is_believable(Decimal(known), Decimal(told), days) is is_believed


def test_the_sheet_is_read() -> None:
    day = rules.read_sheet(SHEET, "ECB")
    assert (day.on, day.source) == (date(2026, 11, 2), "ECB")
    assert day.per_euro == {
        "USD": Decimal("1.1200"),
        "JPY": Decimal("176.40"),
        "CNY": Decimal("7.4500"),
    }


def test_a_currency_nobody_knows_is_passed_over() -> None:
    day = rules.read_sheet(SHEET.replace(b"'CNY'", b"'QQQ'"), "ECB")
    assert set(day.per_euro) == {"USD", "JPY"}


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
<Cube><Cube time='2026-11-02'><Cube currency='USD' rate='1.12'/>&b;</Cube></Cube>"""


@pytest.mark.parametrize(
    "sheet",
    [
        b"",
        b"<html>Service unavailable</html>",
        SHEET[:-60],
        SHEET.replace(b"2026-11-02", b"yesterday"),
        SHEET.replace(b"1.1200", b"NaN"),
        SHEET.replace(b"1.1200", b"-1.12"),
        SHEET.replace(b"1.1200", b"0"),
        SHEET.replace(b"rate='1.1200'", b""),
        SHEET.replace(b"<Cube><Cube", b"<Cube><Cube time='2026-11-01'/><Cube"),
        b"<Cube><Cube time='2026-11-02'></Cube></Cube>",
        BILLION_LAUGHS,
    ],
)
def test_anything_else_is_unreadable(sheet: bytes) -> None:
    with pytest.raises(rules.Unreadable):
        rules.read_sheet(sheet, "ECB")
