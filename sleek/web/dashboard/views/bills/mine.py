"""Bills as the office's pages read them."""

from __future__ import annotations

from django.db.models import QuerySet

from sleek.invoices.models import Invoice


def bills() -> QuerySet[Invoice]:
    """With what their pages name beside them."""
    return Invoice.objects.select_related(
        "merchant", "customer", "design", "brand", "created_by", "issued_by", "replaces"
    )
