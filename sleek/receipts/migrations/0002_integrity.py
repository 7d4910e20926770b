"""Members meet their own merchant's receipts, which the database lets nobody change."""

from django.db import migrations

from sleek.core import tenancy

REFUSAL = """
CREATE FUNCTION receipts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'receipts are append-only: % refused', lower(TG_OP)
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER receipts_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipts_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION receipts_refuse_change();
"""
REVERSE = """
DROP TRIGGER receipts_are_append_only ON receipts_receipt;
DROP FUNCTION receipts_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("receipts", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSAL, REVERSE),
        tenancy.protect("receipts_receipt", rights="SELECT"),
    ]
