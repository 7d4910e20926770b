"""Tables of channels."""

from __future__ import annotations

import json

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sleek.channels.rules import Grade, Health, PriceSource, State
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
    # Among connections for the same method: the merchant's own wish, lowest first. Null: by what
    # routing finds.
    place = models.PositiveSmallIntegerField(null=True)
    put_away_at = models.DateTimeField(null=True)  # out of sight; its payments stay
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.channel} · {self.name}"

    def seal(self, credentials: dict[str, str]) -> None:
        self.credentials = crypto.encrypt(json.dumps(credentials).encode(), context=self.public_id)

    def unseal(self) -> dict[str, str]:
        """The credentials in the clear. Raises `crypto.Undecryptable`."""
        plain = crypto.decrypt(bytes(self.credentials), context=self.public_id)
        return dict(json.loads(plain))


class Price(models.Model):
    """What the provider keeps of a payment: a share and a fixed sum, by connection and method.

    OWN is what the merchant's contract says, for one currency or (empty) for any; MEASURED is what
    the fees charged of late amount to, for one currency, with how much that may be relied on.
    """

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, null=True, related_name="+")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="prices")
    method = models.CharField(max_length=20)
    currency = models.CharField(max_length=3, blank=True)
    source = models.CharField(max_length=10)
    share = models.DecimalField(max_digits=7, decimal_places=6)
    fixed = models.BigIntegerField(default=0)  # minor units
    grade = models.CharField(max_length=10, default=Grade.GOOD)
    charge_count = models.PositiveIntegerField(default=0)  # fees that were measured
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "method", "currency", "source"], name="price_is_said_once"
            ),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=1, fixed__gte=0), name="price_is_a_part"
            ),
            models.CheckConstraint(
                condition=Q(fixed=0) | ~Q(currency=""), name="fixed_sum_has_a_currency"
            ),
            models.CheckConstraint(
                condition=Q(source=PriceSource.OWN)
                | (Q(source=PriceSource.MEASURED) & ~Q(currency="")),
                name="price_source_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share} + {self.fixed} {self.currency}"


class Breaker(models.Model):
    """Whether a connection's provider answers, for one method. None is needed while it always did.

    `code` is what it last stumbled over.
    """

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, null=True, related_name="+")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="breakers")
    method = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=State.CLOSED)
    since = models.DateTimeField(null=True)
    troubles = ArrayField(models.DateTimeField(), default=list)
    waits = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True)
    code = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "method"], name="breaker_is_one"),
            models.CheckConstraint(
                condition=Q(state=State.OPEN, try_at__isnull=False)
                | (Q(state__in=[State.CLOSED, State.HALF_OPEN], try_at__isnull=True)),
                name="open_breaker_is_tried_again",
            ),
        ]
        indexes = [
            models.Index(
                fields=["try_at"], condition=Q(try_at__isnull=False), name="breaker_to_try"
            )
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.method} {self.state}"

    @property
    def health(self) -> Health:
        return Health(
            State(self.state),
            self.since,
            tuple(self.troubles),
            self.waits,
            self.try_at,
            self.probe_until,
        )
