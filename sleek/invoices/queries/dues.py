"""What of a bill is to be paid first, and by when. Its stages say so: they may change after issue,
while the day that was printed stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from sleek.core.money import Money
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import InvoiceStatus


def next_due(bill: Invoice, stages: Sequence[Instalment]) -> tuple[Money, date | None]:
    """Of these stages, all that are due on the first day."""
    left = [stage for stage in stages if stage.due.minor]
    day = min((stage.due_on for stage in left if stage.due_on), default=bill.due_on)
    due = sum(stage.due.minor for stage in left if stage.due_on in (day, None))
    return Money(min(due, bill.due.minor), bill.currency), day


def due_day(bill: Invoice) -> date | None:
    """By when something is to be paid next; of a bill that is not waited for, its last day."""
    stages = list(bill.instalments.all())
    if bill.status != InvoiceStatus.OPEN:
        return last_day(bill, stages)
    left, credited = [], bill.amount_credited
    for stage in sorted(stages, key=lambda each: each.due_on or date.max):
        # A credit note belongs to no stage: it takes from what has been due longest.
        taken = min(credited, stage.due.minor)
        credited -= taken
        if stage.due.minor > taken and stage.due_on:
            left.append(stage.due_on)
    return min(left, default=last_day(bill, stages))


def last_day(bill: Invoice, stages: Sequence[Instalment]) -> date | None:
    """By when all of it is to be paid."""
    return max((stage.due_on for stage in stages if stage.due_on), default=bill.due_on)


def overdue_days(bill: Invoice, today: date) -> int:
    """How long it has waited beyond the day of a stage; nothing for one that does not wait."""
    day = due_day(bill)
    if bill.status != InvoiceStatus.OPEN or day is None or not bill.due.minor:
        return 0
    return max(0, (today - day).days)


def overdue(bills: QuerySet[Invoice], today: date) -> QuerySet[Invoice]:
    """Those that have waited for days."""
    late = Instalment.objects.filter(invoice=OuterRef("pk"), due_on__lt=today)
    unpaid = Greatest(F("amount") - F("amount_paid"), 0)
    owed = late.order_by().values("invoice").annotate(owed=Sum(unpaid)).values("owed")
    asked = F("amount") - F("amount_deducted") - F("amount_credited")
    rows = bills.filter(status=InvoiceStatus.OPEN, amount_paid__lt=asked)
    rows = rows.alias(late=Coalesce(Subquery(owed), 0))
    return rows.filter(late__gt=F("amount_credited"))


def by_due_day(bills: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """What is due first in front; drafts have no day yet and come last."""
    own = Instalment.objects.filter(invoice=OuterRef("pk"))
    unpaid = own.filter(amount_paid__lt=F("amount"), due_on__isnull=False).order_by("due_on")
    rows = bills.alias(next_on=Coalesce(Subquery(unpaid.values("due_on")[:1]), F("due_on")))
    return rows.order_by(F("next_on").asc(nulls_last=True), "-pk")
