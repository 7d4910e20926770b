"""Wishing an act on many bills, and taking the wish back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.invoices.models import Batch, BatchItem, Invoice
from sleek.invoices.rules import MAX_BATCH, BatchKind, BatchOutcome, StopCause
from sleek.merchants.models import Membership, User

WAKE = "sleek_batches"  # NOTIFY wakes the worker


class BatchRefused(SleekError):
    """No bill, too many, all of them waiting for the same act already, or a batch that is not over;
    the message says which.
    """

    code = "batch_refused"


@transaction.atomic
def start(kind: BatchKind, bills: QuerySet[Invoice], *, by: Membership, reason: str = "") -> Batch:
    """What waits for the same act already is left out. Raises `BatchRefused`."""
    own = bills.filter(merchant_id=by.merchant_id).order_by("created_at", "pk")
    wanted = list(own.values_list("public_id", flat=True)[: MAX_BATCH + 1])
    if not wanted:
        raise BatchRefused(_("None of these bills can be acted on in this way."))
    if len(wanted) > MAX_BATCH:
        raise BatchRefused(
            _("That is more than %(most)s bills. Narrow the list, and do them in several goes.")
            % {"most": MAX_BATCH}
        )
    batch = Batch.objects.create(
        merchant_id=by.merchant_id,
        kind=kind,
        reason=reason.strip(),
        language=get_language() or by.user.language,
        size=len(wanted),
        created_by=by.user,
    )
    batch.size = _fill(batch, wanted)
    if not batch.size:
        raise BatchRefused(_("These bills wait for the same already. Look at the batches."))
    batch.save(update_fields=["size"])
    _record(batch, "batch.started", by.user)
    _wake()
    return batch


@transaction.atomic
def stop(batch: Batch, *, by: User) -> Batch:
    """What is done stays done; the worker drops what is not. A second time changes nothing."""
    batch = Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if batch.ended_at or batch.stopped_at:
        return batch
    batch.stopped_at, batch.stop_cause, batch.stopped_by = clock.now(), StopCause.PERSON, by
    batch.resumes_at = None
    batch.save(update_fields=["stopped_at", "stop_cause", "stopped_by", "resumes_at"])
    _record(batch, "batch.stopped", by)
    _wake()
    return batch


def again(batch: Batch, *, by: Membership) -> Batch:
    """Another batch of what was refused in this one, or dropped, in the name of `by`. Raises
    `BatchRefused`.
    """
    if not batch.ended_at:
        raise BatchRefused(_("It is still being worked off. Wait until it ends, or stop it."))
    left = batch.items.filter(outcome__in=[BatchOutcome.REFUSED, BatchOutcome.DROPPED])
    bills = Invoice.objects.filter(public_id__in=left.values("bill"))
    return start(BatchKind(batch.kind), bills, by=by, reason=batch.reason)


def _fill(batch: Batch, wanted: Sequence[str]) -> int:
    """In the same order for everybody, so that two who start at once do not deadlock."""
    rows = [BatchItem(batch=batch, kind=batch.kind, bill=public_id) for public_id in wanted]
    BatchItem.objects.bulk_create(rows, ignore_conflicts=True)
    return batch.items.count()


def _record(batch: Batch, action: str, by: User) -> None:
    data: dict[str, object] = {"kind": batch.kind, "size": batch.size}
    scope = batch.merchant.public_id
    audit.record(action, batch.public_id, scope=scope, actor=by.public_id, data=data)


def _wake() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [WAKE])
