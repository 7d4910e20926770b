"""Telling of what is out of the ordinary and needs somebody: at once, and in a flood only once.

What takes its course by itself stays in the list and is told nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sleek.core import clock
from sleek.events.models import Event
from sleek.merchants.models import User
from sleek.merchants.queries import people_who_may
from sleek.merchants.rules import Right
from sleek.notifications import letters
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.models import Message
from sleek.notifications.rules import Letter
from sleek.reconciliation import queries
from sleek.reconciliation.models import Anomaly
from sleek.reconciliation.rules.flags import Fate
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus, Source

MAILS_PER_HOUR = 5  # to one person; beyond them one that counts
_TEMPLATE, _DIGEST = "anomaly", "anomalies"


@dataclass(frozen=True, slots=True)
class _Matter:
    """All that opened at one time about one subject."""

    anomaly: Anomaly
    key: str


def tell(news: Sequence[Event]) -> None:
    """In the caller's transaction."""
    opened = [event.subject for event in news if event.data.get("needs_person")]
    rows = Anomaly.objects.filter(
        public_id__in=opened, resolved_at=None, needs_person=True, merchant__isnull=False
    ).select_related("merchant", "payment")
    matters: dict[str, _Matter] = {}
    for anomaly in rows.order_by("pk"):
        key = f"{anomaly.subject}:{anomaly.opened_at:%Y%m%d%H%M%S%f}"
        matters.setdefault(key, _Matter(anomaly, key))
    for matter in matters.values():
        if not _is_known_from_refund(matter.anomaly):
            _tell(matter)


def _is_known_from_refund(anomaly: Anomaly) -> bool:
    """Whoever is told that a refund failed need not be told that its money waits."""
    failed = Refund.objects.filter(
        attempt__payment=anomaly.payment_id, source=Source.SURPLUS, status=RefundStatus.FAILED
    )
    return anomaly.payment_id is not None and failed.exists()


def _tell(matter: _Matter) -> None:
    merchant_id = matter.anomaly.merchant_id or 0
    write(
        [
            _draft(matter, person)
            for person in people_who_may(Right.GIVE_MONEY_BACK, merchant_id)
            if not _knows(matter, person)
        ]
    )


def _draft(matter: _Matter, person: User) -> Draft:
    is_flood = _told_lately(person, matter.anomaly) >= MAILS_PER_HOUR
    language = person.language
    hour = f"{clock.now():%Y%m%d%H}"
    return Draft(
        merchant_id=matter.anomaly.merchant_id or 0,
        template=_DIGEST if is_flood else _TEMPLATE,
        about=matter.anomaly.public_id,
        key=f"{_DIGEST}:{matter.anomaly.merchant_id}:{hour}:{person.public_id}"
        if is_flood
        else f"{matter.key}:{person.public_id}",
        language=language,
        letter=letters.many_wait(language) if is_flood else _letter(matter.anomaly, language),
        email=person.email,
    )


def _knows(matter: _Matter, person: User) -> bool:
    return Message.objects.filter(key=f"{matter.key}:{person.public_id}").exists()


def _told_lately(person: User, anomaly: Anomaly) -> int:
    an_hour_ago = clock.now() - timedelta(hours=1)
    told = Message.objects.filter(merchant_id=anomaly.merchant_id or 0, created_at__gt=an_hour_ago)
    return told.filter(template=_TEMPLATE, recipient=person.email).count()


def _letter(anomaly: Anomaly, language: str) -> Letter:
    if payment := anomaly.payment:
        tries = list(payment.attempts.order_by("pk"))
        fates = queries.fates_of(tries)
        for one in tries:
            if fates.get(one.pk) == Fate.WAITS and (received := one.money_received):
                return letters.decision_wanted(payment, received, language)
    return letters.look_wanted(anomaly, language)
