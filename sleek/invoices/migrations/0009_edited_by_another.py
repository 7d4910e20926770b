"""Whoever changes another's draft is noted among those who looked at it."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

_VERDICTS = ["edited", "submitted", "approved", "returned", "withdrawn"]


class Migration(migrations.Migration):
    dependencies = [("invoices", "0008_notes")]

    operations = [
        migrations.RemoveConstraint(model_name="review", name="review_verdict_is_known"),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=Q(verdict__in=_VERDICTS), name="review_verdict_is_known"
            ),
        ),
    ]
