"""The rates that Sleek is shipped with, so that it has some offline; their date says how old they
are. Reference rates are everybody's.
"""

import csv
from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from sleek.core import tenancy

SNAPSHOT = Path(__file__).parent.parent / "snapshot.csv"


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Rate = apps.get_model("fx", "Rate")
    lines = (line for line in SNAPSHOT.read_text().splitlines() if not line.startswith("#"))
    Rate.objects.bulk_create(
        [Rate(source="ECB", **row) for row in csv.DictReader(lines)], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    replaces = [("fx", "0003_tenancy")]
    dependencies = [("core", "0001_member"), ("fx", "0001_initial")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        tenancy.share("fx_rate", "SELECT"),
    ]
