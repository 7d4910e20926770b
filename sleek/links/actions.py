"""Making, pausing and resuming payment links.

The amount is fixed when the link is made: there is no verb that changes it, because somebody may be
looking at the page right now. Pausing keeps new payers out; a try that is already at its provider
may still come to an end.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.links import rules
from sleek.links.models import PaymentLink
from sleek.links.rules import Flaw, LinkStatus
from sleek.merchants.models import Merchant, User


class InvalidLink(SleekError):
    """What was entered makes no link; `flaws` says why."""

    code = "invalid_link"

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(", ".join(flaws))
        self.flaws = flaws


class LinkExpired(SleekError):
    """The link's end has passed; a new one is needed."""

    code = "link_expired"


@transaction.atomic
def create(
    merchant: Merchant,
    amount: Money,
    reason: str,
    *,
    by: User,
    is_reusable: bool = False,
    expires_at: datetime | None = None,
) -> PaymentLink:
    reason = " ".join(reason.split())
    flaws = rules.flaws(amount, reason, expires_at=expires_at, now=clock.now())
    if flaws:
        raise InvalidLink(flaws)

    link = PaymentLink.objects.create(
        merchant=merchant,
        amount=amount.minor,
        currency=amount.currency,
        reason=reason,
        is_reusable=is_reusable,
        expires_at=expires_at,
        created_by=by,
    )
    _record(link, "link.created", by, amount=link.amount, currency=link.currency)
    return link


@transaction.atomic
def pause(link: PaymentLink, *, by: User) -> PaymentLink:
    link = _lock(link)
    if link.status == LinkStatus.PAUSED:
        return link
    return _change(link, LinkStatus.PAUSED, "link.paused", by)


@transaction.atomic
def resume(link: PaymentLink, *, by: User) -> PaymentLink:
    link = _lock(link)
    if link.status == LinkStatus.ACTIVE:
        return link
    if link.expires_at is not None and link.expires_at <= clock.now():
        raise LinkExpired("The link has expired.")
    return _change(link, LinkStatus.ACTIVE, "link.resumed", by)


def _lock(link: PaymentLink) -> PaymentLink:
    return PaymentLink.objects.select_for_update(no_key=True, of=("self",)).get(pk=link.pk)


def _change(link: PaymentLink, status: LinkStatus, kind: str, by: User) -> PaymentLink:
    link.status = status
    link.save(update_fields=["status"])
    _record(link, kind, by)
    return link


def _record(link: PaymentLink, kind: str, by: User, **data: object) -> None:
    audit.record(kind, link.public_id, scope=link.merchant.public_id, actor=by.public_id, data=data)
    events.record([Fact(kind, link.public_id, link.merchant_id, data)])
