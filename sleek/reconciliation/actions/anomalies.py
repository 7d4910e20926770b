"""Keeping the list of what is out of the ordinary, from the facts as they are now.

Whoever comes again, in whatever order, writes the same: as a consumer of events, as the task that
looks for what time alone makes wrong, or behind a person's decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.payments.models import Attempt, Notice, Payment, Waiting
from sleek.payments.rules import AttemptStatus
from sleek.reconciliation import queries
from sleek.reconciliation.actions.listing import ITSELF, Decision, Subject, keep
from sleek.reconciliation.models import Anomaly, BankLine
from sleek.reconciliation.rules import flags
from sleek.reconciliation.rules.flags import Ending, Flag, Flagged
from sleek.reconciliation.rules.lines import LineStatus
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus, Route

LOOKED_AT_ONCE = 200  # of each kind, in one round
# What a provider says of a refund that it took and now does not know.
NOT_KNOWN = frozenset({"RESOURCE_NOT_EXISTS", "REFUND_NOT_EXISTS", "resource_missing"})

_OF_REFUNDS = frozenset({"refund.promised", "refund.succeeded", "refund.failed"})
_ORPHANED = "payment.orphan_reported"
_GIVEN_TWICE = "deduction.given_twice"
# After which less or more of it may be given twice, or nothing.
_OF_DEDUCTIONS = frozenset(
    {
        _GIVEN_TWICE,
        "invoice.refunded",
        "entitlement.reserved",
        "entitlement.returned",
        "entitlement.available",
        "entitlement.changed",
    }
)
FOLLOWED = (
    _OF_REFUNDS
    | _OF_DEDUCTIONS
    | {
        "payment.surplus_received",
        "payment.surplus_credited",
        "payment.succeeded",
        "payment.expired",
        "payment.reopened",
        "attempt.stuck",
        "attempt.failed",
        "attempt.canceled",
        _ORPHANED,
    }
)


def follow(news: Sequence[Event]) -> None:
    """As a consumer of events."""
    subjects = {event.subject for event in news if event.kind != _ORPHANED}
    touched = {event.subject for event in news if event.kind in _OF_REFUNDS}
    review(_worth_a_look(subjects, touched))
    for event in news:
        if event.kind == _ORPHANED:
            _keep_orphan(event)
    _look_at_deductions([event for event in news if event.kind in _OF_DEDUCTIONS])


def _worth_a_look(subjects: Collection[str], touched: Collection[str]) -> list[int]:
    """Most payments are paid once, exactly and in time; they cost one look at an index."""
    tries = Attempt.objects.filter(payment=OuterRef("pk"))
    odd = Exists(tries.filter(~Q(surplus="") | Q(status=AttemptStatus.UNKNOWN)))
    listed = Exists(Anomaly.objects.filter(payment=OuterRef("pk"), resolved_at=None))
    known = Payment.objects.filter(public_id__in=subjects)
    known = known.filter(odd | listed | Q(public_id__in=touched))
    return list(known.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def review(payment_ids: Iterable[int], decision: Decision = ITSELF) -> None:
    """Bring the flags of these payments, and of their refunds, up to date.

    What no longer waits for a person is settled by who has just decided, if anybody has.
    """
    rows = Payment.objects.select_for_update(no_key=True).filter(pk__in=list(payment_ids))
    payments = list(rows.order_by("pk"))
    if not payments:
        return
    known = queries.facts(payments)
    for payment in payments:
        subject = Subject(payment.merchant_id, payment.public_id, payment=payment)
        keep(subject, flags.flags(known[payment.pk]), decision)
    refunds = Refund.objects.filter(attempt__payment__in=payments).select_related("attempt")
    for refund in refunds.order_by("pk"):
        payment = next(one for one in payments if one.pk == refund.attempt.payment_id)
        _keep_refund(refund, payment)


def look() -> None:
    """Find what time alone makes wrong, and settle what is right again."""
    review(_payments_of_late_refunds())
    _look_at_notices()
    _look_at_lines()


def _payments_of_late_refunds() -> list[int]:
    due = Refund.objects.filter(**_LATE, created_at__lte=clock.now() - queries.REFUND_WINDOW)
    due = due.exclude(_is_known(refund=OuterRef("pk")))
    return list(due.values_list("attempt__payment_id", flat=True)[:LOOKED_AT_ONCE])


# One that waits for the payer's account, or for a second person, is not late at a provider.
_LATE = {"status": RefundStatus.PENDING, "route": Route.CHANNEL}


def _is_known(**subject: object) -> Exists:
    """Listed, or looked at by somebody."""
    rows = Anomaly.objects.filter(**subject)
    return Exists(rows.filter(Q(resolved_at=None) | Q(ending=Ending.LOOKED_AT)))


def _keep_refund(refund: Refund, payment: Payment) -> None:
    is_late = (refund.status, refund.route) == (*_LATE.values(),) and (
        refund.created_at <= clock.now() - queries.REFUND_WINDOW
    )
    is_orphan = (
        refund.status == RefundStatus.FAILED
        and bool(refund.reference)
        and refund.failure_code in NOT_KNOWN
    )
    subject = Subject(refund.merchant_id, refund.public_id, payment, refund, refund.reference)
    found = [(Flag.STUCK, is_late), (Flag.ORPHAN, is_orphan)]
    keys = frozenset({refund.public_id})
    keep(
        subject,
        [Flagged(flag, refund.money, keys, True, True) for flag, holds in found if holds],
        ITSELF,
    )


def _keep_orphan(event: Event) -> None:
    """Money for a try that nobody knows. Its notice says through whose connection it came."""
    if Attempt.objects.filter(public_id=event.subject).exists():
        return
    notice = Notice.objects.filter(key=event.subject).select_related("connection").first()
    amount = Money(int(event.data["amount"]), str(event.data["currency"]))
    reference = f"{notice.channel} {event.data['reference']}" if notice else ""
    subject = Subject(
        notice.connection.merchant_id if notice else None, event.subject, reference=reference[:200]
    )
    with transaction.atomic():
        keep(subject, [_alone(Flag.ORPHAN, amount, event.subject)], ITSELF)


def _look_at_deductions(news: Sequence[Event]) -> None:
    """Bills that deduct what another bill deducts, too; few are, and they are all looked at anew
    when something happens to any deduction of the same merchant.
    """
    if not news:
        return
    theirs = Anomaly.objects.filter(flag=Flag.GIVEN_TWICE)
    theirs = theirs.filter(merchant_id__in={event.merchant_id for event in news})
    known = theirs.filter(Q(resolved_at=None) | Q(ending=Ending.LOOKED_AT))
    names = set(known.values_list("subject", flat=True))
    names |= {event.subject for event in news if event.kind == _GIVEN_TWICE}
    for bill in Invoice.objects.filter(public_id__in=names).order_by("pk"):
        _keep_deduction(bill)


@transaction.atomic
def _keep_deduction(bill: Invoice) -> None:
    twice = invoices.claim_again(bill)
    subject = Subject(bill.merchant_id, bill.public_id, reference=bill.number)
    keep(subject, [_alone(Flag.GIVEN_TWICE, each, bill.public_id) for each in twice], ITSELF)


@transaction.atomic
def _look_at_notices() -> None:
    """Those whose tries are used up."""
    given_up = Waiting.objects.filter(try_at=None).order_by("pk")
    now = {f"ntc_{pk}": pk for pk in given_up.values_list("pk", flat=True)}
    listed = Anomaly.objects.filter(flag=Flag.STUCK, subject__startswith="ntc_", resolved_at=None)
    for gone in listed.exclude(subject__in=now).order_by("pk"):
        keep(Subject(gone.merchant_id, gone.subject), [], ITSELF)
    known = set(Anomaly.objects.filter(subject__in=now).values_list("subject", flat=True))
    fresh = [pk for name, pk in now.items() if name not in known][:LOOKED_AT_ONCE]
    for one in given_up.filter(pk__in=fresh).select_related("notice__connection"):
        subject = _subject_of_notice(one)
        keep(subject, [_alone(Flag.STUCK, None, subject.name)], ITSELF)


@transaction.atomic
def _look_at_lines() -> None:
    """Money at the bank for which nobody has found a payment, nor said that there is none."""
    lines = BankLine.objects.filter(status=LineStatus.OPEN, searched_at__isnull=False)
    listed = Anomaly.objects.filter(flag=Flag.UNKNOWN_PAYER, resolved_at=None)
    still = Exists(lines.filter(public_id=OuterRef("subject")))
    for gone in listed.exclude(still).order_by("pk")[:LOOKED_AT_ONCE]:
        keep(Subject(gone.merchant_id, gone.subject), [], ITSELF)
    fresh = lines.exclude(_is_known(subject=OuterRef("public_id"))).order_by("pk")
    for line in fresh[:LOOKED_AT_ONCE]:
        amount = Money(line.amount, line.currency)
        reference = f"{line.payer_name} {line.reference}".strip()[:200]
        subject = Subject(line.merchant_id, line.public_id, reference=reference)
        keep(subject, [_alone(Flag.UNKNOWN_PAYER, amount, line.public_id)], ITSELF)


def _subject_of_notice(waiting: Waiting) -> Subject:
    """Its merchant is the payment's, for one connection of the operator's serves many."""
    notice = waiting.notice
    payment = Payment.objects.filter(attempts__public_id=notice.key).first()
    connection: Connection = notice.connection
    merchant_id = payment.merchant_id if payment else connection.merchant_id
    reference = f"{notice.channel} {notice.notice_id}: {waiting.error}"[:200]
    return Subject(merchant_id, f"ntc_{waiting.pk}", payment, reference=reference)


def _alone(flag: Flag, amount: Money | None, key: str) -> Flagged:
    return Flagged(flag, amount, frozenset({key}), is_open=True, needs_person=True)
