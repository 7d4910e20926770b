"""What a person decides about money that waits: each one transaction.

Lock the payment, make sure that the money still waits and may go where it is sent, act, settle what
the list says of it, and note who did it. Of two people who decide at once, the second is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import psycopg.errors
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core.errors import Conflict, SleekError
from sleek.core.money import Money
from sleek.invoices.models import Invoice
from sleek.merchants.models import User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import queries
from sleek.reconciliation.actions.anomalies import review
from sleek.reconciliation.actions.listing import Decision, resolve
from sleek.reconciliation.models import Anomaly
from sleek.reconciliation.rules.choices import Choice
from sleek.reconciliation.rules.flags import FOR_LOOKING, Ending
from sleek.refunds import actions as refunds
from sleek.refunds.models import Refund

MAX_REASON = 300


class NotDecidable(SleekError):
    """The money waits for no decision any more, or not for this one."""

    code = "not_decidable"


class NeedsMore(SleekError):
    """Looking at it settles nothing: money of a payer waits for a decision."""

    code = "needs_more"


def give_back(attempt: Attempt, *, by: User) -> Refund:
    """Raises `NotDecidable`, or what promising a refund raises."""
    with _deciding(attempt, Choice.RETURN, by, Ending.RETURNED) as locked:
        if locked.credit:
            return refunds.promise_credit(locked, reason=locked.surplus, by=by)
        return refunds.promise_surplus(locked, by=by)


def repay(attempt: Attempt, *, by: User) -> Refund:
    """What was kept for its payer goes back after all. Raises `NotDecidable`, or what promising a
    refund raises.
    """
    with _deciding(attempt, Choice.REPAY, by, Ending.RETURNED) as locked:
        return refunds.promise_credit(locked, reason=locked.surplus, by=by)


def keep_for_payer(attempt: Attempt, *, by: User) -> Attempt:
    """Raises `NotDecidable`."""
    with _deciding(attempt, Choice.KEEP, by, Ending.KEPT) as locked:
        credit = payments.credit(locked)
        _note("surplus.credited", credit, by, credit.money_received)
        return credit


def accept(attempt: Attempt, *, by: User) -> None:
    """All wrong amounts that wait pay the payment. Raises `NotDecidable` or `NotAcceptable`."""
    with _deciding(attempt, Choice.ACCEPT, by, Ending.ACCEPTED) as locked:
        payments.accept(locked.payment)
        locked.payment.refresh_from_db()
        paid = Money(locked.payment.amount_paid, locked.payment.currency)
        _note("surplus.accepted", locked, by, paid)


def settle(attempt: Attempt, *, by: User) -> Attempt:
    """What was asked pays; the rest is kept for the payer. Returns the try that has the rest.

    Raises `NotDecidable` or `NotCreditable`.
    """
    with _deciding(attempt, Choice.SETTLE, by, Ending.KEPT) as locked:
        credit = _pay_as_asked(locked)
        _note("surplus.settled", credit, by, credit.credit)
        return credit


def take(attempt: Attempt, *, by: User) -> Refund:
    """What was asked pays; the rest goes back to the payer, as any refund does.

    Raises what `settle` raises, or what promising a refund raises.
    """
    with _deciding(attempt, Choice.TAKE, by, Ending.RETURNED) as locked:
        credit = _pay_as_asked(locked)
        _note("surplus.taken", credit, by, credit.credit)
        return refunds.promise_credit(credit, reason=credit.surplus, by=by)


def apply_to(attempt: Attempt, target: Payment, *, by: User) -> Attempt:
    """It pays another payment of the merchant, as far as it goes; the rest is kept for the payer.

    Raises `NotDecidable` or `NotCreditable`.
    """
    others = {target.pk}
    with _deciding(attempt, Choice.APPLY, by, Ending.APPLIED, others=others) as locked:
        if target.pk == locked.payment_id:
            raise NotDecidable(_("This is the payment that the money came for."))
        credit = locked if locked.credit else payments.credit(locked)
        applied = payments.apply_credit(credit, target)
        data: dict[str, object] = {"target": target.public_id}
        _note("surplus.applied", locked, by, applied.money_received, **data)
        return applied


@transaction.atomic
def apply_to_bill(attempt: Attempt, bill: Invoice, *, by: User) -> Attempt:
    """It pays what a bill still asks, as far as it goes; the rest is kept for the payer.

    Raises `NotPayable`, or what `apply_to` raises.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    left = Attempt.objects.get(pk=attempt.pk).money_left
    if left is None or bill.merchant_id != payment.merchant_id:
        raise NotDecidable(_("That is not possible with this money any more. Look again."))
    target = payments.open_up_to(bill, left, language=payment.language)
    return apply_to(attempt, target, by=by)


