"""What a bill comes to, how it reads in words, how it is divided, and what may become of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.rules import (
    Condition,
    Figures,
    InvoiceStatus,
    Policy,
    PolicyFlaw,
    Stage,
    StageFlaw,
    Subject,
    deduction,
    words,
)
from sleek.invoices.rules.content import BillFlaw, flaws, lacks

LIFECYCLE = """
               draft  in_review  open  paid  void  uncollectible
draft            .        x        x     .     .         .
in_review        x        .        x     .     .         .
open             .        .        .     x     x         x
paid             .        .        .     .     .         .
void             .        .        .     .     .         .
uncollectible    .        .        .     x     x         .
"""
D = Decimal


def test_the_life_of_a_bill():
    head, *rows = (line.split() for line in LIFECYCLE.strip().splitlines())
    for name, *marks in rows:
        for other, mark in zip(head, marks, strict=True):
            may = rules.may_become(InvoiceStatus(name), InvoiceStatus(other))
            assert may == (mark == "x"), (name, other)


def count(currency: str, *lines: Figures, is_tax_inclusive: bool = True) -> rules.Totals:
    return rules.totals(lines, currency, is_tax_inclusive=is_tax_inclusive)


@pytest.mark.parametrize(
    ("line", "currency", "amount"),
    [
        (Figures(D(3), D("50")), "USD", 15000),
        (Figures(D("1.5"), D("0.333333")), "USD", 50),  # 0.4999995
        (Figures(D(1), D("0.005")), "USD", 1),  # half up
        (Figures(D(1), D("0.00499")), "USD", 0),
        (Figures(D(2), D("80"), hours=D("7.5")), "USD", 120000),
        (Figures(D(3), D("33.5")), "JPY", 101),  # 100.5 yen
        (Figures(D(1), D("1.2345")), "KWD", 1235),
        (Figures(D(1), D("-20")), "USD", -2000),  # a discount
    ],
)
def test_a_lines_amount(line, currency, amount):
    assert count(currency, line).amounts == (Money(amount, currency),)


def test_tax_is_counted_once_per_rate():
    """Three lines of 0.33 at 13 %: 0.1287 together, not three times 0.04."""
    lines = [Figures(D(1), D("0.33"), tax_rate=D(13))] * 3
    counted = count("CNY", *lines, is_tax_inclusive=False)
    assert (counted.net.minor, counted.tax.minor, counted.total.minor) == (99, 13, 112)


def test_prices_that_contain_tax():
    counted = count(
        "CNY",
        Figures(D(1), D("113"), tax_rate=D(13)),
        Figures(D(1), D("106"), tax_rate=D(6)),
        Figures(D(1), D("10")),
    )
    assert counted.total == Money(22900, "CNY")
    assert [(tax.rate, tax.net.minor, tax.tax.minor) for tax in counted.taxes] == [
        (D(13), 10000, 1300),
        (D(6), 10000, 600),
        (D(0), 1000, 0),
    ]
    assert [net.minor for net in counted.nets] == [10000, 10000, 1000]


LINES = st.lists(
    st.builds(
        Figures,
        quantity=st.decimals("0.0001", "99999", places=4),
        price=st.decimals("0", "99999", places=6),
        hours=st.decimals("0.01", "99", places=2),
        tax_rate=st.sampled_from([D(0), D(3), D(6), D(13), D("19"), D("7.7")]),
    ),
    min_size=1,
    max_size=12,
)


@given(lines=LINES, currency=st.sampled_from(["CNY", "USD", "JPY", "KWD"]), inclusive=st.booleans())
def test_all_figures_of_a_bill_agree(lines, currency, inclusive):
    counted = count(currency, *lines, is_tax_inclusive=inclusive)
    whole = counted.total if inclusive else counted.net
    assert sum(each.minor for each in counted.amounts) == whole.minor
    assert sum(each.minor for each in counted.nets) == counted.net.minor
    assert sum(tax.tax.minor for tax in counted.taxes) == counted.tax.minor
    for tax in counted.taxes:
        nets = [
            net.minor
            for net, line in zip(counted.nets, lines, strict=True)
            if line.tax_rate == tax.rate
        ]
        assert sum(nets) == tax.net.minor
        assert abs(D(tax.tax.minor) - D(tax.net.minor) * tax.rate / 100) <= 1


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        (Money(5000, "USD"), "美元伍拾元整", "SAY US DOLLARS FIFTY ONLY"),
        (
            Money(140950, "CNY"),
            "人民币壹仟肆佰零玖元伍角整",
            "SAY CHINESE YUAN ONE THOUSAND FOUR HUNDRED AND NINE AND CENTS FIFTY ONLY",
        ),
        (Money(12345, "EUR"), "欧元壹佰贰拾叁元肆角伍分", None),
        (Money(1005, "USD"), "美元壹拾元零伍分", "SAY US DOLLARS TEN AND CENTS FIVE ONLY"),
        (Money(21000, "JPY"), "日元贰万壹仟元整", "SAY JAPANESE YEN TWENTY-ONE THOUSAND ONLY"),
        (Money(1000, "BRL"), "", ""),
        (Money(1000, "KWD"), "", ""),
    ],
)
def test_an_amount_in_words(amount, chinese, english):
    assert words.in_chinese(amount) == chinese
    if english is not None:
        assert words.in_english(amount) == english


CURRENCIES = st.sampled_from(["CNY", "USD", "EUR", "JPY", "HKD", "GBP"])


@given(minor=st.integers(1, rules.MAX_TOTAL), currency=CURRENCIES)
@example(minor=rules.MAX_TOTAL, currency="CNY")
@example(minor=100_000, currency="USD")
def test_words_are_read_back_as_what_was_written_and_nothing_else(minor, currency):
    amount = Money(minor, currency)
    for said in (words.in_chinese(amount), words.in_english(amount)):
        if said:
            assert words.says(said, amount)
            assert not words.says(said, Money(minor + 1, currency))
            assert not words.says(said[1:], amount)
            assert not words.says(f"{said} ", amount)
    assert not words.says("", amount)


def test_stages_by_share_take_what_rounding_leaves():
    stages = [Stage(percent=D("33.3333")), Stage(percent=D("33.3333")), Stage(percent=D("33.3334"))]
    parts = rules.divide(Money(10001, "USD"), stages)
    assert not isinstance(parts, StageFlaw)
    assert [part.minor for part in parts] == [3334, 3334, 3333]


@given(
    whole=st.integers(100, 10**12), cuts=st.lists(st.integers(1, 9999), max_size=20, unique=True)
)
def test_stages_are_exactly_the_whole(whole, cuts):
    edges = [0, *sorted(cuts), 10_000]
    shares = [D(after - before) / 100 for before, after in pairwise(edges)]
    parts = rules.divide(Money(whole, "USD"), [Stage(percent=share) for share in shares])
    if not isinstance(parts, StageFlaw):
        assert sum(part.minor for part in parts) == whole
        assert min(part.minor for part in parts) > 0


@pytest.mark.parametrize(
    ("stages", "flaw"),
    [
        ([Stage(percent=D(50)), Stage(percent=D("49.99"))], StageFlaw.NOT_THE_WHOLE),
        ([Stage(amount=Money(60, "USD")), Stage(amount=Money(39, "USD"))], StageFlaw.NOT_THE_WHOLE),
        ([Stage(amount=Money(100, "EUR"))], StageFlaw.NOT_THE_WHOLE),
        ([Stage(percent=D(50)), Stage(amount=Money(50, "USD"))], StageFlaw.NOT_ALL_ALIKE),
        ([Stage(), Stage()], StageFlaw.NOT_ALL_ALIKE),
        ([Stage(percent=D(110)), Stage(percent=D(-10))], StageFlaw.NOTHING),
        ([Stage(percent=D("99.999")), Stage(percent=D("0.001"))], StageFlaw.NOTHING),
        ([Stage(percent=D(4))] * 25, StageFlaw.TOO_MANY),
        (
            [
                Stage(percent=D(50), due_on=date(2026, 5, 2)),
                Stage(percent=D(50), due_on=date(2026, 5, 1)),
            ],
            StageFlaw.NOT_IN_ORDER,
        ),
    ],
)
def test_stages_that_do_not_divide_a_bill(stages, flaw):
    assert rules.divide(Money(100, "USD"), stages) == flaw


@pytest.mark.parametrize(
    ("received", "parts"),
    [(100, [60, 40]), (50, [50, 0]), (75, [60, 15]), (130, [60, 70]), (0, [0, 0])],
)
def test_money_goes_over_instalments_in_order(received, parts):
    wishes = [Money(60, "USD"), Money(40, "USD")]
    assert [each.minor for each in rules.spread(Money(received, "USD"), wishes)] == parts


@pytest.mark.parametrize(("total", "taken"), [(1999999, 0), (2000000, 50000), (2000001, 50000)])
def test_the_threshold_itself_is_enough(total, taken):
    left, threshold = Money(50000, "CNY"), Money(2000000, "CNY")
    assert deduction.deductible(left, threshold, Money(total, "CNY")).minor == taken


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (Policy(Money(500, "USD"), Money(2000, "USD")), []),
        (Policy(Money(0, "USD"), Money(2000, "USD")), [PolicyFlaw.NOTHING]),
        (Policy(Money(501, "USD"), Money(2000, "USD")), [PolicyFlaw.MORE_THAN_PAID]),
        (Policy(Money(500, "EUR"), Money(2000, "USD")), [PolicyFlaw.OTHER_CURRENCY]),
        (Policy(Money(500, "USD"), Money(0, "USD")), [PolicyFlaw.NO_THRESHOLD]),
        (Policy(Money(500, "USD"), Money(499, "USD")), [PolicyFlaw.BELOW_AMOUNT]),
        (Policy(Money(500, "USD"), Money(499, "CNY"), valid_days=0), [PolicyFlaw.TOO_LONG]),
    ],
)
def test_policies_that_cannot_be_printed(policy, found):
    assert deduction.flaws(policy, Money(500, "USD")) == found


def test_the_last_day_of_an_entitlement_counts():
    last = date(2026, 5, 1)
    assert not deduction.is_over(last, last)
    assert deduction.is_over(last, date(2026, 5, 2))
    assert not deduction.is_over(None, date(9999, 1, 1))


BILL = Subject(Money(100, "USD"), "sales", 7, is_below_quotation=False)


@pytest.mark.parametrize(
    ("condition", "applies"),
    [
        (Condition(), True),
        (Condition(amount_from=Money(100, "USD")), True),
        (Condition(amount_from=Money(101, "USD")), False),
        (Condition(amount_from=Money(1, "EUR")), False),
        (Condition(author_role="sales"), True),
        (Condition(author_role="finance"), False),
        (Condition(customer_id=7), True),
        (Condition(customer_id=8), False),
        (Condition(is_below_quotation=True), False),
        (Condition(amount_from=Money(1, "USD"), author_role="finance"), False),
    ],
)
def test_a_condition_applies_when_all_of_it_does(condition, applies):
    assert rules.needs_review([condition], BILL) == applies
    assert rules.needs_review([Condition(customer_id=9), condition], BILL) == applies


def test_without_conditions_nobody_has_to_look():
    assert not rules.needs_review([], BILL)


class Position:
    def __init__(self, item: str = "Vase", **figures: Decimal) -> None:
        self.item = item
        self.figures = Figures(**({"quantity": D(1), "price": D(1)} | figures))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([Position()], []),
        ([], []),
        ([Position(" ")], [BillFlaw.LINE_WITHOUT_ITEM]),
        ([Position(quantity=D(0))], [BillFlaw.LINE_WITHOUT_QUANTITY]),
        ([Position(quantity=D("0.00001"))], [BillFlaw.LINE_OUT_OF_RANGE]),
        ([Position(price=D("0.0000001"))], [BillFlaw.LINE_OUT_OF_RANGE]),
        ([Position(tax_rate=D(101))], [BillFlaw.LINE_OUT_OF_RANGE]),
        ([Position(price=D(-1))], [BillFlaw.LESS_THAN_NOTHING]),
        ([Position(price=D(10**11))], [BillFlaw.TOO_MUCH]),
        ([Position()] * 501, [BillFlaw.TOO_MANY_LINES]),
        ([Position(price=D("1E+5"))], []),
    ],
)
def test_what_makes_no_draft(lines, found):
    counted = count("USD", *(line.figures for line in lines))
    assert flaws(lines, counted) == found


def test_what_a_bill_lacks_to_be_issued():
    today = date(2026, 5, 1)
    assert lacks(has_lines=True, total=1, payer="A", payee="B", due_on=today, today=today) == []
    found = lacks(
        has_lines=True, total=0, payer=" ", payee="", due_on=date(2026, 4, 30), today=today
    )
    assert found == [
        BillFlaw.NOTHING_TO_PAY,
        BillFlaw.NO_PAYER,
        BillFlaw.NO_PAYEE,
        BillFlaw.DUE_BEFORE_ISSUE,
    ]
