from django.db import migrations, models

# Surpluses on their way back, or given back, before this was written on their tries.
LEAVING = """
UPDATE payments_attempt SET is_leaving = true
FROM refunds_refund refund
WHERE refund.attempt_id = payments_attempt.id
  AND refund.source = 'surplus' AND refund.status <> 'failed';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0002_tenancy"),
        ("merchants", "0002_integrity"),
        ("payments", "0002_tenancy"),
        ("refunds", "0002_tenancy"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="is_leaving",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RunSQL(LEAVING, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_leaving", False),
                    models.Q(
                        models.Q(("surplus", ""), _negated=True),
                        models.Q(("resolution__in", ["accepted", "credited"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="what_leaves_pays_nothing",
            ),
        ),
    ]
