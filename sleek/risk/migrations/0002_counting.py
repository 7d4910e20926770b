"""Counting in one statement."""

from pathlib import Path

from django.db import migrations

CREATE = Path(__file__).with_suffix(".sql").read_text()
DROP = """
DROP FUNCTION risk_count(text[], int, int[], text);
DROP FUNCTION risk_read(text[], int, int[]);
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, DROP),
    ]
