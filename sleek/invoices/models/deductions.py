"""Tables of what a bill promises to deduct from a later one, and of what was deducted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.invoices.models.bills import Invoice
from sleek.invoices.rules import DeductionStatus, EntitlementStatus, Nature, deduction


def _entitlement_id() -> str:
    return ids.new("ent")


class Entitlement(models.Model):
    """What a bill's policy promises its payer, and what became of it. In the bill's currency."""

    public_id = models.CharField(
        max_length=32, unique=True, default=_entitlement_id, editable=False
    )
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="entitlement")
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="entitlements"
    )
    amount = models.BigIntegerField()
    amount_lost = models.BigIntegerField(default=0)  # refunded of the bill that promised it
    amount_reserved = models.BigIntegerField(default=0)
    amount_used = models.BigIntegerField(default=0)
    # What its payer forfeited, with what had been refunded by then: a later refund is out of it.
    amount_withheld = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    threshold = models.BigIntegerField()
    threshold_currency = models.CharField(max_length=3)
    # Of its currency into the threshold's, where they differ: locked when the policy was printed.
    rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    is_once = models.BooleanField(default=True)
    counts_courier = models.BooleanField(default=False)
    status = models.CharField(max_length=10, default=EntitlementStatus.PROMISED)
    available_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*EntitlementStatus]), name="entitlement_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount__gt=0,
                    amount_lost__gte=0,
                    amount_reserved__gte=0,
                    amount_used__gte=0,
                    amount_withheld__gte=0,
                    amount__gte=F("amount_reserved") + F("amount_used") + F("amount_withheld"),
                ),
                name="no_more_is_deducted_than_was_promised",
            ),
            models.CheckConstraint(
                condition=~Q(status=EntitlementStatus.FORFEITED)
                | Q(amount_withheld__gt=F("amount_lost")),
                name="forfeited_is_something",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on"],
                condition=Q(status="available"),
                name="entitlement_to_expire",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"

    @property
    def is_deposit(self) -> bool:
        """Whether it is all that was paid beforehand for something, to be settled at its end."""
        return self.invoice.nature == Nature.DEPOSIT and self.for_any_bill

    @property
    def for_any_bill(self) -> bool:
        return deduction.is_any(Money(self.threshold, self.threshold_currency))

    @property
    def taken(self) -> Money:
        """What later bills deduct of it, paid or not."""
        return Money(self.amount_reserved + self.amount_used, self.currency)

    @property
    def left(self) -> Money:
        gone = self.taken.minor + max(self.amount_lost, self.amount_withheld)
        return Money(max(self.amount - gone, 0), self.currency)

    @property
    def forfeited(self) -> Money:
        """What of it the payee keeps for good, and has not refunded all the same."""
        return Money(max(self.amount_withheld - self.amount_lost, 0), self.currency)

    @property
    def lost(self) -> Money:
        """What was refunded of it."""
        return Money(self.amount_lost, self.currency)

    @property
    def given_twice(self) -> Money:
        """What was refunded although a later bill deducts it."""
        return Money(max(self.taken.minor + self.amount_lost - self.amount, 0), self.currency)


class Deduction(models.Model):
    """One bill's claim on an entitlement: `taken` in the entitlement's currency, `amount` in the
    bill's.
    """

    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="deductions")
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="deductions")
    taken = models.BigIntegerField()
    amount = models.BigIntegerField()
    status = models.CharField(max_length=10, default=DeductionStatus.PLANNED)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement", "invoice"], name="bill_deducts_an_entitlement_once"
            ),
            models.CheckConstraint(
                condition=Q(taken__gt=0, amount__gt=0), name="deduction_is_of_something"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*DeductionStatus]), name="deduction_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.entitlement_id}"
