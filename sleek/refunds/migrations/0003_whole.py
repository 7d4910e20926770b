"""Refunds of payments: reasons, a second person, ways, dates, claims and rules."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sleek.core.clock
import sleek.refunds.models
import sleek.refunds.rules.life
from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0007_identity"),
        ("payments", "0005_money_that_waits"),
        ("core", "0001_member"),
        ("refunds", "0002_tenancy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Claim",
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
                        default=sleek.refunds.models._claim_id,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("filled_at", models.DateTimeField(null=True)),
                ("details", models.BinaryField(default=bytes)),
                ("created_at", models.DateTimeField(default=sleek.core.clock.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="RefundRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("role", models.CharField(max_length=10)),
                ("review_from", models.BigIntegerField(null=True)),
                ("most_once", models.BigIntegerField(null=True)),
                ("most_daily", models.BigIntegerField(null=True)),
                ("updated_at", models.DateTimeField(default=sleek.core.clock.now, editable=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="surplus_is_returned_once",
        ),
        migrations.AddField(
            model_name="refund",
            name="answer",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="refund",
            name="contradicted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="lands_by",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="lands_from",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="late_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="note",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="refund",
            name="nudge_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="remark",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="refund",
            name="requested_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="review_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="reviewed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="reviewed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="route",
            field=models.CharField(default=sleek.refunds.rules.life.Route["CHANNEL"], max_length=8),
        ),
        migrations.AddField(
            model_name="refund",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="short_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="source",
            field=models.CharField(
                default=sleek.refunds.rules.life.Source["PAYMENT"], max_length=8
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="taken",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="refund",
            name="trace",
            field=models.CharField(blank=True, max_length=128),
        ),
        # Until now only surpluses went back, whole, from one account.
        migrations.RunSQL(
            """
            UPDATE refunds_refund
            SET source = 'surplus', taken = jsonb_build_object(bucket, amount),
                sent_at = CASE WHEN status = 'pending' AND check_count > 0 THEN created_at END
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(
            model_name="refund",
            name="bucket",
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("nudge_at__isnull", False)),
                fields=["nudge_at"],
                name="refund_to_review",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("late_at__isnull", True), ("status", "pending")),
                fields=["lands_by"],
                name="refund_to_arrive",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["merchant", "created_at"], name="refund_newest_first"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "route__in",
                        [
                            sleek.refunds.rules.life.Route["CHANNEL"],
                            sleek.refunds.rules.life.Route["BANK"],
                        ],
                    ),
                    (
                        "source__in",
                        [
                            sleek.refunds.rules.life.Source["PAYMENT"],
                            sleek.refunds.rules.life.Source["SURPLUS"],
                            sleek.refunds.rules.life.Source["CREDIT"],
                        ],
                    ),
                ),
                name="refund_way_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewed_by__isnull", True),
                    models.Q(
                        ("requested_by__isnull", False),
                        models.Q(("reviewed_by", models.F("requested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="nobody_reviews_their_own_refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("source", "surplus"), models.Q(("status", "failed"), _negated=True)
                ),
                fields=("attempt",),
                name="surplus_is_returned_once",
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="merchants.merchant",
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="refund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="refunds.refund",
            ),
        ),
        migrations.AddField(
            model_name="refundrule",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="merchants.merchant",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("refund",),
                name="refund_has_one_claim",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrule",
            constraint=models.UniqueConstraint(
                fields=("merchant", "currency", "role"), name="refund_rule_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("review_from__isnull", True), ("review_from__gt", 0), _connector="OR"
                    ),
                    models.Q(("most_once__isnull", True), ("most_once__gte", 0), _connector="OR"),
                    models.Q(("most_daily__isnull", True), ("most_daily__gte", 0), _connector="OR"),
                ),
                name="refund_rule_is_sound",
            ),
        ),
        tenancy.protect("refunds_claim"),
        tenancy.protect("refunds_refundrule"),
        tenancy.show_people("refunds_refund", "requested_by_id"),
        tenancy.show_people("refunds_refund", "reviewed_by_id"),
    ]
