"""Members read their own merchant's books; they write by `ledger_post` alone."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("ledger", "0002_integrity")]
    operations = [
        tenancy.protect("ledger_account", rights="SELECT"),
        tenancy.protect("ledger_journalentry", rights="SELECT"),
        tenancy.protect("ledger_posting", via=("account_id", "ledger_account"), rights="SELECT"),
    ]
