"""Reading what the flags of payments depend on, and what a person may decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sleek.ledger.models import JournalEntry
from sleek.payments import queries
from sleek.payments import rules as payments
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import RETURNED_BY_ITSELF, AttemptStatus, Resolution, Surplus
from sleek.reconciliation.rules import choices
from sleek.reconciliation.rules.choices import Choice
from sleek.reconciliation.rules.flags import Arrival, Facts, Fate
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus

REFUND_WINDOW = timedelta(days=3)  # what a provider may take to carry out a refund
_BRINGS_MONEY = ("payment_succeeded", "surplus_received", "credit_applied")


def facts(found: Iterable[Payment]) -> dict[int, Facts]:
    """By the payments' keys. The books say when the provider was paid."""
    known = {payment.pk: payment for payment in found}
    tries = list(Attempt.objects.filter(payment__in=known).order_by("pk"))
    fates = fates_of(tries)
    moments = _moments([one.public_id for one in tries if one.amount_received is not None])
    return {
        pk: _facts(payment, [one for one in tries if one.payment_id == pk], fates, moments)
        for pk, payment in known.items()
    }


def fates_of(tries: Sequence[Attempt]) -> dict[int, Fate]:
    """What becomes of the money of each try that brought some."""
    wrong = [one.pk for one in tries if one.surplus]
    refunds: dict[int, list[str]] = {}
    for attempt_id, status in Refund.objects.filter(attempt__in=wrong).values_list(
        "attempt_id", "status"
    ):
        refunds.setdefault(attempt_id, []).append(status)
    return {
        one.pk: _fate(one, refunds.get(one.pk, []))
        for one in tries
        if one.amount_received is not None
    }


def choices_for(payment: Payment, tries: Sequence[Attempt]) -> dict[int, list[Choice]]:
    """What a person may do with each try's money that waits, or is kept for its payer, by the try's
    key.
    """
    fates = fates_of(tries)
    waiting = [one for one in tries if fates.get(one.pk) == Fate.WAITS]
    parts = [one for one in waiting if one.surplus == Surplus.AMOUNT and not one.resolution]
    is_void = bool(parts) and queries.is_for_void(payment)
    is_under_way = any(one.status in payments.OPEN_ATTEMPTS for one in tries)
    kept = [one for one in tries if one.credit and fates[one.pk] == Fate.GONE]
    return {one.pk: [*choices.OF_CREDIT] for one in kept} | {
        one.pk: choices.choices(
            received=one.money_left or one.money,
            asked=payment.money,
            is_wrong_amount=one in parts,
            is_alone=len(parts) == 1,
            is_payable=payment.status in payments.PAYABLE and not is_void,
            is_under_way=is_under_way,
            was_returned=bool(one.resolution),
        )
        for one in waiting
    }


def _facts(
    payment: Payment, tries: list[Attempt], fates: dict[int, Fate], moments: dict[str, datetime]
) -> Facts:
    return Facts(
        asked=payment.money,
        ends_at=payment.expires_at,
        arrivals=tuple(
            Arrival(
                one.public_id,
                left,
                moments.get(one.public_id, one.updated_at),
                fates[one.pk],
            )
            for one in tries
            if (left := one.money_left)
        ),
        unanswered=tuple(one.public_id for one in tries if one.status == AttemptStatus.UNKNOWN),
        is_closed=payment.status in payments.CLOSED,
        is_sold_out=any(one.surplus == Surplus.SOLD_OUT for one in tries),
        is_void=any(one.surplus == Surplus.VOID for one in tries),
    )


def _fate(attempt: Attempt, refunds: list[str]) -> Fate:
    """Money that did not reach its payer, or came back from their bank, waits again."""
    if attempt.pays:
        return Fate.PAYS
    if any(status != RefundStatus.FAILED for status in refunds):
        return Fate.GONE if attempt.resolution else Fate.LEAVES
    if attempt.resolution == Resolution.CREDITED:
        return Fate.WAITS if refunds and attempt.credit else Fate.GONE
    if attempt.surplus in RETURNED_BY_ITSELF and not refunds:
        return Fate.LEAVES
    return Fate.WAITS


def _moments(keys: list[str]) -> dict[str, datetime]:
    entries = JournalEntry.objects.filter(subject__in=keys, kind__in=_BRINGS_MONEY)
    return dict(entries.values_list("subject", "event_at"))
