"""The role that the back office works as, and the functions that say for whom."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()
# The role stays: other databases of the server may need it.
REVERSE = "DROP FUNCTION sleek_person(); DROP FUNCTION sleek_merchant();"


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL(SQL, REVERSE)]
