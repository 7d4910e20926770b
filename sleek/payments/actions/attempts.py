"""Trying to pay: promise an attempt, send it, ask about it, close it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from sleek.channels import registry
from sleek.channels.base import (
    ChannelError,
    Failure,
    NextStep,
    Order,
    Outcome,
    Refused,
    Report,
    Unavailable,
)
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.links import rules as links
from sleek.links.models import PaymentLink, Sticker
from sleek.links.rules import AmountKind, Wish, WishFlaw
from sleek.payments import queries, rules
from sleek.payments.actions.payers import TermsNotAccepted
from sleek.payments.actions.reports import apply_reports
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.payments.rules import AttemptStatus, PaymentStatus
from sleek.risk import actions as risk
from sleek.risk.actions import Visitor
from sleek.risk.rules import Action
from sleek.stock import actions as stock

logger = logging.getLogger(__name__)

SEND_AGAIN_AFTER = timedelta(seconds=30)  # longer than a provider may take to answer
RETRY_WINDOW = timedelta(minutes=10)  # what a payer tried to pay for is kept so long after a try
PAYMENT_LIFETIME = timedelta(hours=24)  # of a payment begun on a reusable link


class NotPayable(SleekError):
    """The payment is paid, expired or canceled, or its link is closed."""

    code = "not_payable"


class OutcomeUnknown(SleekError):
    """An earlier try may still succeed; paying again is held until its provider has answered."""

    code = "outcome_unknown"


class WishRefused(SleekError):
    """The payer's amount or quantity is none that the link takes; `flaw` says why."""

    code = "wish_refused"

    def __init__(self, flaw: WishFlaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Visit:
    """How somebody came to a link, and what they chose there.

    On a reusable link `public_id` says which payment is meant, so that opening it twice (a double
    click, a second tab) opens one.
    """

    language: str
    public_id: str = ""
    wish: Wish = field(default_factory=Wish)
    sticker: Sticker | None = None


@transaction.atomic
def open_for_link(link: PaymentLink, visit: Visit) -> Payment:
    """The payment that somebody who opens the link will pay. A single-use link has one, whoever
    comes. Raises `WishRefused`.
    """
    if not link.is_reusable:
        # The link's row is the lock: two first visitors at once still make one payment.
        PaymentLink.objects.select_for_update(no_key=True).get(pk=link.pk)
        return Payment.objects.get_or_create(
            single_link=link, defaults={**_terms(link, visit), "link": link}
        )[0]
    if visit.public_id:
        known = Payment.objects.filter(public_id=visit.public_id, link=link).first()
        if known is not None:
            return known
    terms = _terms(link, visit)
    if not visit.public_id:
        return Payment.objects.create(link=link, **terms)
    return Payment.objects.get_or_create(public_id=visit.public_id, link=link, defaults=terms)[0]


def _terms(link: PaymentLink, visit: Visit) -> dict[str, object]:
    total = links.total(link.ask, visit.wish)
    if isinstance(total, WishFlaw):
        raise WishRefused(total)
    lifetime_end = clock.now() + PAYMENT_LIFETIME if link.is_reusable else None
    ends = [end for end in (link.expires_at, lifetime_end) if end]
    is_counted = link.amount_kind == AmountKind.QUANTITY
    return {
        "merchant_id": link.merchant_id,
        "sticker": visit.sticker,
        "amount": total.minor,
        "currency": total.currency,
        "quantity": visit.wish.quantity if is_counted else None,
        "description": link.reason,
        "language": visit.language,
        "expires_at": min(ends, default=None),
    }


def begin(payment: Payment, offer: Offer, visitor: Visitor) -> Attempt:
    """Start a try and bring back where the payer goes next (`next_url` or `next_qr`).

    Repeating it (a double click, a second tab) finds the try that is already open. When the channel
    cannot or will not start, the attempt comes back failed: the payer has seen nothing to pay.
    Raises `NotPayable`, `OutcomeUnknown`, `TermsNotAccepted`, `stock.SoldOut`, or what the guard
    raises: each new try is admitted by it.
    """
    attempt, is_new = _promise(payment, offer, visitor)
    if not is_new and not _was_left_unsent(attempt):
        return attempt
    return _send(attempt, payer_address=visitor.address)


@transaction.atomic
def _promise(payment: Payment, offer: Offer, visitor: Visitor) -> tuple[Attempt, bool]:
    rows = Payment.objects.select_for_update(no_key=True, of=("self",)).select_related("link")
    payment = rows.get(pk=payment.pk)
    now = clock.now()
    if payment.status not in rules.PAYABLE or (payment.expires_at and payment.expires_at <= now):
        raise NotPayable(_("This payment can no longer be made."))
    attempts = list(payment.attempts.all())
    payer_can_act = (AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION)
    if any(attempt.is_held and attempt.status not in payer_can_act for attempt in attempts):
        raise OutcomeUnknown(
            _("An earlier try is still being confirmed. Please do not pay again yet.")
        )
    for attempt in attempts:
        if _is_same_try(attempt, offer, now):
            attempt.chosen_at = now
            attempt.save(update_fields=["chosen_at"])
            return attempt, False

    if queries.terms_owed(payment):
        raise TermsNotAccepted(_("Please agree to the terms first."))
    ends = now + registry.capabilities(offer.connection.channel).lifetime
    _hold_stock(payment, until=ends + RETRY_WINDOW)
    attempt = Attempt.objects.create(
        payment=payment,
        connection=offer.connection,
        channel=offer.connection.channel,
        method=offer.method,
        flow=offer.flow,
        amount=payment.amount,
        currency=payment.currency,
        expires_at=ends,
        check_at=rules.next_check(now, 0),
    )
    risk.admit(Action.PAY, queries.guarded_as(payment), visitor, reference=attempt.public_id)
    payment.status = PaymentStatus.PROCESSING
    payment.updated_at = now
    payment.save(update_fields=["status", "updated_at", "has_hold"])
    data: dict[str, object] = {"attempt": attempt.public_id, "channel": attempt.channel}
    events.record([Fact("attempt.started", payment.public_id, payment.merchant_id, data)])
    return attempt, True


def _hold_stock(payment: Payment, *, until: datetime) -> None:
    """Nobody else gets what this payer is paying for. Raises `stock.SoldOut`."""
    link = payment.link
    wanted = {
        stock_id: quantity
        for stock_id, quantity in (
            (link and link.uses_id, 1),
            (link and link.pieces_id, payment.quantity or 1),
        )
        if stock_id
    }
    if wanted:
        stock.hold(payment.public_id, wanted, until=until)
        payment.has_hold = True


def _was_left_unsent(attempt: Attempt) -> bool:
    """Promised by a process that died before it had sent it. Sending again with the same key is
    safe.
    """
    is_waiting = attempt.status == AttemptStatus.STARTED and not (
        attempt.next_url or attempt.next_qr
    )
    return is_waiting and attempt.created_at <= clock.now() - SEND_AGAIN_AFTER


def _is_same_try(attempt: Attempt, offer: Offer, now: datetime) -> bool:
    return (
        attempt.status in (AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION)
        and attempt.expires_at > now
        and (attempt.connection_id, attempt.method, attempt.flow)
        == (offer.connection.pk, offer.method, offer.flow)
    )


def _send(attempt: Attempt, *, payer_address: str) -> Attempt:
    order = replace(order_of(attempt), payer_address=payer_address)
    try:
        step = registry.connect(attempt.connection).start(order)
    except ChannelError as error:
        logger.warning(
            "attempts.not_started", extra={"attempt": attempt.public_id, "error": error.code}
        )
        apply_reports([_not_started(attempt, error)])
        return Attempt.objects.get(pk=attempt.pk)
    return _learn_next_step(attempt, step)


def _not_started(attempt: Attempt, error: ChannelError) -> Report:
    failure, code = Failure.PROVIDER, error.code
    if isinstance(error, Refused):
        failure, code = error.failure or failure, error.reason or code
    return Report(attempt.public_id, Outcome.FAILED, failure=failure, failure_code=code)


@transaction.atomic
def _learn_next_step(attempt: Attempt, step: NextStep) -> Attempt:
    Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    attempt = Attempt.objects.get(pk=attempt.pk)
    attempt.reference = attempt.reference or step.reference
    attempt.next_url, attempt.next_qr = step.url, step.qr
    if attempt.status == AttemptStatus.STARTED:
        attempt.status = AttemptStatus.REQUIRES_ACTION
    attempt.updated_at = clock.now()
    attempt.save(update_fields=["reference", "next_url", "next_qr", "status", "updated_at"])
    return attempt


def order_of(attempt: Attempt) -> Order:
    """What the channel is asked to collect for this attempt."""
    payment, connection = attempt.payment, attempt.connection
    return Order(
        key=attempt.public_id,
        amount=attempt.money,
        method=attempt.method,
        flow=attempt.flow,  # type: ignore[arg-type]  # the column holds a Flow's value
        description=payment.description,
        return_url=f"{settings.PUBLIC_URL}/pay/{payment.public_id}/return/",
        notice_url=f"{settings.PUBLIC_URL}/callbacks/{connection.channel}/{connection.public_id}/",
        expires_at=attempt.expires_at,
        language=payment.language,
        reference=attempt.reference,
    )


def check(attempt: Attempt) -> None:
    """Ask the provider what became of an attempt, and set when to ask again.

    Past its end it is closed there first.
    """
    is_over = attempt.status in rules.OPEN_ATTEMPTS and attempt.expires_at <= clock.now()
    try:
        channel, order = registry.connect(attempt.connection), order_of(attempt)
        report = channel.cancel(order) if is_over else channel.fetch(order)
        apply_reports([report])
    except Unavailable:
        logger.warning("attempts.provider_unavailable", extra={"attempt": attempt.public_id})
    except ChannelError as error:
        logger.warning(
            "attempts.check_refused", extra={"attempt": attempt.public_id, "error": error.message}
        )
    finally:
        _schedule_next_check(attempt)


@transaction.atomic
def _schedule_next_check(attempt: Attempt) -> None:
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    attempt = Attempt.objects.get(pk=attempt.pk)
    if attempt.check_at is None or attempt.check_at > clock.now():
        return  # nothing is left to learn, or somebody asked out of turn
    attempt.check_count += 1
    if attempt.status == AttemptStatus.SUCCEEDED:
        attempt.check_at = rules.next_check(
            clock.now(), attempt.check_count, limit=rules.FEE_CHECKS
        )
    else:
        attempt.check_at = rules.next_check(attempt.created_at, attempt.check_count)
        if attempt.check_at is None:
            attempt.status = AttemptStatus.UNKNOWN
            data: dict[str, object] = {"attempt": attempt.public_id, "channel": attempt.channel}
            events.record([Fact("attempt.stuck", payment.public_id, payment.merchant_id, data)])
    attempt.save(update_fields=["check_count", "check_at", "status"])


def close_others(payment: Payment) -> None:
    """Close every open try of a payment at its provider, so that nobody can pay it a second time
    there.
    """
    for attempt in payment.attempts.filter(status__in=rules.OPEN_ATTEMPTS):
        try:
            apply_reports([registry.connect(attempt.connection).cancel(order_of(attempt))])
        except ChannelError as error:
            # The janitor goes on asking; money that still arrives is returned.
            logger.warning(
                "attempts.not_closed", extra={"attempt": attempt.public_id, "error": error.code}
            )
