import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sleek.core.clock
from sleek.core import tenancy
from sleek.notifications.rules import Matter


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("merchants", "0007_identity"),
        ("notifications", "0002_tenancy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Script",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("matter", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=10)),
                ("title", models.CharField(max_length=140)),
                ("text", models.TextField()),
                ("updated_at", models.DateTimeField(default=sleek.core.clock.now)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="merchants.merchant",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "matter", "language"),
                        name="script_is_one_in_a_language",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("matter__in", [*Matter])), name="script_matter_is_known"
                    ),
                ],
            },
        ),
        tenancy.protect("notifications_script"),
        tenancy.show_people("notifications_script", "updated_by_id"),
    ]
