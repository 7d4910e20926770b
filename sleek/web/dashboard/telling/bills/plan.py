"""How a bill would be paid, were it divided as somebody types: its stages in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import Rest, Stage, StageFlaw
from sleek.web.dashboard.forms.bills import flaws


@dataclass(frozen=True, slots=True)
class Planned:
    label: str
    deliverable: str
    due_on: date | None
    money: Money
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """`parts` are what the typed stages come to; `problem` is why they do not yet."""

    rows: list[Planned]
    parts: list[Money]
    rest: Money
    problem: str = ""


def of(
    invoice: Invoice,
    kept: Sequence[Instalment],
    free: Sequence[Instalment],
    wish: Sequence[Stage],
) -> Plan:
    rest = Money(sum(stage.amount for stage in free), invoice.currency)
    today = clock.now().astimezone(invoice.merchant.zone).date()
    days = frozenset(stage.due_on for stage in free if stage.due_on)
    parts = rules.divide_rest(Rest(rest, len(kept), today, days), wish)
    if isinstance(parts, StageFlaw):
        problem = flaws.explain(parts, currency=invoice.currency, asked=rest)
        return Plan([_kept(stage) for stage in kept], [], rest, problem)
    made = [
        Planned(stage.label, stage.deliverable, stage.due_on, part)
        for stage, part in zip(wish, parts, strict=True)
    ]
    planned = sorted([*map(_kept, kept), *made], key=lambda each: each.due_on or date.min)
    return Plan(planned, parts, rest)


def _kept(stage: Instalment) -> Planned:
    return Planned(stage.label, stage.deliverable, stage.due_on, stage.money, is_fixed=True)
