"""Tables of the inbox of notices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sleek.payments.rules import NoticeStatus


class Notice(models.Model):
    """A provider's verified inbound message, kept as it came, with the report it was translated
    into.

    It is never changed. While it is not applied yet, a row of `Waiting` stands beside it.
    """

    channel = models.CharField(max_length=20)
    # The database does not check this key: the connection was read to verify the notice and is
    # never deleted, and a thousand checks a second would queue for a lock on its one row.
    connection = models.ForeignKey(
        "channels.Connection",
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    notice_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=64, blank=True)  # our attempt's or refund's public id
    report = models.JSONField(null=True)
    body = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "notice_id"], name="notice_is_kept_once")
        ]
        indexes = [models.Index(fields=["key"], condition=~Q(key=""), name="notice_by_key")]

    def __str__(self) -> str:
        return f"{self.channel} {self.kind} {self.notice_id}"

    @property
    def status(self) -> NoticeStatus:
        waiting = getattr(self, "waiting", None)
        if waiting is None:
            return NoticeStatus.APPLIED
        return NoticeStatus.WAITING if waiting.try_at else NoticeStatus.FAILED

    @property
    def error(self) -> str:
        waiting = getattr(self, "waiting", None)
        return waiting.error if waiting else ""


class Waiting(models.Model):
    """A notice that is not applied yet, when to try, and what it stumbled over. Applying deletes
    it.

    Apart from the notice, because a queue's rows come and go a thousand times a second and should
    be small. Without `try_at` its tries are used up, and a person must look.
    """

    notice = models.OneToOneField(Notice, models.PROTECT, primary_key=True, related_name="waiting")
    try_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.notice_id} at {self.try_at}"
