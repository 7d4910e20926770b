"""Tables of bills, their lines, instalments and related documents."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.invoices.rules import (
    DocumentKind,
    Figures,
    InvoiceStatus,
    Nature,
)


def _invoice_id() -> str:
    return ids.new("inv")


def _instalment_id() -> str:
    return ids.new("ins")


class Invoice(models.Model):
    """A request to one customer: a draft until it is issued, then numbered and never changed.

    `payer_*` is copied from the customer, and the bill's own from then on. `amount` is the total
    with tax; `amount_deducted` of it was paid before, by an entitlement; the instalments ask for
    the rest. `amount_paid` and what follows it is what the payments last said.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_invoice_id, editable=False)
    token = models.CharField(max_length=24, unique=True, default=ids.token, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="invoices")
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="invoices"
    )
    brand = models.ForeignKey("merchants.Brand", models.PROTECT, null=True, related_name="+")
    design = models.ForeignKey("papers.Design", models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=14, default=InvoiceStatus.DRAFT)
    number = models.CharField(max_length=60, blank=True)  # of `papers.Number`, once issued
    nature = models.CharField(_("nature of the fee"), max_length=10, default=Nature.SAMPLING)
    title = models.CharField(_("subject"), max_length=140, blank=True)
    currency = models.CharField(max_length=3)
    is_tax_inclusive = models.BooleanField(_("prices contain tax"), default=True)
    amount = models.BigIntegerField(default=0)
    amount_tax = models.BigIntegerField(default=0)
    amount_deducted = models.BigIntegerField(default=0)
    payer_name = models.CharField(_("payer"), max_length=200, blank=True)
    payer_contact = models.CharField(_("contact"), max_length=120, blank=True)
    payer_email = models.EmailField(_("e-mail"), blank=True)
    payer_phone = models.CharField(_("phone"), max_length=40, blank=True)
    payer_country = models.CharField(_("country"), max_length=2, blank=True)
    payer_address = models.CharField(_("registered address"), max_length=300, blank=True)
    payer_credit_code = models.CharField(_("credit code"), max_length=18, blank=True)
    payer_tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")  # of the payer, in mails and pages
    due_days = models.PositiveSmallIntegerField(null=True)  # after issue, where no day is set
    due_on = models.DateField(null=True)
    methods = ArrayField(models.CharField(max_length=20), default=list)  # none: all there are
    deducts = models.BooleanField(default=True)  # what earlier bills promised its payer
    takes_parts = models.BooleanField(default=False)  # the payer may choose to pay less first
    wants_xml = models.BooleanField(default=False)  # an e-invoice within the PDF
    remarks = models.TextField(_("remarks"), max_length=2000, blank=True)  # printed
    memo = models.TextField(_("note for colleagues"), max_length=2000, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    # What is deducted from a later bill because of this one; see `rules.Policy`.
    policy_amount = models.BigIntegerField(null=True)
    policy_threshold = models.BigIntegerField(null=True)
    policy_threshold_currency = models.CharField(max_length=3, blank=True)
    policy_valid_days = models.PositiveSmallIntegerField(null=True)
    policy_is_once = models.BooleanField(default=True)
    policy_counts_courier = models.BooleanField(default=False)
    # Raised by every edit: an editor that was open in two windows saves once.
    revision = models.PositiveIntegerField(default=1)
    content_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of what would be issued
    approved_hash = models.CharField(max_length=64, blank=True)  # as it was approved
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replacement")
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="copies")
    # What one of its currency was worth in the merchant's own, on the day of issue.
    home_currency = models.CharField(max_length=3, blank=True)
    home_rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    amount_paid = models.BigIntegerField(default=0)
    amount_refunded = models.BigIntegerField(default=0)
    amount_credited = models.BigIntegerField(default=0)  # by credit notes
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    edited_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    issued_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    issued_on = models.DateField(null=True)  # in the merchant's time zone, as printed
    issued_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    viewed_at = models.DateTimeField(null=True)  # by a person, first
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # voided, or written off
    end_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*InvoiceStatus]), name="invoice_status_is_known"
            ),
            models.CheckConstraint(condition=Q(nature__in=[*Nature]), name="nature_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_review"], number="", issued_at=None)
                | (
                    ~Q(status__in=["draft", "in_review"])
                    & ~Q(number="")
                    & Q(
                        issued_at__isnull=False,
                        issued_on__isnull=False,
                        amount__gt=0,
                    )
                ),
                name="issued_bill_is_numbered_and_asks_for_something",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_deducted__gte=0,
                    amount_deducted__lte=F("amount"),
                    amount_tax__gte=0,
                    amount_tax__lte=F("amount"),
                    amount_paid__gte=0,
                    amount_refunded__gte=0,
                    amount_refunded__lte=F("amount_paid"),
                    amount_credited__gte=0,
                    amount_credited__lte=F("amount"),
                )
                | Q(status__in=["draft", "in_review"]),
                name="bill_amounts_stay_within_it",
            ),
            models.CheckConstraint(
                condition=Q(policy_amount=None, policy_threshold=None)
                | Q(policy_amount__gt=0, policy_threshold__gt=0),
                name="policy_is_whole",
            ),
            models.UniqueConstraint(
                fields=["merchant", "number"],
                condition=~Q(number=""),
                name="bill_number_is_its_own",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at"], name="invoice_newest_first"),
            models.Index(fields=["customer", "-created_at"], name="invoice_by_customer"),
            models.Index(
                fields=["merchant", "due_on"],
                condition=Q(status="open"),
                name="invoice_open_by_due_day",
            ),
            GinIndex(fields=["tags"], name="invoice_by_tag"),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id

    @property
    def total(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def asked(self) -> Money:
        """What the instalments ask for."""
        return Money(self.amount - self.amount_deducted, self.currency)

    @property
    def due(self) -> Money:
        """What is still to be paid."""
        left = self.asked.minor - self.amount_credited - self.amount_paid
        return Money(max(left, 0), self.currency)

    @property
    def overpaid(self) -> Money:
        over = self.amount_paid - self.amount_refunded - self.asked.minor + self.amount_credited
        return Money(max(over, 0), self.currency)


class Line(models.Model):
    """One position of a bill. `price` is in major units; `amount` is what `rules.totals` says."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.CharField(_("item"), max_length=200)
    spec = models.CharField(_("model or specification"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    hours = models.DecimalField(_("hours"), max_digits=9, decimal_places=2, null=True)
    price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    tax_rate = models.DecimalField(_("tax rate in %"), max_digits=5, decimal_places=2, default=0)
    is_courier = models.BooleanField(_("courier costs"), default=False)
    quoted_price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    amount = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="line_has_its_place"),
            models.CheckConstraint(condition=~Q(item=""), name="line_names_something"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & (Q(hours=None) | Q(hours__gt=0)),
                name="line_counts_something",
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0, tax_rate__lte=100), name="tax_rate_is_one"
            ),
        ]

    def __str__(self) -> str:
        return self.item

    @property
    def figures(self) -> Figures:
        return Figures(self.quantity, self.price, self.hours or Decimal(1), self.tax_rate)


class _Standing(models.Manager["Instalment"]):
    """Those that the bill is divided into now."""

    def get_queryset(self) -> models.QuerySet[Instalment]:
        return super().get_queryset().filter(dropped_at=None)


class Instalment(models.Model):
    """What a bill asks for at one time: all of it, or one stage. Each is paid at an address of its
    own. Together they ask for exactly what the bill asks.

    One that a bill is no longer divided into is dropped: it asks for nothing, stands behind the
    others, and its address leads to the bill. Only `ever` knows it.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_instalment_id, editable=False)
    token = models.CharField(max_length=24, unique=True, default=ids.token, editable=False)
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(_("stage"), max_length=120, blank=True)
    deliverable = models.CharField(_("deliverable"), max_length=300, blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    amount = models.BigIntegerField()
    due_on = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)  # the deliverable, by the payer
    amount_paid = models.BigIntegerField(default=0)  # what the payments last said
    paid_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)  # when the bill was divided without it

    objects = _Standing()
    ever = models.Manager["Instalment"]()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "position"],
                name="instalment_has_its_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount_paid__gte=0), name="instalment_asks_for_money"
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None) | Q(amount=0, amount_paid=0),
                name="dropped_instalment_asks_for_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.public_id

    @property
    def money(self) -> Money:
        return Money(self.amount, self.invoice.currency)

    @property
    def due(self) -> Money:
        return Money(max(self.amount - self.amount_paid, 0), self.invoice.currency)


class RelatedDocument(models.Model):
    """A document that a bill refers to: by its number, and, where lines were taken from it, by what
    it said then, so that a difference shows.
    """

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=14)
    number = models.CharField(max_length=80)
    listing = models.JSONField(null=True)  # as `rules.Listing`

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "kind", "number"], name="document_is_named_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[*DocumentKind]), name="document_kind_is_known"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "number"], name="bills_of_a_document")]

    def __str__(self) -> str:
        return self.number
