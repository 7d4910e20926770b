"""Tables of the audit log."""

from __future__ import annotations

from django.db import models


class Chain(models.Model):
    """The head of one scope's chain.

    Locked while a record is appended, so records follow each other without a fork.
    """

    scope = models.CharField(max_length=32, primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return self.scope


class Record(models.Model):
    """One act: `actor` (a user's public id, or "system") did `action` to `subject`."""

    scope = models.CharField(max_length=32)
    sequence = models.BigIntegerField()
    actor = models.CharField(max_length=32)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["actor", "scope", "-sequence"], name="audit_by_actor"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["scope", "sequence"], name="audit_sequence_is_gapless"),
            models.UniqueConstraint(
                fields=["scope", "previous_hash"], name="audit_chain_has_no_fork"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.sequence} {self.action}"
