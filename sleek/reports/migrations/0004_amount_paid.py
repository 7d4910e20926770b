"""What a payment brought is what paid it, which may be another amount than it asked for."""

from pathlib import Path

from django.db import migrations

DELTAS = (Path(__file__).parent / "0003_deltas.sql").read_text()
START, END = DELTAS.index("CREATE FUNCTION reports_deltas"), DELTAS.index("-- The links that")
BEFORE = DELTAS[START:END].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
AFTER = BEFORE.replace("p.amount, 1::bigint", "p.amount_paid, 1::bigint")


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_deltas"), ("payments", "0005_money_that_waits")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
