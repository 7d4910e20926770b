"""Indexes for the few attempts that somebody has to look at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_tenancy")]
    operations = [
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=~models.Q(surplus=""), fields=["payment"], name="attempt_with_surplus"
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(failure="provider"),
                fields=["created_at"],
                name="attempt_failed_by_provider",
            ),
        ),
    ]
