"""Members meet their own merchant's settlements."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("reconciliation", "0001_initial"),
        ("merchants", "0003_tenancy"),
    ]
    operations = [
        tenancy.protect("reconciliation_settlement"),
        tenancy.show_people("reconciliation_settlement", "created_by_id"),
    ]
