"""Tables of payment links."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.links.rules import LinkStatus


def _link_id() -> str:
    return ids.new("lnk")


class PaymentLink(models.Model):
    """A page under a short unguessable address that asks for one amount.

    A link that is not reusable is one obligation: whoever opens it, on whatever device, pays the
    same payment.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_link_id, editable=False)
    token = models.CharField(max_length=24, unique=True, default=ids.token, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="links")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=140)
    is_reusable = models.BooleanField(default=False)
    status = models.CharField(max_length=10, default=LinkStatus.ACTIVE)
    expires_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="link_asks_for_something"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=[*LinkStatus]), name="link_status_is_known"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-created_at"], name="link_newest_first")]

    def __str__(self) -> str:
        return f"{self.reason} {self.money}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
