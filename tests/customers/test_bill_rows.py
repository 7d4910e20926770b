"""Rows of which each asks somebody for money, and rows that make one bill together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sleek.core.tables import Row
from sleek.customers import rules
from sleek.customers.rules import BILLS, Found, Group, Rejected, Unfit
from sleek.customers.rules.bill_words import NATURES
from sleek.customers.rules.bills import BillRow, read_bill

ROW = {"name": "Okafor Imports", "item": "Vase", "price": "50"}
HEADS = ("Customer", "Rows of one bill", "Item", "Price", "PO", "Due", "Remarks")
PLACES = {"name": 0, "key": 1, "item": 2, "price": 3, "po_number": 4, "due": 5, "remarks": 6}


def flaws(**cells: str) -> dict[str, str]:
    with pytest.raises(Unfit) as caught:
        read_bill(ROW | cells)
    return {fault.field: fault.flaw for fault in caught.value.faults}


def grouped(*lines: str) -> tuple[list[Group], list[Rejected]]:
    rows = [Row(number, tuple(line.split("|"))) for number, line in enumerate(lines, 2)]
    found: Found[BillRow] = rules.read_rows(BILLS, rows, PLACES, decimal_mark=".")
    return rules.group(found, rows, PLACES)


@pytest.mark.parametrize(
    ("text", "due_on", "due_days"),
    [
        ("2026-12-31", date(2026, 12, 31), None),
        ("2026/1/5", date(2026, 1, 5), None),
        ("2026年12月31日", date(2026, 12, 31), None),
        ("2026-12-31 00:00", date(2026, 12, 31), None),
        ("31.12.2026", date(2026, 12, 31), None),
        ("3.4.2026", date(2026, 4, 3), None),
        ("31/12/2026", date(2026, 12, 31), None),
        ("12/31/2026", date(2026, 12, 31), None),
        ("30", None, 30),
        ("Net 30", None, 30),
        ("30 天", None, 30),
        ("0", None, 0),
        ("", None, None),
    ],
)
def test_a_bill_is_due_on_a_day_or_some_days_after_issue(text, due_on, due_days):
    row = read_bill(ROW | {"due": text})
    assert (row.due_on, row.due_days) == (due_on, due_days)


@pytest.mark.parametrize(
    "text", ["3/4/2026", "2026-02-30", "soon", "46021", "366", "2026", "0000-01-01", "31/31/2026"]
)
def test_a_day_of_which_nobody_can_be_sure_is_none(text):
    assert flaws(due=text) == {"due": "due"}


def test_the_payer_is_a_name_an_address_or_a_number():
    named = read_bill(ROW | {"email": "ada@example.com", "country": "Nigeria"})
    assert (named.payer.name, named.payer.email) == ("Okafor Imports", "ada@example.com")
    assert (named.payer.country, named.customer) == ("NG", "")
    addressed = read_bill(ROW | {"name": "ada@example.com"})
    assert (addressed.payer.name, addressed.payer.email) == ("", "ada@example.com")
    numbered = read_bill(ROW | {"name": "cus_01m81r6j4xg7mp9bp8qe6wde66"})
    assert (numbered.payer.name, numbered.customer) == ("", "cus_01m81r6j4xg7mp9bp8qe6wde66")


def test_all_that_is_wrong_with_a_row_is_told():
    assert flaws(price="x", nature="gift", email="ada@", due="soon", currency="ducats") == {
        "price": "number",
        "nature": "nature",
        "email": "email",
        "due": "due",
        "currency": "currency",
    }
    assert flaws(item="", key="k" * 81, po_number="p" * 81, remarks="r" * 2001) == {
        "item": "missing",
        **dict.fromkeys(("key", "po_number", "remarks"), "too_long"),
    }


@pytest.mark.parametrize(
    ("word", "nature"),
    [
        ("打样费", "sampling"),
        ("Sample Fee", "sampling"),
        ("模具费", "tooling"),
        ("定金", "deposit"),
    ],
)
def test_natures_are_known_by_their_names(word, nature):
    assert read_bill(ROW | {"nature": word}).nature == nature
    assert set(NATURES.values()) >= {"other", "goods", "service", "balance", "testing"}


def test_rows_under_one_key_make_one_bill_wherever_they_stand():
    groups, rejected = grouped(
        "Okafor|A|Vase|50|PO-1|30|fragile",
        "Berg||Bowl|3|||",
        "|Ａ |Courier|12|PO-2||fragile",
        "Berg||Lid|2|||",
    )
    assert rejected == []
    assert [group.numbers for group in groups] == [(2, 4), (3,), (5,)]
    first = groups[0]
    assert [line.item for line in first.lines] == ["Vase", "Courier"]
    assert [line.price for line in first.lines] == [Decimal(50), Decimal(12)]
    assert (first.said.payer.name, first.said.due_days) == ("Okafor", 30)
    assert (first.po_numbers, first.said.remarks) == (("PO-1", "PO-2"), "fragile")


def test_of_a_bill_all_rows_come_in_or_none():
    groups, rejected = grouped("Okafor|A|Vase|50|||", "|a|Courier|x|||", "Berg|B|Bowl|3|||")
    assert [group.said.payer.name for group in groups] == ["Berg"]
    told = {out.row.number: [(f.field, f.flaw, f.about) for f in out.faults] for out in rejected}
    assert told == {3: [("price", "number", ())], 2: [("key", "torn", ("3",))]}


@pytest.mark.parametrize(
    ("second", "field"),
    [("Berg|A|Courier|12|||", "name"), ("Okafor|A|Courier|12||31|", "due")],
)
def test_rows_of_one_bill_that_contradict_each_other_stay_out(second, field):
    groups, rejected = grouped("Okafor|A|Vase|50||30|", second)
    assert groups == []
    told = [[(f.field, f.flaw, f.about) for f in out.faults] for out in rejected]
    assert told == [[(field, "disagrees", ("2", "3"))]] * 2


@pytest.mark.parametrize(
    "told",
    [
        "客户 费用性质 样品名称 规格型号 数量 单价 币种 付款期限 采购单号 备注",
        "Customer Nature Sample Spec Qty Price Currency Due_date PO_No. Remarks",
    ],
)
def test_heads_are_known_in_both_languages(told):
    cells = ("Okafor", "sample fee", "Vase", "QH-01", "2", "50", "USD", "30", "PO-1", "fragile")
    layout = rules.guess(BILLS, [Row(1, tuple(told.split())), Row(2, cells)])
    assert layout.head_row == 1
    names = ["name", "nature", "item", "spec", "quantity", "price", "currency", "due"]
    assert [layout.places[name] for name in names] == [*range(8)]
    assert (layout.places["po_number"], layout.places["remarks"]) == (8, 9)