@transaction.atomic
def look_at(anomaly: Anomaly, reason: str, *, by: User) -> Anomaly:
    """Settle by a person's word what no money waits behind. Raises `NeedsMore`, `NotDecidable`."""
    if anomaly.payment_id:
        Payment.objects.select_for_update(no_key=True).get(pk=anomaly.payment_id)
    anomaly = Anomaly.objects.select_for_update(of=("self",)).get(pk=anomaly.pk)
    if anomaly.resolved_at is not None:
        raise NotDecidable(_("Somebody has settled this already."))
    if anomaly.flag not in FOR_LOOKING:
        raise NeedsMore(_("Money waits here. Decide what becomes of it instead."))
    reason = " ".join(reason.split())[:MAX_REASON]
    if not reason:
        raise NotDecidable(_("Say in a few words what you found."))
    resolve(anomaly, Decision(by, Ending.LOOKED_AT, reason))
    data: dict[str, object] = {"flag": anomaly.flag, "reason": reason}
    scope = anomaly.merchant.public_id if anomaly.merchant else audit.OPERATOR
    audit.record("anomaly.looked_at", anomaly.subject, scope=scope, actor=by.public_id, data=data)
    return anomaly


@contextmanager
def _deciding(
    attempt: Attempt,
    choice: Choice,
    by: User,
    ending: Ending,
    *,
    others: Collection[int] = (),
) -> Iterator[Attempt]:
    """Locks in id order, so that two people who move money to and fro do not deadlock."""
    try:
        with transaction.atomic():
            wanted = {attempt.payment_id, *others}
            rows = Payment.objects.select_for_update(no_key=True).filter(pk__in=wanted)
            locked = {row.pk: row for row in rows.order_by("pk")}
            fresh = _waiting(attempt, locked[attempt.payment_id], choice)
            yield fresh
            review([*locked], Decision(by, ending))
    except OperationalError as error:
        # Two posts of one transaction can meet another's in the ledger; nothing has moved.
        if isinstance(error.__cause__, psycopg.errors.DeadlockDetected):
            raise Conflict(_("This money moved just now. Look again and repeat.")) from error
        raise


def _pay_as_asked(attempt: Attempt) -> Attempt:
    """Out of money that was too much. Returns the try that has the rest."""
    credit = payments.credit(attempt)
    payments.apply_credit(credit, attempt.payment)
    credit.refresh_from_db()
    return credit


def _waiting(attempt: Attempt, payment: Payment, choice: Choice) -> Attempt:
    """The try as it is under the lock, if its money waits and may go that way."""
    tries = list(payment.attempts.order_by("pk"))
    open_to = queries.choices_for(payment, tries).get(attempt.pk)
    if open_to is None:
        raise NotDecidable(
            _("This money waits for no decision any more: somebody was quicker, or it goes back.")
        )
    if choice not in open_to:
        raise NotDecidable(_("That is not possible with this money any more. Look again."))
    fresh = next(one for one in tries if one.pk == attempt.pk)
    fresh.payment = payment
    return fresh


def _note(act: str, attempt: Attempt, by: User, amount: Money | None, **data: object) -> None:
    payment = attempt.payment
    data |= {"attempt": attempt.public_id}
    if amount is not None:
        data |= {"amount": amount.minor, "currency": amount.currency}
    scope = payment.merchant.public_id
    audit.record(act, payment.public_id, scope=scope, actor=by.public_id, data=data)
