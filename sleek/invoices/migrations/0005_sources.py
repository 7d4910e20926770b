"""What a document said when lines were taken from it is kept beside its number; and the database
refuses to change the documents of an issued bill, as it refuses its lines.
"""

from django.db import migrations, models

REFUSALS = """
CREATE FUNCTION invoices_refuse_documents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.invoice_id ELSE NEW.invoice_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    IF EXISTS (
        SELECT FROM invoices_invoice
        WHERE status NOT IN ('draft', 'in_review')
          AND (id = place OR (TG_OP = 'UPDATE' AND id = OLD.invoice_id))
    ) THEN
        RAISE EXCEPTION 'a document of an issued bill: % refused', lower(TG_OP)
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_of_issued_bills_stay
    BEFORE INSERT OR UPDATE OR DELETE ON invoices_relateddocument
    FOR EACH ROW EXECUTE FUNCTION invoices_refuse_documents();
"""
REVERSE = """
DROP TRIGGER documents_of_issued_bills_stay ON invoices_relateddocument;
DROP FUNCTION invoices_refuse_documents();
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0004_electronic")]
    operations = [
        migrations.AddField("relateddocument", "listing", models.JSONField(null=True)),
        migrations.RunSQL(REFUSALS, REVERSE),
    ]
