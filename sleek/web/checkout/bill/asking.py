"""What of a bill its payer may pay now, and what the form says they want.

Each choice names its sum, and the form sends it along: nobody pays another one than the page said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from sleek.core.money import InvalidAmount, Money, exponent
from sleek.invoices import rules as billing
from sleek.invoices.models import Instalment, Invoice
from sleek.payments.actions.billing import Share
from sleek.web.checkout.forms import amounts
from sleek.web.ui.templatetags.sleek_ui import amount, plain_money

FIELD, AMOUNT = "what", "amount"
SOON = 4  # stages that are shown at once; the others stand folded behind them
ALL, PART = "all", "part"


@dataclass(frozen=True, slots=True)
class Sum:
    """One choice: everything, one stage, or an amount of the payer's own."""

    key: str
    money: Money
    stage: Instalment | None = None

    @property
    def value(self) -> str:
        """What the form sends for it."""
        return self.key if self.key == PART else f"{self.key}.{self.money.minor}"


@dataclass(frozen=True, slots=True)
class Asking:
    """`sums` are the choices, none where there is nothing to choose; `chosen` is one of them."""

    sums: tuple[Sum, ...]
    chosen: Sum
    typed: str = ""
    error: str = ""
    is_stale: bool = False  # the page that was sent said another sum

    @property
    def is_choice(self) -> bool:
        return len(self.sums) > 1

    @property
    def soon(self) -> tuple[Sum, ...]:
        stages = self._stages
        return stages if len(stages) <= SOON + 1 else stages[:SOON]

    @property
    def later(self) -> tuple[Sum, ...]:
        return self._stages[len(self.soon) :]

    @property
    def others(self) -> tuple[Sum, ...]:
        return tuple(each for each in self.sums if each.stage is None)

    @property
    def _stages(self) -> tuple[Sum, ...]:
        return tuple(each for each in self.sums if each.stage)

    @property
    def total(self) -> Money:
        return next(each.money for each in self.sums if each.key == ALL)

    @property
    def is_good(self) -> bool:
        return not self.error and not self.is_stale


def fresh(bill: Invoice, stages: Sequence[Instalment]) -> Asking:
    """As the page is opened: of several stages the next one is chosen. `stages` are those that the
    page is about.
    """
    sums = _sums(bill, stages)
    return Asking(sums, sums[0])


def everything(bill: Invoice, stages: Sequence[Instalment]) -> Asking:
    """All that is left, with no choice of less."""
    return only(fresh(bill, stages).total)


def only(total: Money) -> Asking:
    every = Sum(ALL, total)
    return Asking((every,), every)


def sent(bill: Invoice, stages: Sequence[Instalment], data: QueryDict) -> Asking:
    return heard(fresh(bill, stages), data)


def heard(asking: Asking, data: QueryDict) -> Asking:
    """What the form chose of what was offered."""
    key, _dot, shown = data.get(FIELD, "").partition(".")
    known = next((each for each in asking.sums if each.key == key), None)
    if known is None:
        return replace(asking, is_stale=True)
    asking = replace(asking, chosen=known)
    if key == PART:
        return _typed(asking, data.get(AMOUNT, "").strip()[:24])
    return replace(asking, is_stale=shown != str(known.money.minor))


def shares(bill: Invoice, stages: Sequence[Instalment], chosen: Sum) -> list[Share]:
    """The sum over the stages it is for, the earliest first."""
    for_these = [chosen.stage] if chosen.stage else [each for each in stages if each.due.minor]
    parts = billing.spread(chosen.money, [each.due for each in for_these])
    return [Share(each, part) for each, part in zip(for_these, parts, strict=True) if part.minor]


def _sums(bill: Invoice, stages: Sequence[Instalment]) -> tuple[Sum, ...]:
    left = [stage for stage in stages if stage.due.minor]
    total = Money(min(bill.due.minor, sum(stage.due.minor for stage in left)), bill.currency)
    sums = [Sum(ALL, total)]
    if len(left) > 1:
        each = [Sum(one.public_id, min(one.due, total), one) for one in left]
        sums = [*each, *sums]
    if bill.takes_parts and total.minor > 1:
        sums.append(Sum(PART, total))
    return tuple(sums)


def _typed(asking: Asking, typed: str) -> Asking:
    most = asking.chosen.money
    asking = replace(asking, typed=typed)
    if not typed:
        return replace(asking, error=_("Please enter the amount that you would like to pay."))
    try:
        wish = amounts.parse(typed, most.currency)
    except InvalidAmount:
        example = "1234.50" if exponent(most.currency) else "1234"
        error = _("Please write the amount in plain digits, like %(example)s.")
        return replace(asking, error=error % {"example": example})
    if wish.minor < 1:
        return replace(asking, error=_("Please enter the amount that you would like to pay."))
    if wish.minor > most.minor:
        error = _("Please choose %(most)s or less.") % {"most": plain_money(most)}
        return replace(asking, error=error)
    plain = amount(wish).replace("\N{NO-BREAK SPACE}", " ")
    return replace(asking, chosen=replace(asking.chosen, money=wish), typed=plain)
