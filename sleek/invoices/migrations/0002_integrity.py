"""Members meet their own merchant's bills. The database itself refuses to change what an issued
bill says, to delete it, and instalments that are not exactly what it asks.
"""

from django.db import migrations

from sleek.core import tenancy

# What may change after issue: what became of the bill, and words that are not printed.
PRINTED = [
    *("public_id", "token", "merchant_id", "customer_id", "brand_id", "design_id", "number"),
    *("nature", "title", "currency", "is_tax_inclusive", "amount", "amount_tax"),
    *("amount_deducted", "payer_name", "payer_contact", "payer_email", "payer_phone"),
    *("payer_country", "payer_address", "payer_credit_code", "payer_tax_number", "due_days"),
    *("due_on", "remarks", "policy_amount", "policy_threshold", "policy_threshold_currency"),
    *("policy_valid_days", "policy_is_once", "policy_counts_courier", "content_hash"),
    *("replaces_id", "home_currency", "home_rate", "issued_by_id", "issued_on", "issued_at"),
]
OLD = ", ".join(f"OLD.{column}" for column in PRINTED)
NEW = ", ".join(f"NEW.{column}" for column in PRINTED)
REFUSALS = f"""
CREATE FUNCTION invoices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER issued_bills_stay BEFORE UPDATE OR DELETE ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION invoices_refuse_change();

CREATE FUNCTION invoices_refuse_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.invoice_id ELSE NEW.invoice_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    IF EXISTS (
        SELECT FROM invoices_invoice
        WHERE id = place AND status NOT IN ('draft', 'in_review')
    ) THEN
        RAISE EXCEPTION 'a line of an issued bill: % refused', lower(TG_OP)
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lines_of_issued_bills_stay BEFORE INSERT OR UPDATE OR DELETE ON invoices_line
    FOR EACH ROW EXECUTE FUNCTION invoices_refuse_lines();

CREATE FUNCTION invoices_refuse_other_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint := CASE
        WHEN TG_TABLE_NAME = 'invoices_invoice' THEN (to_jsonb(NEW) ->> 'id')::bigint
        WHEN TG_OP = 'DELETE' THEN (to_jsonb(OLD) ->> 'invoice_id')::bigint
        ELSE (to_jsonb(NEW) ->> 'invoice_id')::bigint
    END;
BEGIN
    IF EXISTS (
        SELECT FROM invoices_invoice bill
        WHERE bill.id = place AND bill.status NOT IN ('draft', 'in_review')
          AND bill.amount - bill.amount_deducted IS DISTINCT FROM (
              SELECT sum(amount) FROM invoices_instalment WHERE invoice_id = place
          )
    ) THEN
        RAISE EXCEPTION 'the instalments of bill % are not what it asks', place
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER instalments_are_the_whole
    AFTER INSERT OR UPDATE OR DELETE ON invoices_instalment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION invoices_refuse_other_sum();
CREATE CONSTRAINT TRIGGER bill_is_its_instalments
    AFTER INSERT OR UPDATE OF status, amount, amount_deducted ON invoices_invoice
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION invoices_refuse_other_sum();
"""
REVERSE = """
DROP TRIGGER bill_is_its_instalments ON invoices_invoice;
DROP TRIGGER instalments_are_the_whole ON invoices_instalment;
DROP FUNCTION invoices_refuse_other_sum();
DROP TRIGGER lines_of_issued_bills_stay ON invoices_line;
DROP FUNCTION invoices_refuse_lines();
DROP TRIGGER issued_bills_stay ON invoices_invoice;
DROP FUNCTION invoices_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("invoices", "0001_initial"),
        ("merchants", "0003_tenancy"),
    ]
    operations = [
        migrations.RunSQL(REFUSALS, REVERSE),
        tenancy.protect("invoices_invoice"),
        tenancy.show_people("invoices_invoice", "created_by_id"),
        tenancy.show_people("invoices_invoice", "edited_by_id"),
        tenancy.show_people("invoices_invoice", "issued_by_id"),
        tenancy.protect("invoices_line", via=("invoice_id", "invoices_invoice")),
        tenancy.protect("invoices_instalment", via=("invoice_id", "invoices_invoice")),
        tenancy.protect("invoices_relateddocument"),
        tenancy.protect("invoices_review", via=("invoice_id", "invoices_invoice")),
        tenancy.show_people("invoices_review", "by_id"),
        tenancy.protect("invoices_reviewrule"),
        tenancy.show_people("invoices_reviewrule", "created_by_id"),
        tenancy.protect("invoices_entitlement"),
        tenancy.protect("invoices_deduction", via=("invoice_id", "invoices_invoice")),
        tenancy.protect("invoices_creditnote", rights="SELECT, INSERT"),
        tenancy.show_people("invoices_creditnote", "created_by_id"),
        tenancy.protect("invoices_followup"),
        tenancy.show_people("invoices_followup", "done_by_id"),
    ]
