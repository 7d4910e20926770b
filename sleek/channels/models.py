"""Tables of channels."""

from __future__ import annotations

import json

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sleek.core import clock, crypto, ids


def _connection_id() -> str:
    return ids.new("con")


class Connection(models.Model):
    """One set of credentials for a channel.

    A merchant's own, or the operator's (no merchant), which all merchants may use.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_connection_id, editable=False)
    merchant = models.ForeignKey(
        "merchants.Merchant", models.PROTECT, null=True, related_name="connections"
    )
    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    credentials = models.BinaryField()  # envelope-encrypted JSON, bound to public_id
    methods = ArrayField(
        models.CharField(max_length=20)
    )  # those of the channel's that are switched on
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.channel} · {self.name}"

    def seal(self, credentials: dict[str, str]) -> None:
        self.credentials = crypto.encrypt(json.dumps(credentials).encode(), context=self.public_id)

    def unseal(self) -> dict[str, str]:
        """The credentials in the clear. Raises `crypto.Undecryptable`."""
        plain = crypto.decrypt(bytes(self.credentials), context=self.public_id)
        return dict(json.loads(plain))
