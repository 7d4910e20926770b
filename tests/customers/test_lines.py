"""Lines of a quotation: every number exact, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.core import tables
from sleek.customers import rules
from sleek.customers.rules import LINES, LineRow, Misread, Unfit, read_line
from sleek.customers.rules.columns import below
from sleek.customers.rules.lines import number

LINE = {"item": "青花茶壶", "price": "1"}


def flaws(**cells: str) -> dict[str, str]:
    with pytest.raises(Unfit) as caught:
        read_line(LINE | cells)
    return {fault.field: fault.flaw for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("text", "mark", "exact"),
    [
        ("1,234.50", ".", "1234.50"),
        ("1.234,50", ",", "1234.50"),
        ("￥１，２３４．５０", ".", "1234.50"),
        ("US$ 1 234.5", ".", "1234.5"),
        ("1'234.50 CHF", ".", "1234.50"),
        ("12,34,567", ".", "1234567"),
        ("-$5", ".", "-5"),
        ("$-5", ".", "-5"),
        ("(5.00)", ".", "-5.00"),
        ("\N{MINUS SIGN}5", ".", "-5"),
        ("35.50元/件", ".", "35.50"),
        ("12 pcs", ".", "12"),
        ("EUR 5", ".", "5"),
        (".5", ".", "0.5"),
        ("0.1", ".", "0.1"),
        ("12345678901234567890.123456", ".", "12345678901234567890.123456"),
    ],
)
def test_numbers_are_read_exactly(text, mark, exact):
    assert number(text, mark) == Decimal(exact)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "12,5",
        "1,2,3",
        "1 2",
        "1.2.3",
        "1e5",
        "NaN",
        "Infinity",
        "--5",
        "5-",
        "1/2",
        "5?",
        "-(5)",
        "-$-5",
    ],
)
def test_what_might_be_two_numbers_is_none(text):
    with pytest.raises(Misread):
        number(text, ".")


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=4))
def test_a_number_comes_back_however_it_was_grouped(exact):
    assert number(f"{exact:,f}", ".") == exact
    swapped = f"{exact:,f}".translate(str.maketrans(",.", ".,"))
    assert number(swapped, ",") == exact


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        *[("13%", "13"), ("13", "13"), ("0.13", "13"), ("0.5%", "0.5"), ("１３％", "13")],
        *[("免税", "0"), ("", "0"), ("1", "1"), ("6 %", "6")],
    ],
)
def test_a_tax_rate_is_in_per_cent(text, rate):
    assert read_line(LINE | {"tax_rate": text}).tax_rate == Decimal(rate)


def test_a_line_says_all_that_a_bill_needs():
    cells = {
        "item": " 青花 茶壶 ",
        "spec": "QH-01",
        "quantity": "1,200",
        "unit": "件",
        "price": "￥35.50",
        "tax_rate": "13%",
        "hours": "1.5",
    }
    assert read_line(cells) == LineRow(
        "青花 茶壶",
        "QH-01",
        Decimal(1200),
        "件",
        Decimal("35.5"),
        Decimal(13),
        Decimal("1.5"),
    )


def test_a_line_without_quantity_or_hours_is_one_piece():
    assert read_line(LINE) == LineRow("青花茶壶", price=Decimal(1))


def test_a_discount_is_a_line_and_nothing_is_counted_below_nothing():
    assert read_line(LINE | {"price": "-5"}).price == Decimal(-5)
    assert flaws(quantity="-1", hours="0") == {"quantity": "not_positive", "hours": "not_positive"}


def test_what_a_bill_cannot_hold_is_refused():
    assert flaws(price="0.1234567") == {"price": "too_fine"}
    assert flaws(price="1" + "0" * 12) == {"price": "too_large"}
    assert flaws(quantity="0.00001") == {"quantity": "too_fine"}
    assert flaws(tax_rate="101") == {"tax_rate": "tax_rate"}
    assert flaws(item="x" * 201) == {"item": "too_long"}
    assert flaws(item="", price="") == {"item": "missing", "price": "missing"}
    assert flaws(price="about 5?") == {"price": "number"}


def test_a_quotation_is_read_without_its_total():
    head, total = "报价单\n品名,规格型号,数量,单位,单价（元）,税率,金额", "合计,,,,71,,71"
    rows = tables.read(f"{head}\n茶壶,QH,2,件,35.50,13%,71\n{total}\n".encode()).rows
    layout = rules.guess(LINES, rows)
    found = rules.read_rows(
        LINES, below(rows, layout.head_row), layout.places, decimal_mark=layout.decimal_mark
    )
    line = LineRow("茶壶", "QH", Decimal(2), "件", Decimal("35.5"), Decimal(13))
    assert found.entries == ((3, line),)
    assert [(out.row.number, out.faults[0].flaw) for out in found.rejected] == [(4, "sum")]
