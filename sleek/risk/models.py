"""Tables of the guard. None holds an address, a device or a name: `key` is a keyed hash of it.

They are UNLOGGED, so that counting costs no disk. After a crash of the database server they are
empty, and counting begins anew.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Tally(models.Model):
    """How many tries of one kind began in one slot of time, and how they ended."""

    pk = models.CompositePrimaryKey("key", "slot")
    key = models.CharField(max_length=32)
    slot = models.IntegerField()
    tries = models.IntegerField(default=0)
    wins = models.IntegerField(default=0)
    losses = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["slot"], name="tally_by_age")]

    def __str__(self) -> str:
        return f"{self.key} {self.slot}"


class Admission(models.Model):
    """A try that was let through and whose end is to be learned: where it was counted."""

    reference = models.CharField(max_length=32, primary_key=True)  # the attempt's public id
    keys = ArrayField(models.CharField(max_length=32))
    slot = models.IntegerField()
    is_won = models.BooleanField(default=False)
    is_lost = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["slot"], name="admission_by_age")]

    def __str__(self) -> str:
        return self.reference
