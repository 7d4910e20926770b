"""What of a bill is to be paid first, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sleek.core.money import Money
from sleek.invoices.models import Instalment, Invoice


def next_due(bill: Invoice, stages: Sequence[Instalment]) -> tuple[Money, date | None]:
    """Of these stages, all that are due on the first day."""
    left = [stage for stage in stages if stage.due.minor]
    day = min((stage.due_on for stage in left if stage.due_on), default=bill.due_on)
    due = sum(stage.due.minor for stage in left if stage.due_on in (day, None))
    return Money(min(due, bill.due.minor), bill.currency), day
