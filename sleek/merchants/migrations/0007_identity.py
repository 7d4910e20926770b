"""Accounts at Google and WeChat by which people log in; members meet their own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sleek.core.clock
import sleek.merchants.models
from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0006_personal"),
    ]

    operations = [
        migrations.CreateModel(
            name="Identity",
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
                        default=sleek.merchants.models._identity_id,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "provider",
                    models.CharField(
                        choices=[("google", "Google"), ("weixin", "WeChat")], max_length=12
                    ),
                ),
                ("subject", models.CharField(max_length=191)),
                ("union", models.CharField(blank=True, max_length=191)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("created_at", models.DateTimeField(default=sleek.core.clock.now, editable=False)),
                ("used_at", models.DateTimeField(default=sleek.core.clock.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "subject"), name="identity_logs_in_to_one_account"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("union", ""), _negated=True),
                        fields=("provider", "union"),
                        name="union_logs_in_to_one_account",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("provider__in", ["google", "weixin"])),
                        name="identity_provider_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", ""), _negated=True),
                        name="identity_has_a_subject",
                    ),
                ],
            },
        ),
        tenancy.protect("merchants_identity", by="user_id = sleek_person()", rights="SELECT"),
    ]
