"""What waits for somebody of the merchant's: each kind with how many there are, the gravest first.

A kind without anything is absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import Count

from sleek.channels.base import Failure
from sleek.core import clock
from sleek.invoices import queries as invoices
from sleek.invoices.rules import InvoiceStatus
from sleek.links.models import Plea
from sleek.merchants.models import Merchant
from sleek.notifications.models import Message
from sleek.notifications.rules import MessageStatus
from sleek.payments.models import Attempt, Waiting
from sleek.reports.queries import payments, refunds

CHANNEL_LOOKED_AT = timedelta(hours=1)
CHANNEL_FAILS_AFTER = 3  # tries of that time that ended by the provider's fault
MESSAGES_LOOKED_AT = timedelta(days=7)


class NeedKind(StrEnum):
    """What sort of attention is asked for."""

    DECISION = "decision"
    REVIEW = "review"
    REFUND = "refund"
    NOTICE = "notice"
    CHANNEL = "channel"
    PLEA = "plea"
    BILL_REVIEW = "bill_review"
    FOLLOW_UP = "follow_up"
    OVERDUE = "overdue"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Need:
    kind: NeedKind
    count: int
    # The channel that fails; or the link asked about, or the bill, if there is one alone.
    subject: str = ""


def needs(merchant: Merchant) -> list[Need]:
    found = [
        Need(NeedKind.DECISION, payments.undecided().filter(payment__merchant=merchant).count()),
        Need(NeedKind.REVIEW, refunds.waiting(merchant)),
        Need(NeedKind.REFUND, refunds.in_trouble(merchant)),
        Need(NeedKind.NOTICE, _failed_notices(merchant)),
        *_failing_channels(merchant),
        _pleas(merchant),
        *_bills(merchant),
        Need(NeedKind.MESSAGE, _failed_messages(merchant)),
    ]
    return [need for need in found if need.count]


def _failed_notices(merchant: Merchant) -> int:
    """Providers' notices whose tries are used up; the operator's connections are not theirs."""
    given_up = Waiting.objects.filter(try_at=None, notice__connection__merchant=merchant)
    return given_up.count()


def _failing_channels(merchant: Merchant) -> Iterator[Need]:
    recent = Attempt.objects.filter(
        failure=Failure.PROVIDER,
        created_at__gt=clock.now() - CHANNEL_LOOKED_AT,
        payment__merchant=merchant,
    )
    for channel, count in recent.values_list("channel").annotate(Count("pk")).order_by("channel"):
        if count >= CHANNEL_FAILS_AFTER:
            yield Need(NeedKind.CHANNEL, count, channel)


def _pleas(merchant: Merchant) -> Need:
    waiting = Plea.objects.filter(merchant=merchant, answered_at=None)
    links = list(waiting.values_list("link__public_id", flat=True)[:2])
    return Need(NeedKind.PLEA, waiting.count(), links[0] if len(links) == 1 else "")


def _bills(merchant: Merchant) -> Iterator[Need]:
    """Bills that wait for approval, that somebody should ask after, or that are overdue."""
    today = clock.now().astimezone(merchant.zone).date()
    waiting = merchant.invoices.filter(status=InvoiceStatus.IN_REVIEW)
    asked = merchant.invoices.filter(follow_ups__in=invoices.follow_ups_due(merchant))
    overdue = invoices.overdue(merchant.invoices.all(), today)
    kinds = (
        (NeedKind.BILL_REVIEW, waiting),
        (NeedKind.FOLLOW_UP, asked),
        (NeedKind.OVERDUE, overdue),
    )
    for kind, bills in kinds:
        found = list(bills.values_list("public_id", flat=True)[:2])
        yield Need(kind, bills.count(), found[0] if len(found) == 1 else "")


def _failed_messages(merchant: Merchant) -> int:
    recent = Message.objects.filter(
        merchant=merchant,
        status=MessageStatus.FAILED,
        created_at__gt=clock.now() - MESSAGES_LOOKED_AT,
    )
    return recent.count()
