"""Tables of events and their consumers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.db.models.sql.compiler import SQLCompiler

from sleek.core import clock, ids

if TYPE_CHECKING:
    BigInteger = models.BigIntegerField[int, int]
else:
    BigInteger = models.BigIntegerField


class TransactionId(BigInteger):
    """PostgreSQL's xid8, read as an integer."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> tuple[str, Any]:
        return f"{sql}::text::bigint", params


def _event_id() -> str:
    return ids.new("evt")


class Event(models.Model):
    """One fact, in the past tense: `payment.succeeded` about the payment `subject`."""

    public_id = models.CharField(max_length=32, unique=True, default=_event_id, editable=False)
    kind = models.CharField(max_length=60)
    merchant_id = models.BigIntegerField(null=True)  # no foreign key: events lie below merchants
    subject = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    transaction_id = TransactionId(db_default=models.Func(function="pg_current_xact_id"))

    class Meta:
        indexes = [
            models.Index(fields=["transaction_id", "id"], name="event_order"),
            models.Index(fields=["subject", "id"], name="event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Cursor(models.Model):
    """How far one consumer has read."""

    consumer = models.CharField(max_length=60, primary_key=True)
    transaction_id = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.consumer
