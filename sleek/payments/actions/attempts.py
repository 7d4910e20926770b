"""Trying to pay: promise an attempt, send it, ask about it, close it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from sleek.channels import actions as channels
from sleek.channels import registry
from sleek.channels.base import (
    ChannelError,
    Failure,
    Gone,
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
from sleek.payments import queries, rules
from sleek.payments.actions import saving, watching
from sleek.payments.actions.payers import TermsNotAccepted
from sleek.payments.actions.reports import apply_reports
from sleek.payments.actions.saving import Consent
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.payments.rules import AttemptStatus, PaymentStatus, routing
from sleek.risk import actions as risk
from sleek.risk.actions import Visitor
from sleek.risk.rules import Action
from sleek.stock import actions as stock

logger = logging.getLogger(__name__)

SEND_AGAIN_AFTER = timedelta(seconds=30)  # longer than a provider may take to answer
RETRY_WINDOW = timedelta(minutes=10)  # what a payer tried to pay for is kept so long after a try


class NotPayable(SleekError):
    """The payment is paid, expired or canceled, or its link is closed."""

    code = "not_payable"


class OutcomeUnknown(SleekError):
    """An earlier try may still succeed; paying again is held until its provider has answered."""

    code = "outcome_unknown"

    def __init__(self) -> None:
        super().__init__(_("An earlier try is still being confirmed. Please do not pay again yet."))


def begin(
    payment: Payment,
    offer: Offer,
    visitor: Visitor,
    *,
    payer_id: str = "",
    consent: Consent | None = None,
) -> Attempt:
    """Start a try and bring back where the payer goes next (`next_url`, `next_qr`, `next_data`).

    `payer_id` is who the payer is to the provider's app, for offers that need an introduction.

    Repeating it (a double click, a second tab) finds the try that is already open. When the channel
    cannot or will not start, and another connection for the same method may, that one is tried in
    its place. When none starts, the last attempt comes back failed: the payer has seen nothing to
    pay. With a `consent` the method is kept for the next time. Raises `NotPayable`,
    `OutcomeUnknown`, `TermsNotAccepted`, `NotSaved`, `stock.SoldOut`, or what the guard raises:
    each new try is admitted by it.
    """
    choice = _Choice(offer, visitor, payer_id, consent)
    attempt, is_new = _promise(payment, choice)
    if not is_new and not _was_left_unsent(attempt):
        return attempt
    return _send(attempt, choice)


@dataclass(frozen=True, slots=True)
class _Choice:
    """How somebody wants to pay, or, after a try elsewhere that led nowhere, how they may."""

    offer: Offer
    visitor: Visitor
    payer_id: str = ""
    agreed: Consent | None = None
    tried: tuple[Attempt, ...] = ()

    @property
    def offers(self) -> list[Offer]:
        """Where it may begin, the best first."""
        if not self.tried:
            return [self.offer, *self.detours]
        past = {attempt.connection_id for attempt in self.tried}
        return [each for each in self.detours if each.connection.pk not in past]

    def keeps(self, channel: str) -> bool:
        """Whether a try through this channel lets it keep the method."""
        is_new = self.agreed is not None and self.offer.saved is None
        return is_new and queries.saves(channel, self.offer.method)

    @property
    def detours(self) -> list[Offer]:
        """Who was introduced to one connection's app is unknown to the others', and what one keeps
        no other can charge.
        """
        is_bound = self.payer_id or self.offer.saved
        others = [] if is_bound else self.offer.detours()
        return [each for each in others if each.flow in routing.HANDED_OUT]


@transaction.atomic
def _promise(payment: Payment, choice: _Choice) -> tuple[Attempt, bool]:
    rows = Payment.objects.select_for_update(no_key=True, of=("self",)).select_related("link")
    payment = rows.get(pk=payment.pk)
    now = clock.now()
    attempts = list(payment.attempts.select_related("consent"))
    _refuse_to_begin(payment, attempts, now)
    for attempt in attempts:
        if _is_same_try(attempt, choice, now):
            attempt.chosen_at = now
            attempt.save(update_fields=["chosen_at"])
            _agree(attempt, choice)
            return attempt, False

    _refuse_beside_a_charge(attempts)
    if queries.terms_owed(payment):
        raise TermsNotAccepted(_("Please agree to the terms first."))
    offer = _admitted(choice)
    able = registry.capabilities(offer.connection.channel)
    ends = now + able.lifetime
    hold_stock(payment, until=ends + RETRY_WINDOW)
    attempt = Attempt(
        payment=payment,
        connection=offer.connection,
        channel=offer.connection.channel,
        method=offer.method,
        flow=offer.flow,
        payer_id=choice.payer_id,
        decision=_decision(offer, choice),
        cost=_expected_cost(offer),
        amount=payment.amount,
        currency=payment.currency,
        expires_at=ends,
        check_at=ends if able.is_direct else rules.next_check(now, 0),
    )
    if offer.saved:
        saving.charge_with(offer.saved, attempt)
    attempt.save()
    _agree(attempt, choice)
    _let_in(payment, attempt, choice)
    payment.status = PaymentStatus.PROCESSING
    payment.updated_at = now
    if able.takes_parts and payment.expires_at:
        # A transfer takes days, and its payer can't call it back.
        payment.expires_at = max(payment.expires_at, ends)
    payment.save(update_fields=["status", "updated_at", "has_hold", "expires_at"])
    data: dict[str, object] = {"attempt": attempt.public_id, "channel": attempt.channel}
    events.record([Fact("attempt.started", payment.public_id, payment.merchant_id, data)])
    return attempt, True


def _refuse_to_begin(payment: Payment, attempts: list[Attempt], now: datetime) -> None:
    if payment.status not in rules.PAYABLE or (payment.expires_at and payment.expires_at <= now):
        raise NotPayable(_("This payment can no longer be made."))
    payer_can_act = (AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION)
    if any(attempt.is_held and attempt.status not in payer_can_act for attempt in attempts):
        raise OutcomeUnknown


def _refuse_beside_a_charge(attempts: list[Attempt]) -> None:
    """A kept method is charged without its payer: until the answer is there, the money may have
    moved.
    """
    if any(each.saved_method_id and each.status == AttemptStatus.STARTED for each in attempts):
        raise OutcomeUnknown


def _agree(attempt: Attempt, choice: _Choice) -> None:
    if choice.agreed and choice.keeps(attempt.channel):
        saving.agree(attempt, choice.agreed)


def hold_stock(payment: Payment, *, until: datetime) -> None:
    """Nobody else gets what this is paying for. The caller saves. Raises `stock.SoldOut`."""
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
    is_unsent = attempt.status == AttemptStatus.STARTED  # its next step is not known
    return is_unsent and attempt.created_at <= clock.now() - SEND_AGAIN_AFTER


def _is_same_try(attempt: Attempt, choice: _Choice, now: datetime) -> bool:
    """The payer chose a method; through which connection it goes is ours to say."""
    offer = choice.offer
    return (
        attempt.status in (AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION)
        and attempt.expires_at > now
        and (attempt.method, attempt.flow, attempt.payer_id, attempt.saved_method_id)
        == (offer.method, offer.flow, choice.payer_id, offer.saved and offer.saved.pk)
        and hasattr(attempt, "consent") == choice.keeps(attempt.channel)
        and attempt.connection_id in offer.connections
    )


def _admitted(choice: _Choice) -> Offer:
    """The first whose breaker lets a payer through. Where none does, a sick connection is still
    better than none, but no detour.
    """
    able = (each for each in choice.offers if channels.admit(each.connection, each.method))
    found = next(able, None)
    if found is None and choice.tried:
        raise NotPayable("no other connection lets a payer through")
    return found or choice.offer


def _let_in(payment: Payment, attempt: Attempt, choice: _Choice) -> None:
    """One admission for all tries that one choice of the payer leads to."""
    if choice.tried:
        risk.pass_on(choice.tried[-1].public_id, attempt.public_id)
    else:
        subject = queries.guarded_as(payment)
        risk.admit(Action.PAY, subject, choice.visitor, reference=attempt.public_id)


def _decision(offer: Offer, choice: _Choice) -> dict[str, object]:
    """Why this connection, for the merchant to read."""
    past = [attempt.public_id for attempt in choice.tried]
    return {
        "chosen": offer.connection.public_id,
        "routes": [route.as_data() for route in offer.routes],
        "failed_over_from": past[-1] if past else "",
    }


def _expected_cost(offer: Offer) -> int | None:
    costs = (route.cost for route in offer.routes if route.connection == offer.connection)
    cost = next(costs, None)
    return cost.minor if cost is not None else None


def _send(attempt: Attempt, choice: _Choice) -> Attempt:
    """Ask the channel to start, and where it does not, and nobody can have paid, the next one."""
    began_at = clock.now()
    is_ours = True
    while is_ours:
        order = replace(
            order_of(attempt),
            payer_address=choice.visitor.address,
            saves=hasattr(attempt, "consent"),
        )
        try:
            with watching.starting(attempt.connection, attempt.method) as channel:
                step = channel.start(order)
        except ChannelError as error:
            facts = {"attempt": attempt.public_id, "error": error.code}
            logger.warning("attempts.not_started", extra=facts)
            if attempt.saved_method_id and isinstance(error, Unavailable):
                return _await_word(attempt)
            if isinstance(error, Gone):
                saving.note_gone(attempt)
            choice = replace(choice, tried=(*choice.tried, attempt))
            attempt, is_ours = _fail_over(choice, error, clock.now() - began_at)
        else:
            return _learn_next_step(attempt, step)
    return attempt


def _fail_over(choice: _Choice, error: ChannelError, spent: timedelta) -> tuple[Attempt, bool]:
    """Write down that the last try did not start, and promise the next one, if there may be one.

    Both in one transaction: a second click finds one of them, and begins no chain of its own. Says
    whether the try that comes back is to be sent.
    """
    last = choice.tried[-1]
    report = _not_started(last, error)
    if _may_fail_over(choice, report.failure_code, spent):
        try:
            with transaction.atomic():
                apply_reports([report])
                attempt, is_new = _promise(last.payment, choice)
                _note_rerouted(last, attempt)
                return attempt, is_new
        except SleekError as refusal:
            logger.info("attempts.not_rerouted", extra={"refusal": refusal.code})
    apply_reports([report])
    return Attempt.objects.get(pk=last.pk), False


def _may_fail_over(choice: _Choice, code: str, spent: timedelta) -> bool:
    last = choice.tried[-1]
    return (
        bool(choice.offers)
        and registry.meaning(last.channel, code).may_try_other
        and routing.may_fail_over(last.flow, tries=len(choice.tried), spent=spent)
    )


def _note_rerouted(last: Attempt, attempt: Attempt) -> None:
    payment = last.payment
    data: dict[str, object] = {
        "attempt": last.public_id,
        "channel": last.channel,
        "to": attempt.public_id,
    }
    events.record([Fact("attempt.rerouted", payment.public_id, payment.merchant_id, data)])


def _not_started(attempt: Attempt, error: ChannelError) -> Report:
    failure, code = Failure.PROVIDER, error.code
    if isinstance(error, Refused):
        failure, code = error.failure or failure, error.reason or code
    return Report(attempt.public_id, Outcome.FAILED, failure=failure, failure_code=code)


@transaction.atomic
def _await_word(attempt: Attempt) -> Attempt:
    """Charging a kept method moves money by itself: without an answer nobody pays again yet."""
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    attempt = Attempt.objects.get(pk=attempt.pk)
    if attempt.status == AttemptStatus.STARTED:
        attempt.status, attempt.updated_at = AttemptStatus.PROCESSING, clock.now()
        attempt.save(update_fields=["status", "updated_at"])
        data: dict[str, object] = {"attempt": attempt.public_id, "channel": attempt.channel}
        events.record([Fact("attempt.processing", payment.public_id, payment.merchant_id, data)])
    return attempt


@transaction.atomic
def _learn_next_step(attempt: Attempt, step: NextStep) -> Attempt:
    Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    attempt = Attempt.objects.get(pk=attempt.pk)
    attempt.reference = attempt.reference or step.reference
    attempt.next_url, attempt.next_qr, attempt.next_data = step.url, step.qr, dict(step.data)
    if attempt.status == AttemptStatus.STARTED:
        attempt.status = AttemptStatus.REQUIRES_ACTION
    attempt.updated_at = clock.now()
    attempt.save(
        update_fields=["reference", "next_url", "next_qr", "next_data", "status", "updated_at"]
    )
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
        payer_id=attempt.payer_id,
        started_at=attempt.created_at,
        saved=attempt.saved_method.unseal() if attempt.saved_method else "",
        is_proof_asked=attempt.is_proof_asked,
        is_wanted=payment.status in rules.PAYABLE and attempt.status in rules.OPEN_ATTEMPTS,
    )


def check(attempt: Attempt) -> None:
    """Ask the provider what became of an attempt, and set when to ask again.

    Past its end it is closed there first.
    """
    is_over = attempt.status in rules.OPEN_ATTEMPTS and attempt.expires_at <= clock.now()
    try:
        with watching.asking(attempt.connection, attempt.method) as channel:
            order = order_of(attempt)
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
