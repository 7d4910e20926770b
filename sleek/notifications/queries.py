"""Reading messages, gateways and alerts."""

from __future__ import annotations

from django.conf import settings

from sleek.core import clock
from sleek.merchants.models import Merchant
from sleek.notifications import scripts
from sleek.notifications.models import BalanceAlert, Gateway, Message, Script
from sleek.notifications.rules import Matter
from sleek.notifications.scripts import Wording

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


def wordings(merchant: Merchant, language: str) -> dict[Matter, Wording]:
    """What payers are told about each matter in a language, the merchant's own words first."""
    if language not in settings.PAYER_LANGUAGES:
        language = "en"
    found = {matter: scripts.shipped(matter, language) for matter in Matter}
    for own in Script.objects.filter(merchant=merchant, language=language):
        matter = Matter(own.matter)
        found[matter] = Wording(matter, language, own.title, own.text, is_own=True)
    return found
