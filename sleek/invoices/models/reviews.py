"""Tables of who has to look at a bill, and who did."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sleek.core import clock
from sleek.invoices.models.bills import Invoice

VERDICTS = ["edited", "submitted", "approved", "returned", "withdrawn"]


class Review(models.Model):
    """One word about a draft: submitted, approved, returned or taken back; on exactly what. Whoever
    changes another's draft is noted once, since others may change it after them.
    """

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="reviews")
    verdict = models.CharField(max_length=10)
    content_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=VERDICTS),
                name="review_verdict_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.invoice_id}"


class ReviewRule(models.Model):
    """When a bill needs a second person; see `rules.Condition`."""

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="review_rules")
    amount_from = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    author_role = models.CharField(max_length=12, blank=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    is_below_quotation = models.BooleanField(default=False)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_from=None, currency="")
                | (Q(amount_from__gt=0) & ~Q(currency="")),
                name="review_amount_has_a_currency",
            )
        ]

    def __str__(self) -> str:
        return f"of {self.merchant_id}"
