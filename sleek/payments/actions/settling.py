"""Money that pays nothing yet: keeping it for its payer, applying what was kept, and money that
comes in parts.

What `accept` lets in and what comes by a report goes through `reports`; here the rest.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.channels.base import Outcome, Report
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.payments import queries, rules
from sleek.payments.actions.attempts import hold_stock
from sleek.payments.actions.billing import next_for
from sleek.payments.actions.expiry import HOLD_LONGER, reopen
from sleek.payments.actions.reports import apply_reports
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import AttemptStatus, Resolution
from sleek.stock.actions import SoldOut


class NotCreditable(SleekError):
    """There is no surplus to keep, or no credit left to apply to such a payment."""

    code = "not_creditable"


@transaction.atomic
def arrive(
    attempt: Attempt, received: Money, *, reference: str, payer: str, at: datetime
) -> Attempt:
    """Money came by a way that takes it in parts; the first part is the try's own, each further one
    is a try beside it. Returns the one that has it.

    The caller calls it once for each arrival.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    attempt = Attempt.objects.get(pk=attempt.pk)
    is_over = payment.status not in rules.PAYABLE or queries.is_for_void(payment)
    if payment.is_for_bills and is_over:
        # Payers write the same reference on what they pay later: the bill still asks for it.
        payment = next_for(payment) or payment
    if attempt.amount_received is not None or payment.pk != attempt.payment_id:
        attempt = _beside(attempt, payment, origin=None)
    apply_reports(
        [
            Report(
                attempt.public_id, Outcome.SUCCEEDED, received, reference, payer=payer, event_at=at
            )
        ]
    )
    return Attempt.objects.get(pk=attempt.pk)


@transaction.atomic
def credit(attempt: Attempt) -> Attempt:
    """Keep a surplus for its payer instead of giving it back. Raises `NotCreditable`."""
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    attempt = Attempt.objects.get(pk=attempt.pk)
    received = attempt.money_received
    is_over = bool(attempt.resolution) or attempt.is_leaving
    if received is None or not attempt.surplus or is_over:
        raise NotCreditable(_("There is no money here that could be kept for the payer."))
    now = clock.now()
    attempt.resolution, attempt.resolved_at, attempt.updated_at = Resolution.CREDITED, now, now
    attempt.save(update_fields=["resolution", "resolved_at", "updated_at"])
    reopen(payment)
    _record("payment.surplus_credited", attempt, payment, received)
    entry = Entry(
        payment.merchant_id,
        "surplus_credited",
        attempt.public_id,
        recipes.surplus_credited(received),
        now,
    )
    ledger.post([entry])
    return attempt


@transaction.atomic
def apply_credit(credit: Attempt, payment: Payment) -> Attempt:
    """Pay a payment of the same merchant with what was kept for its payer, as far as it goes.

    Less than is asked waits there like any part. Raises `NotCreditable`.
    """
    rows = Payment.objects.select_for_update(no_key=True).order_by("pk")
    locked = {row.pk: row for row in rows.filter(pk__in={credit.payment_id, payment.pk})}
    payment, credit = locked[payment.pk], Attempt.objects.get(pk=credit.pk)
    left = credit.credit
    if left is None or left.minor <= 0 or left.currency != payment.currency:
        raise NotCreditable(_("There is no credit left in this currency."))
    if payment.merchant_id != locked[credit.payment_id].merchant_id or not _may_take(payment):
        raise NotCreditable(_("That payment can't take this money: it is paid, over or under way."))
    _hold(payment)
    applied = min(left, payment.money, key=lambda money: money.minor)
    credit.amount_applied += applied.minor
    credit.updated_at = clock.now()
    credit.save(update_fields=["amount_applied", "updated_at"])
    return _pay(payment, credit, applied)


def _hold(payment: Payment) -> None:
    """Its payer may never have begun to pay, or gave up: what it is for must still be there."""
    try:
        hold_stock(payment, until=clock.now() + HOLD_LONGER)
    except SoldOut as error:
        raise NotCreditable(_("What this payment is for is sold out.")) from error
    payment.save(update_fields=["has_hold"])


def _pay(payment: Payment, credit: Attempt, applied: Money) -> Attempt:
    """The same door as any money: what it pays is judged there. Its books are the credit's."""
    attempt = _beside(credit, payment, origin=credit)
    apply_reports([Report(attempt.public_id, Outcome.SUCCEEDED, applied, credit.reference)])
    return Attempt.objects.get(pk=attempt.pk)


def _may_take(payment: Payment) -> bool:
    is_under_way = any(one.status in rules.OPEN_ATTEMPTS for one in payment.attempts.all())
    return payment.status in rules.PAYABLE and not is_under_way and not queries.is_for_void(payment)


def _beside(attempt: Attempt, payment: Payment, *, origin: Attempt | None) -> Attempt:
    """Fresh money has no origin, whatever became of what the first try brought."""
    return Attempt.objects.create(
        payment=payment,
        connection=attempt.connection,
        channel=attempt.channel,
        method=attempt.method,
        flow=attempt.flow,
        amount=payment.amount,
        currency=payment.currency,
        status=AttemptStatus.PROCESSING,
        origin=origin,
        expires_at=attempt.expires_at,
    )


def _record(kind: str, attempt: Attempt, payment: Payment, amount: Money) -> None:
    data: dict[str, object] = {
        "attempt": attempt.public_id,
        "amount": amount.minor,
        "currency": amount.currency,
    }
    events.record([Fact(kind, payment.public_id, payment.merchant_id, data)])
