"""Tables of exchange rates."""

from __future__ import annotations

from django.db import models


class Rate(models.Model):
    """How many units of `currency` one euro was worth on a day, by `source`."""

    on = models.DateField()
    currency = models.CharField(max_length=3)
    per_euro = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=20, default="ECB")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="one_rate_a_day"),
            models.CheckConstraint(condition=models.Q(per_euro__gt=0), name="rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.currency} {self.per_euro}"
