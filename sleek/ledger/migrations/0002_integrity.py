"""What keeps the ledger honest: triggers that refuse, and `ledger_post`, the one way in. Members
read their own merchant's books; they write by `ledger_post` alone.
"""

from pathlib import Path

from django.db import migrations

from sleek.core import tenancy

HERE = Path(__file__).parent


def sql(name: str) -> str:
    return (HERE / name).read_text()


class Migration(migrations.Migration):
    replaces = [("ledger", "0003_tenancy")]
    dependencies = [("core", "0001_member"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(sql("0002_refusals.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(sql("0002_post.sql"), migrations.RunSQL.noop),
        tenancy.protect("ledger_account", rights="SELECT"),
        tenancy.protect("ledger_journalentry", rights="SELECT"),
        tenancy.protect("ledger_posting", via=("account_id", "ledger_account"), rights="SELECT"),
    ]
