"""Members read their own merchant's figures, and how far the consumers have read. And the functions
that say what events add to the figures.
"""

from pathlib import Path

from django.db import migrations

from sleek.core import tenancy

SQL = Path(__file__).with_suffix(".sql").read_text()
REVERSE = """
DROP FUNCTION reports_touched;
DROP FUNCTION reports_deltas;
DROP FUNCTION reports_unread;
"""


class Migration(migrations.Migration):
    replaces = [
        ("reports", "0002_tenancy"),
        ("reports", "0003_deltas"),
        ("reports", "0004_amount_paid"),
        ("reports", "0005_refunds_by_bank"),
    ]
    dependencies = [
        ("core", "0001_member"),
        ("reports", "0001_initial"),
        ("events", "0001_initial"),
        ("ledger", "0001_initial"),
        ("payments", "0001_initial"),
        ("refunds", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(SQL, REVERSE),
        tenancy.protect("reports_rollup", rights="SELECT"),
        tenancy.protect("reports_outstanding", rights="SELECT"),
        tenancy.share("events_cursor", "SELECT"),
    ]
