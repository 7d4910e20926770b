"""Members meet their own merchant's settlements, anomalies and bank lines."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("reconciliation", "0001_initial")]
    operations = [
        tenancy.protect("reconciliation_settlement"),
        tenancy.show_people("reconciliation_settlement", "created_by_id"),
        tenancy.protect("reconciliation_anomaly"),
        tenancy.show_people("reconciliation_anomaly", "resolved_by_id"),
        tenancy.protect("reconciliation_bankfile"),
        tenancy.protect("reconciliation_bankline"),
        tenancy.show_people("reconciliation_bankfile", "created_by_id"),
        tenancy.show_people("reconciliation_bankline", "created_by_id"),
        tenancy.show_people("reconciliation_bankline", "matched_by_id"),
    ]
