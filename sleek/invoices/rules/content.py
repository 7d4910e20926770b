"""What a bill needs to be one. A draft may lack much; what is issued may lack nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from sleek.invoices.rules.totals import (
    MAX_LINES,
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_TAX_RATE,
    MAX_TOTAL,
    PRICE_PLACES,
    QUANTITY_PLACES,
    Figures,
    Totals,
)


class BillFlaw(StrEnum):
    """Why something is no bill, or none yet."""

    TOO_MANY_LINES = "too_many_lines"
    LINE_WITHOUT_ITEM = "line_without_item"
    LINE_WITHOUT_QUANTITY = "line_without_quantity"
    LINE_OUT_OF_RANGE = "line_out_of_range"  # a number too large or too fine
    TOO_MUCH = "bill_asks_too_much"
    LESS_THAN_NOTHING = "bill_below_zero"
    # Only of what is to be issued:
    NO_LINES = "bill_without_lines"
    NOTHING_TO_PAY = "bill_of_nothing"
    NO_PAYER = "bill_without_payer"
    NO_PAYEE = "bill_without_payee"  # the workspace has no legal name
    DUE_BEFORE_ISSUE = "bill_due_before_issue"
    WORDS_DISAGREE = "words_disagree"


class _Line(Protocol):
    @property
    def item(self) -> str: ...
    @property
    def figures(self) -> Figures: ...


def flaws(lines: Sequence[_Line], counted: Totals) -> list[BillFlaw]:
    """Of a draft."""
    found = []
    if len(lines) > MAX_LINES:
        found.append(BillFlaw.TOO_MANY_LINES)
    if not all(line.item.strip() for line in lines):
        found.append(BillFlaw.LINE_WITHOUT_ITEM)
    if any(line.figures.quantity <= 0 or line.figures.hours <= 0 for line in lines):
        found.append(BillFlaw.LINE_WITHOUT_QUANTITY)
    if not all(_is_in_range(line.figures) for line in lines):
        found.append(BillFlaw.LINE_OUT_OF_RANGE)
    if counted.total.minor > MAX_TOTAL:
        found.append(BillFlaw.TOO_MUCH)
    if counted.total.minor < 0 or counted.tax.minor < 0:
        found.append(BillFlaw.LESS_THAN_NOTHING)
    return found


def lacks(
    *, has_lines: bool, total: int, payer: str, payee: str, due_on: date | None, today: date
) -> list[BillFlaw]:
    """What stands in the way of issuing, beside a draft's flaws. It is no flaw that all of the
    `total` was paid beforehand.
    """
    checks = [
        (BillFlaw.NO_LINES, not has_lines),
        (BillFlaw.NOTHING_TO_PAY, has_lines and total <= 0),
        (BillFlaw.NO_PAYER, not payer.strip()),
        (BillFlaw.NO_PAYEE, not payee.strip()),
        (BillFlaw.DUE_BEFORE_ISSUE, due_on is not None and due_on < today),
    ]
    return [flaw for flaw, is_so in checks if is_so]


def _is_in_range(figures: Figures) -> bool:
    return (
        figures.quantity <= MAX_QUANTITY
        and figures.hours <= MAX_QUANTITY
        and abs(figures.price) <= MAX_PRICE
        and 0 <= figures.tax_rate <= MAX_TAX_RATE
        and _places(figures.quantity) <= QUANTITY_PLACES
        and _places(figures.price) <= PRICE_PLACES
        and _places(figures.tax_rate) <= 2
        and _places(figures.hours) <= 2
    )


def _places(number: object) -> int:
    if not isinstance(number, Decimal) or not number.is_finite():
        return PRICE_PLACES + 1
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else PRICE_PLACES + 1
