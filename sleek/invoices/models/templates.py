"""Tables of what a merchant lays out for themselves."""

from __future__ import annotations

from django.db import models

from sleek.core import clock, ids


def _template_id() -> str:
    return ids.new("wtp")


class WordTemplate(models.Model):
    """The document of Word into which a merchant's bills are filled, instead of ours. It was
    tried out with a bill before it was kept.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_template_id, editable=False)
    merchant = models.OneToOneField(
        "merchants.Merchant", models.PROTECT, related_name="word_template"
    )
    name = models.CharField(max_length=120)  # of the file, as it was uploaded
    content = models.BinaryField()
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.name
