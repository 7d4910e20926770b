"""What keeps the ledger honest: triggers that refuse, and `ledger_post`, the one way in."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


def sql(name: str) -> str:
    return (HERE / name).read_text()


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(sql("0002_refusals.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(sql("0002_post.sql"), migrations.RunSQL.noop),
    ]
