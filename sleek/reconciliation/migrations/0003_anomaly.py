import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sleek.core.clock
import sleek.reconciliation.models
from sleek.core import tenancy
from sleek.reconciliation.rules.flags import Ending, Flag


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("merchants", "0007_identity"),
        ("payments", "0005_money_that_waits"),
        ("reconciliation", "0002_tenancy"),
        ("refunds", "0002_tenancy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Anomaly",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=sleek.reconciliation.models._anomaly_id,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("flag", models.CharField(max_length=16)),
                ("subject", models.CharField(max_length=64)),
                ("amount", models.BigIntegerField(default=0)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("reference", models.CharField(blank=True, max_length=200)),
                ("needs_person", models.BooleanField(default=True)),
                ("opened_at", models.DateTimeField(default=sleek.core.clock.now)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("ending", models.CharField(blank=True, max_length=10)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "merchant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="merchants.merchant",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="anomalies",
                        to="payments.payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="refunds.refund",
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("merchant"),
                        models.F("opened_at"),
                        condition=models.Q(("resolved_at__isnull", True)),
                        name="anomaly_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "subject", "flag", "currency"),
                        name="anomaly_is_kept_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("flag__in", [*Flag])), name="anomaly_flag_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="anomaly_amount_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ending", ""),
                                ("resolved_at__isnull", True),
                                ("resolved_by__isnull", True),
                            ),
                            models.Q(
                                ("ending__in", [*Ending]),
                                models.Q(("ending", ""), _negated=True),
                                ("resolved_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="resolved_anomaly_says_how",
                    ),
                ],
            },
        ),
        tenancy.protect("reconciliation_anomaly"),
        tenancy.show_people("reconciliation_anomaly", "resolved_by_id"),
    ]
