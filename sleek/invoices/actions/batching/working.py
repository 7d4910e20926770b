"""Working batches off, one bill at a time."""

from __future__ import annotations

import logging

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.invoices.actions.drafting import InvalidInvoice
from sleek.invoices.actions.ending import void
from sleek.invoices.actions.issuing import issue
from sleek.invoices.actions.sending import TooManySendings, remind, send
from sleek.invoices.models import Batch, BatchItem, Invoice
from sleek.invoices.rules import BatchKind, BatchOutcome, StopCause
from sleek.merchants.models import Membership
from sleek.merchants.rules import Right, may

STUMBLED = "stumbled"  # the code of what is a fault of ours and no refusal
GONE = "gone"  # and of a draft that was deleted meanwhile

logger = logging.getLogger(__name__)


def act(kind: BatchKind, invoice: Invoice, *, by: Membership, reason: str = "") -> None:
    """Raises what the verb raises."""
    match kind:
        case BatchKind.ISSUE:
            issue(invoice, by=by)
        case BatchKind.SEND:
            send(invoice, invoice.payer_email, by=by.user)
        case BatchKind.REMIND:
            remind(invoice, by=by.user)
        case BatchKind.VOID:
            void(invoice, reason, by=by.user)


def work() -> int:
    """Do the next bill of the batch that waited longest, so that a large one keeps no small one
    waiting. Returns how many steps were done: one or none.
    """
    waiting = Batch.objects.filter(ended_at=None).exclude(resumes_at__gt=clock.now())
    turns = waiting.order_by(F("worked_at").asc(nulls_first=True), "pk")
    return int(any(_step(key) for key in turns.values_list("pk", flat=True)))


@transaction.atomic
def _step(batch_id: int) -> bool:
    """Whether there was anything to do that is in no other worker's hands."""
    items = BatchItem.objects.filter(batch_id=batch_id, outcome=BatchOutcome.WAITING)
    free = items.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    item = free.select_related("batch__merchant").first()
    if item is None:
        return False
    if item.batch.stopped_at:
        _drop(item.batch)
        return True
    place = _place(item.batch)
    if place is None:
        _stop(item.batch)
        return True
    with translation.override(item.batch.language), timezone.override(item.batch.merchant.zone):
        _do(item, place)
    return True


def _place(batch: Batch) -> Membership | None:
    """Of whoever started it, as it is now: the right may be gone."""
    rows = Membership.objects.select_related("user", "merchant")
    place = rows.filter(merchant_id=batch.merchant_id, user_id=batch.created_by_id).first()
    if place is None or not place.user.is_active or not may(place.role, Right.ASK_FOR_MONEY):
        return None
    return place


def _do(item: BatchItem, place: Membership) -> None:
    batch = item.batch
    invoice = Invoice.objects.filter(merchant_id=batch.merchant_id, public_id=item.bill).first()
    if invoice is None:
        _refuse(item, GONE)
        return
    try:
        with transaction.atomic():
            act(BatchKind(batch.kind), invoice, by=place, reason=batch.reason)
            connection.check_constraints()  # those that else speak at the commit
    except SleekError as error:
        _hear(item, error)
    except OperationalError:  # the database's, not the bill's: it is tried again
        raise
    except Exception:  # one bill that stumbles must not keep the others waiting
        logger.exception("batches.stumbled", extra={"batch": batch.public_id, "bill": item.bill})
        _refuse(item, STUMBLED)
    else:
        _end(item, BatchOutcome.DONE)
        _count(batch, done=1)


def _hear(item: BatchItem, error: SleekError) -> None:
    """All that is sent within an hour is bounded: such a batch goes on when it may."""
    if isinstance(error, TooManySendings) and error.again_at:
        Batch.objects.filter(pk=item.batch_id).update(resumes_at=error.again_at)
    elif isinstance(error, InvalidInvoice):
        item.flaws = list(error.flaws)
        _refuse(item, error.code)
    else:
        item.told = error.message[:300]
        _refuse(item, error.code)


def _refuse(item: BatchItem, code: str) -> None:
    item.code = code
    _end(item, BatchOutcome.REFUSED)
    _count(item.batch, refused=1)


def _end(item: BatchItem, outcome: BatchOutcome) -> None:
    item.outcome, item.ended_at = outcome, clock.now()
    item.save(update_fields=["outcome", "ended_at", "code", "flaws", "told"])


def _drop(batch: Batch) -> None:
    """What another worker has in its hands is done by it, or comes back here."""
    waiting = batch.items.filter(outcome=BatchOutcome.WAITING)
    free = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
    rows = BatchItem.objects.filter(pk__in=free)
    _count(batch, dropped=rows.update(outcome=BatchOutcome.DROPPED, ended_at=clock.now()))


def _stop(batch: Batch) -> None:
    batch = Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if batch.stopped_at is None:
        batch.stopped_at, batch.stop_cause = clock.now(), StopCause.RIGHT
        batch.save(update_fields=["stopped_at", "stop_cause"])
        audit.record(
            "batch.stopped",
            batch.public_id,
            scope=batch.merchant.public_id,
            data={
                "kind": batch.kind,
                "size": batch.size,
                "cause": batch.stop_cause,
                "starter": batch.created_by.public_id,
            },
        )
        logger.info("batches.stopped", extra={"batch": batch.public_id, "cause": batch.stop_cause})


def _count(batch: Batch, *, done: int = 0, refused: int = 0, dropped: int = 0) -> None:
    """The transaction's last act, so that workers wait for each other here for an instant only."""
    batch = Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    batch.done_count += done
    batch.refused_count += refused
    batch.dropped_count += dropped
    batch.worked_at, batch.resumes_at = clock.now(), None
    batch.ended_at = None if batch.left else batch.worked_at
    batch.save(
        update_fields=[
            *("done_count", "refused_count", "dropped_count"),
            *("worked_at", "resumes_at", "ended_at"),
        ]
    )
