"""Tables of messages, the gateways that SMS and chat leave by, and balance alerts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sleek.core import clock, crypto, ids
from sleek.core.money import Money
from sleek.notifications.rules import Direction, Line, Matter, Medium, MessageStatus


def _message_id() -> str:
    return ids.new("msg")


def _gateway_id() -> str:
    return ids.new("gtw")


def _alert_id() -> str:
    return ids.new("alt")


class Gateway(models.Model):
    """A merchant's way out to one phone or one chat room: an Apprise address, sealed."""

    public_id = models.CharField(max_length=32, unique=True, default=_gateway_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    medium = models.CharField(max_length=4)
    name = models.CharField(_("name"), max_length=60)
    service = models.CharField(max_length=20)  # the scheme of the address, which is no secret
    address = models.BinaryField()  # envelope-encrypted, bound to public_id
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(medium__in=[Medium.SMS, Medium.IM]), name="gateway_medium_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def seal(self, address: str) -> None:
        self.address = crypto.encrypt(address.encode(), context=self.public_id)

    def unseal(self) -> str:
        """The address in the clear. Raises `crypto.Undecryptable`."""
        return crypto.decrypt(bytes(self.address), context=self.public_id).decode()


class Message(models.Model):
    """One message to one recipient, written once under its `key`, and what became of it."""

    public_id = models.CharField(max_length=32, unique=True, default=_message_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    medium = models.CharField(max_length=4)
    recipient = models.CharField(max_length=254)  # an e-mail address, or a gateway's name
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, related_name="+")
    template = models.CharField(max_length=20)
    about = models.CharField(max_length=32)  # the public id of what it tells of
    key = models.CharField(max_length=140, unique=True)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    button = models.CharField(max_length=80)
    url = models.CharField(max_length=300)
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, related_name="+")  # along
    status = models.CharField(max_length=8, default=MessageStatus.QUEUED)
    send_at = models.DateTimeField(null=True, default=clock.now)
    tries = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*MessageStatus]), name="message_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(medium="mail", gateway=None)
                | Q(medium__in=[Medium.SMS, Medium.IM], gateway__isnull=False),
                name="message_has_a_way_out",
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_at"], condition=Q(send_at__isnull=False), name="message_to_send"
            ),
            models.Index(fields=["about", "created_at"], name="message_by_subject"),
            models.Index(
                fields=["merchant", "created_at"],
                condition=Q(status="failed"),
                name="message_that_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.recipient}"


class BalanceAlert(models.Model):
    """A wish to be told when the available balance of a currency falls below, or rises above, a
    threshold. It tells once, and again only after the balance was back at `rearm`.

    `sequence` is the last posting of the account that it has looked at.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_alert_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    direction = models.CharField(max_length=5)
    threshold = models.BigIntegerField()
    rearm = models.BigIntegerField()
    is_armed = models.BooleanField()
    sequence = models.BigIntegerField(default=0)
    crossed_at = models.DateTimeField(null=True)
    people = models.ManyToManyField("merchants.Membership", related_name="+")
    gateways = models.ManyToManyField(Gateway, related_name="+")
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=[*Direction]), name="alert_direction_is_known"
            ),
            models.CheckConstraint(
                condition=Q(direction="below", rearm__gte=F("threshold"))
                | Q(direction="above", rearm__lte=F("threshold")),
                name="alert_rearms_on_the_good_side",
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0, rearm__gte=0), name="alert_levels_are_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "currency"], name="alert_by_currency")]

    def __str__(self) -> str:
        return f"{self.direction} {self.money}"

    @property
    def money(self) -> Money:
        return Money(self.threshold, self.currency)

    @property
    def rearm_money(self) -> Money:
        return Money(self.rearm, self.currency)

    @property
    def line(self) -> Line:
        """What it watches, for `rules`."""
        return Line(Direction(self.direction), self.threshold, self.rearm, self.is_armed)


class Script(models.Model):
    """A merchant's own wording of what is told to payers about one matter, in one language.

    Without a row the wording that comes with Sleek counts (`scripts`).
    """

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    matter = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=140)
    text = models.TextField()
    updated_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "matter", "language"], name="script_is_one_in_a_language"
            ),
            models.CheckConstraint(
                condition=Q(matter__in=[*Matter]), name="script_matter_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter} in {self.language}"
