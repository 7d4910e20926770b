"""Credit notes never change, and more of an issued bill stays as it is: who wrote it and when, what
was approved, and that it carries an e-invoice. An instalment keeps its address and its bill.
"""

from django.db import migrations

# What may change after issue: what became of the bill, how it may be paid, and words that are not
# printed. tests/invoices/test_freezing.py knows each column as one or the other.
FROZEN = [
    *("public_id", "token", "merchant_id", "customer_id", "brand_id", "design_id", "number"),
    *("nature", "title", "currency", "is_tax_inclusive", "amount", "amount_tax"),
    *("amount_deducted", "payer_name", "payer_contact", "payer_email", "payer_phone"),
    *("payer_country", "payer_address", "payer_credit_code", "payer_tax_number", "due_days"),
    *("due_on", "remarks", "policy_amount", "policy_threshold", "policy_threshold_currency"),
    *("policy_valid_days", "policy_is_once", "policy_counts_courier", "content_hash"),
    *("replaces_id", "home_currency", "home_rate", "issued_by_id", "issued_on", "issued_at"),
    *("wants_xml", "deducts", "revision", "approved_hash", "created_by_id", "created_at"),
    "edited_by_id",
]
OLD = ", ".join(f"OLD.{column}" for column in FROZEN)
NEW = ", ".join(f"NEW.{column}" for column in FROZEN)
REFUSALS = f"""
CREATE OR REPLACE FUNCTION invoices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('draft', 'in_review') THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR ({OLD}) IS DISTINCT FROM ({NEW})
        OR NEW.status IN ('draft', 'in_review') THEN
        RAISE EXCEPTION 'bill % is issued: % refused', OLD.public_id, lower(TG_OP)
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION invoices_refuse_moved_instalment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'instalment % keeps its address and its bill', OLD.public_id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER instalments_keep_their_address BEFORE UPDATE ON invoices_instalment
    FOR EACH ROW WHEN (
        (OLD.public_id, OLD.token, OLD.invoice_id)
        IS DISTINCT FROM (NEW.public_id, NEW.token, NEW.invoice_id)
    )
    EXECUTE FUNCTION invoices_refuse_moved_instalment();

CREATE FUNCTION invoices_refuse_changed_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'credit notes are append-only: % refused', lower(TG_OP)
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER credit_notes_are_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON invoices_creditnote
    FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse_changed_note();
"""
REVERSE = """
DROP TRIGGER credit_notes_are_append_only ON invoices_creditnote;
DROP FUNCTION invoices_refuse_changed_note();
DROP TRIGGER instalments_keep_their_address ON invoices_instalment;
DROP FUNCTION invoices_refuse_moved_instalment();
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0007_batches")]
    operations = [migrations.RunSQL(REFUSALS, REVERSE)]
