"""The queue of notices turns over by the thousand: it is vacuumed by count, not by a share of its size."""

from django.db import migrations

TUNE = """
ALTER TABLE payments_waiting SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(TUNE, migrations.RunSQL.noop)]
