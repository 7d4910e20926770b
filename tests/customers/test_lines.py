"""Lines of a quotation: every number exact, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.core import tables
from sleek.customers import rules
from sleek.customers.rules import LINES, Around, Found, LineRow, Misread, Unfit, read_line
from sleek.customers.rules.columns import below
from sleek.customers.rules.numbers import means, number

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
        money="¥",
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
    line = LineRow("茶壶", "QH", Decimal(2), "件", Decimal("35.5"), Decimal(13), None, Decimal(71))
    assert found.entries == ((3, line),)
    assert [(out.row.number, out.faults[0].flaw) for out in found.rejected] == [(4, "sum")]


def found(text: str, encoding: str = "utf-8") -> Found[LineRow]:
    """As a table is read that nobody has looked at yet."""
    rows = tables.read(text.encode(encoding)).rows
    layout = rules.guess(LINES, rows)
    return rules.read_rows(
        LINES, below(rows, layout.head_row), layout.places, decimal_mark=layout.decimal_mark
    )


def around(text: str, name: str = "march.csv") -> Around:
    rows = tables.read(text.encode()).rows
    layout = rules.guess(LINES, rows)
    return rules.around(rows, layout.head_row, layout.places, name)


CHINESE = """报价单,,,,,,,
景德镇瓷业有限公司,,,,,,,
报价单号：BJ-2026-0031,,,,日期：2026-11-01,,,
序号,品名,规格型号,数量,单位,含税单价（元）,金额,备注
1,青花茶壶,QH-01,１２０,件,￥35.50,"4,260.00",交期15天
2,模具费,,1套,,2000元/套,2000,
3,合计器,,1,,10,10,
合计,,,,,,"6,270.00",
大写：人民币陆仟贰佰柒拾元整,,,,,,,
备注：以上报价含税13%，有效期30天,,,,,,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_quotation_as_it_occurs_is_read_line_by_line(encoding):
    read = found(CHINESE, encoding)
    assert [(row, line.item, line.spec, line.unit) for row, line in read.entries] == [
        (5, "青花茶壶", "QH-01 · 交期15天", "件"),
        (6, "模具费", "", "套"),
        (7, "合计器", "", ""),
    ]
    assert [(line.quantity, line.price, line.amount) for _, line in read.entries] == [
        (Decimal(120), Decimal("35.5"), Decimal(4260)),
        (Decimal(1), Decimal(2000), Decimal(2000)),
        (Decimal(1), Decimal(10), Decimal(10)),
    ]
    assert [line.money for _, line in read.entries] == ["¥", "元", ""]
    assert [(out.row.number, out.faults[0].flaw, out.is_beside) for out in read.rejected] == [
        (8, "sum", True),
        (9, "sum", True),
        (10, "note", True),
    ]


@pytest.mark.parametrize(
    "last",
    [
        *(
            "合计,,,,71",
            "合 计：,,,,71",
            "总计（元）,,,,71",
            ",,,小计,71",
            ",,,,71",
            "价税合计,,,,71",
        ),
        *("本页小计,,,,71", "人民币（大写）柒拾壹元整,,,,", "Total,,,,71", "TOTAL USD,,,,71"),
        *(",,,Subtotal:,71", "Grand total (USD),,,,71", "VAT 13%,,,,9", "Gesamt,,,,71"),
        "SAY SEVENTY-ONE DOLLARS ONLY,,,,",
    ],
)
def test_a_total_is_no_line_however_it_is_called(last):
    read = found(f"品名,数量,单位,单价,金额\n茶壶,2,件,35.50,71\n{last}\n")
    assert [row for row, _ in read.entries] == [2]
    assert [(out.row.number, out.faults[0].flaw) for out in read.rejected] == [(3, "sum")]


@pytest.mark.parametrize(
    "item", ["Total station", "合计器", "Sumac", "总计算机", "Taxi to the fair"]
)
def test_what_only_sounds_like_a_total_is_a_line(item):
    assert [line.item for _, line in found(f"品名,单价\n{item},5\n").entries] == [item]


def test_a_line_that_lacks_its_price_is_missed():
    """Other than a title, which stands alone in its row."""
    read = found("品名,数量,单价\n一、模具,,\n茶壶,2,\n茶杯,1,3\n")
    assert [(out.row.number, out.faults[0].flaw, out.is_beside) for out in read.rejected] == [
        (2, "note", True),
        (3, "missing", False),
    ]


def test_a_column_that_counts_the_rows_names_nothing():
    read = found("Item,Description,Qty,Unit Price\n1,Vase,1,5\n2,Bowl,1,3\n")
    assert [line.item for _, line in read.entries] == ["Vase", "Bowl"]


@pytest.mark.parametrize(
    ("text", "money"),
    [
        *[("$5", "USD"), ("US$ 5", "USD"), ("5 €", "EUR"), ("CNY5/套", "CNY"), ("5元", "CNY")],
        *[("5 usd", "USD"), ("usd 5", "USD"), ("$5 CAD", "CAD"), ("HK$5", "HKD"), ("5 pen", "")],
        *[("5", ""), ("5 kg", "")],
    ],
)
def test_a_price_may_say_its_currency(text, money):
    told = read_line(LINE | {"price": text}).money
    assert (means(told) or ("",))[0] == money


def test_two_currencies_at_one_price_are_none():
    assert flaws(price="$5 EUR") == {"price": "number"}


def test_what_stands_around_the_lines_is_told():
    assert around(CHINESE) == Around("quotation", "BJ-2026-0031", "元", has_tax=True)
    head = "Item,Unit price (excl. tax),Qty\nVase,$5,1\n"
    assert around(f"Sales contract,\nContract No.:,HT-9\n{head}") == Around(
        "contract", "HT-9", "$", has_tax=False
    )
    assert around(head, "报价单_Q-2026-031_Lagos.xlsx").number == "Q-2026-031"
    assert around("品名,单价\n茶壶,5\n", "march v2.csv") == Around("quotation", "march v2", "")


@pytest.mark.parametrize(
    ("money", "usual", "currency"),
    [
        *[("$", "CAD", "CAD"), ("$", "CNY", "USD"), ("¥", "JPY", "JPY"), ("¥", "USD", "CNY")],
        *[("", "EUR", "EUR"), ("元", "USD", "CNY")],
    ],
)
def test_a_sign_means_the_usual_currency_where_it_may(money, usual, currency):
    assert Around(money=money).currency(usual) == currency
