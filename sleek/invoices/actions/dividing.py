"""Dividing a bill that is out anew: what nobody has paid of it, into other stages.

What money has come for, or may come any moment, stays as it is; whoever calls knows which stages
those are, since payments are theirs. The plan is in the order in which its stages are due. The
paper of the issue stays what it is; the plan as it now is becomes another one of the same number.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.invoices import queries, rules
from sleek.invoices.actions.drafting import InvalidInvoice, record
from sleek.invoices.actions.issuing import keep_paper
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import Rest, Stage, StageFlaw
from sleek.merchants.models import Membership
from sleek.merchants.rules import Right, may


class NotDividable(SleekError):
    """The bill is not to be paid any more, somebody pays just now, or the person may not."""

    code = "not_dividable"


def divide(
    invoice: Invoice, stages: Sequence[Stage], *, fixed: Collection[int], by: Membership
) -> Invoice:
    """In the caller's transaction and under its locks of the bill and its instalments; `fixed` are
    the keys of those that stay. Raises `InvalidInvoice`, `NotDividable`, `NotPrintable`.
    """
    rows = list(invoice.instalments.all())
    kept = [row for row in rows if row.pk in fixed]
    free = [row for row in rows if row.pk not in fixed]
    _refuse(invoice, free, by)
    parts = rules.divide_rest(_rest(invoice, kept, free), stages)
    if isinstance(parts, StageFlaw):
        raise InvalidInvoice([parts])
    if _says(free) == [_said(stage, part) for stage, part in zip(stages, parts, strict=True)]:
        raise NotDividable(_("These are the stages that the bill has already."))
    standing, dropped = _plan(invoice, free, stages, parts)
    _write([*sorted([*kept, *standing], key=_day), *dropped])
    invoice.updated_at = clock.now()
    invoice.save(update_fields=["updated_at"])
    keep_paper(invoice, version=queries.versions(invoice) + 1, at=clock.now())
    count = len(kept) + len(parts)
    record(invoice, "invoice.divided", by.user, number=invoice.number, count=count)
    return invoice


def _refuse(invoice: Invoice, free: Sequence[Instalment], by: Membership) -> None:
    if invoice.status not in rules.PAYABLE:
        raise NotDividable(_("Only a bill that is still to be paid can be divided anew."))
    if queries.needs_review(invoice) and not may(by.role, Right.APPROVE):
        raise NotDividable(
            _("This bill needed a second person. Its stages are changed by whoever may approve.")
        )
    if not free:
        raise NotDividable(_("Every stage is paid or being paid. There is nothing to divide."))


def _rest(invoice: Invoice, kept: Sequence[Instalment], free: Sequence[Instalment]) -> Rest:
    today = clock.now().astimezone(invoice.merchant.zone).date()
    days = frozenset(row.due_on for row in free if row.due_on)
    whole = Money(sum(row.amount for row in free), invoice.currency)
    return Rest(whole, len(kept), today, days)


def _says(rows: Sequence[Instalment]) -> list[tuple[str, str, int, date | None]]:
    return [(row.label, row.deliverable, row.amount, row.due_on) for row in rows]


def _said(stage: Stage, part: Money) -> tuple[str, str, int, date | None]:
    return stage.label, stage.deliverable, part.minor, stage.due_on


def _plan(
    invoice: Invoice, free: Sequence[Instalment], stages: Sequence[Stage], parts: Sequence[Money]
) -> tuple[list[Instalment], list[Instalment]]:
    """The rows of the new stages, and those that are dropped. The first old ones carry on, so that
    their addresses do; then come those that were dropped before.
    """
    dropped = Instalment.ever.filter(invoice=invoice).exclude(dropped_at=None)
    rows = [*free, *dropped.order_by("position")]
    rows += [Instalment(invoice=invoice) for _missing in range(len(stages) - len(rows))]
    standing, over = rows[: len(stages)], rows[len(stages) :]
    for row, stage, part in zip(standing, stages, parts, strict=True):
        row.label, row.deliverable, row.due_on = stage.label, stage.deliverable, stage.due_on
        row.amount, row.percent, row.dropped_at = part.minor, None, None
    for row in over:
        row.amount, row.dropped_at = 0, row.dropped_at or clock.now()
    return standing, over


def _write(rows: Sequence[Instalment]) -> None:
    """In this order. Places are compared when the transaction ends."""
    columns = ("position", "label", "deliverable", "percent", "amount", "due_on", "dropped_at")
    for place, row in enumerate(rows):
        row.position = place
        row.save(update_fields=columns if row.pk else None)


def _day(stage: Instalment) -> date:
    return stage.due_on or date.min
