"""Tables of payment links, the stickers that lead to them, and who looked."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.links.rules import AmountKind, Ask, Field, LinkStatus


def _link_id() -> str:
    return ids.new("lnk")


def _sticker_id() -> str:
    return ids.new("stk")


def _plea_id() -> str:
    return ids.new("ask")


class PaymentLink(models.Model):
    """A page under a short unguessable address that asks for money.

    A link that is not reusable is one obligation: whoever opens it, on whatever device, pays the
    same payment. `amount` is the price, the price of one piece, or what an open amount begins with.
    What can run out stands in `stock`: `uses` counts payments, `pieces` what they are for.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_link_id, editable=False)
    token = models.CharField(max_length=24, unique=True, default=ids.token, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="links")
    brand = models.ForeignKey("merchants.Brand", models.PROTECT, related_name="+")
    amount_kind = models.CharField(max_length=10, default=AmountKind.FIXED)
    amount = models.BigIntegerField(null=True)
    amount_min = models.BigIntegerField(null=True)
    amount_max = models.BigIntegerField(null=True)
    quantity_max = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=140)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    thank_you = models.CharField(_("thank-you message"), max_length=500, blank=True)
    redirect_url = models.CharField(_("redirect after payment"), max_length=500, blank=True)
    fields = models.JSONField(default=list)  # what the payer is asked for: `rules.Field`, packed
    asks_terms = models.BooleanField(default=False)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    is_reusable = models.BooleanField(default=False)
    uses = models.OneToOneField("stock.Stock", models.PROTECT, null=True, related_name="+")
    pieces = models.OneToOneField("stock.Stock", models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, default=LinkStatus.ACTIVE)
    expires_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="link_asks_for_something"),
            models.CheckConstraint(
                condition=Q(status__in=[*LinkStatus]), name="link_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_kind="fixed",
                    amount__isnull=False,
                    amount_min=None,
                    amount_max=None,
                    quantity_max=None,
                )
                | Q(
                    amount_kind="open",
                    amount_min__gt=0,
                    amount_max__gte=F("amount_min"),
                    quantity_max=None,
                )
                | Q(
                    amount_kind="quantity",
                    amount__isnull=False,
                    amount_min=None,
                    amount_max=None,
                    quantity_max__gt=0,
                ),
                name="link_amount_fits_its_kind",
            ),
            # One obligation has one amount: a payer who chooses makes a payment of their own.
            models.CheckConstraint(
                condition=Q(is_reusable=True) | Q(amount_kind="fixed", uses=None, pieces=None),
                name="single_use_link_has_one_amount",
            ),
            models.CheckConstraint(
                condition=Q(redirect_url="") | Q(redirect_url__startswith="https://"),
                name="link_redirects_over_https",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at"], name="link_newest_first"),
            GinIndex(fields=["tags"], name="link_by_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.public_id}"

    @property
    def money(self) -> Money:
        """The price of a fixed link, or of one piece. An open amount has none to go by."""
        if self.amount is None:
            raise ValueError("the payer chooses the amount")
        return Money(self.amount, self.currency)

    @property
    def ask(self) -> Ask:
        """What may be paid here, for `rules`."""
        return Ask(
            kind=AmountKind(self.amount_kind),
            currency=self.currency,
            amount=self.amount,
            minimum=self.amount_min,
            maximum=self.amount_max,
            quantity_max=self.quantity_max,
        )

    @property
    def fields_asked(self) -> list[Field]:
        return [Field.unpack(packed) for packed in self.fields]


class LinkPicture(models.Model):
    """One picture on a link's page, in its place."""

    link = models.ForeignKey(PaymentLink, models.CASCADE, related_name="link_pictures")
    picture = models.ForeignKey("merchants.Picture", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["link", "position"], name="link_picture_has_its_place")
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.link_id}"


class Sticker(models.Model):
    """A printed code that leads to a link: at a counter, on a door, in a person's hand.

    Each has an address of its own, so one that is stolen or pasted over is revoked alone.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_sticker_id, editable=False)
    token = models.CharField(max_length=24, unique=True, default=ids.token, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    link = models.ForeignKey(PaymentLink, models.PROTECT, related_name="stickers")
    label = models.CharField(_("label"), max_length=60)
    revoked_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.label


class Views(models.Model):
    """How often people (no bots) opened a link's page on one day of the merchant's."""

    merchant = models.ForeignKey(
        "merchants.Merchant", models.PROTECT, related_name="+", db_index=False
    )
    link = models.ForeignKey(PaymentLink, models.PROTECT, related_name="views")
    sticker = models.ForeignKey(Sticker, models.PROTECT, null=True, related_name="views")
    on = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "sticker", "on"],
                nulls_distinct=False,
                name="views_are_counted_by_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} on {self.on}"


class Plea(models.Model):
    """A payer found the link closed and asks for a new one."""

    public_id = models.CharField(max_length=32, unique=True, default=_plea_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    link = models.ForeignKey(PaymentLink, models.PROTECT, related_name="pleas")
    email = models.EmailField()
    note = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=10)
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "email"],
                condition=Q(answered_at=None),
                name="one_open_plea_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.link_id}"
