"""Tables of acts on many bills that the worker does one after the other."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sleek.core import clock, ids
from sleek.invoices.rules import BatchKind, BatchOutcome, StopCause


def _batch_id() -> str:
    return ids.new("bat")


class Batch(models.Model):
    """One wish to do the same with many bills, in the name of whoever wished it.

    It is open until each of its bills is done, refused or dropped. Stopped, it is open still as
    long as a bill is in somebody's hands. `resumes_at` is when a limit lets it go on.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_batch_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=6)
    reason = models.CharField(max_length=300, blank=True)  # why they are voided
    language = models.CharField(max_length=10)  # of whoever wished it: refusals are told in it
    size = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    dropped_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    worked_at = models.DateTimeField(null=True)  # last, by a worker
    resumes_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stop_cause = models.CharField(max_length=6, blank=True)
    stopped_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[*BatchKind]), name="batch_kind_is_known"),
            models.CheckConstraint(
                condition=(Q(kind="void") & ~Q(reason="")) | (~Q(kind="void") & Q(reason="")),
                name="batch_that_voids_says_why",
            ),
            models.CheckConstraint(
                condition=Q(
                    ended_at=None,
                    size__gt=F("done_count") + F("refused_count") + F("dropped_count"),
                )
                | Q(
                    ended_at__isnull=False,
                    size=F("done_count") + F("refused_count") + F("dropped_count"),
                ),
                name="batch_ends_with_its_last_bill",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stop_cause="", dropped_count=0)
                | Q(stopped_at__isnull=False, stop_cause__in=[*StopCause]),
                name="batch_drops_bills_once_stopped",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at"], name="batch_newest_first"),
            models.Index(fields=["worked_at"], condition=Q(ended_at=None), name="batch_to_work"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.size}"

    @property
    def left(self) -> int:
        return self.size - self.done_count - self.refused_count - self.dropped_count


class BatchItem(models.Model):
    """One bill of a batch, and what came of it. A draft may be deleted meanwhile, so it is named
    and not tied. `flaws` are those of `InvalidInvoice`; any other refusal is `told` in words.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=6)  # of its batch
    bill = models.CharField(max_length=32)  # the invoice's public id
    outcome = models.CharField(max_length=8, default=BatchOutcome.WAITING)
    code = models.CharField(max_length=40, blank=True)  # of the refusal
    flaws = ArrayField(models.CharField(max_length=40), default=list)
    told = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="waiting", ended_at=None)
                | Q(outcome__in=["done", "refused", "dropped"], ended_at__isnull=False),
                name="batch_item_has_one_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="refused") & ~Q(code="")
                | ~Q(outcome="refused") & Q(code="", told=""),
                name="refused_batch_item_says_why",
            ),
            models.UniqueConstraint(fields=["batch", "bill"], name="bill_is_once_in_a_batch"),
            # Pressed twice, a thousand mails still go out once.
            models.UniqueConstraint(
                fields=["bill", "kind"],
                condition=Q(outcome="waiting"),
                name="bill_waits_for_an_act_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "id"], condition=Q(outcome="waiting"), name="batch_item_to_do"
            ),
            models.Index(
                fields=["batch", "id"], condition=Q(outcome="refused"), name="batch_item_refused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bill}: {self.outcome}"
