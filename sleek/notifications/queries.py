"""Reading messages, gateways and alerts."""

from __future__ import annotations

from sleek.core import clock
from sleek.merchants.models import Merchant
from sleek.notifications.models import BalanceAlert, Gateway, Message

DUE = 50  # messages sent in one round
LATEST = 20  # messages on the page


def due_messages() -> list[int]:
    """Those to send now, the longest waiting first."""
    due = Message.objects.filter(send_at__lte=clock.now()).order_by("send_at")
    return list(due.values_list("pk", flat=True)[:DUE])


def alerts_of(merchant: Merchant) -> list[BalanceAlert]:
    alerts = BalanceAlert.objects.filter(merchant=merchant).order_by("currency", "threshold", "pk")
    return list(alerts.prefetch_related("people__user", "gateways"))


def gateways_of(merchant: Merchant) -> list[Gateway]:
    return list(Gateway.objects.filter(merchant=merchant, removed_at=None).order_by("pk"))


def latest_messages(merchant: Merchant) -> list[Message]:
    return list(Message.objects.filter(merchant=merchant).order_by("-pk")[:LATEST])
