"""The functions that say what events add to the figures."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()
REVERSE = """
    DROP FUNCTION reports_unread(bigint, text[]);
    DROP FUNCTION reports_deltas(bigint[]);
    DROP FUNCTION reports_touched(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("events", "0001_initial"),
        ("ledger", "0001_initial"),
        ("payments", "0001_initial"),
        ("refunds", "0001_initial"),
        ("reports", "0002_tenancy"),
    ]
    operations = [migrations.RunSQL(SQL, REVERSE)]
