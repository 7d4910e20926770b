"""Members read their own merchant's figures, and how far the consumers have read."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("events", "0001_initial"),
        ("reports", "0001_initial"),
    ]
    operations = [
        tenancy.protect("reports_rollup", rights="SELECT"),
        tenancy.protect("reports_outstanding", rights="SELECT"),
        tenancy.share("events_cursor", "SELECT"),
    ]
