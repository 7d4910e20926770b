"""What the janitor looks at."""

from __future__ import annotations

from sleek.core import clock
from sleek.payments import rules
from sleek.payments.models import Attempt, Payment

DUE = 50  # attempts or payments looked at in one round


def attempts_to_check() -> list[Attempt]:
    """Attempts whose provider must be asked now, the longest waiting first."""
    due = Attempt.objects.filter(check_at__lte=clock.now()).order_by("check_at")
    return list(due.select_related("payment", "connection")[:DUE])


def payments_to_expire() -> list[Payment]:
    due = Payment.objects.filter(status__in=rules.PAYABLE, expires_at__lte=clock.now())
    return list(due.order_by("expires_at")[:DUE])
