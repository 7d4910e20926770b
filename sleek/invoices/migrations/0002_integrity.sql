-- What may change after issue: what became of the bill, how it may be paid, and words that are not
-- printed. tests/invoices/test_freezing.py knows each column as one or the other.
CREATE FUNCTION invoices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('draft', 'in_review') THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.public_id, OLD.token, OLD.merchant_id, OLD.customer_id,
        OLD.brand_id, OLD.design_id, OLD.number, OLD.nature, OLD.title, OLD.currency,
        OLD.is_tax_inclusive, OLD.amount, OLD.amount_tax, OLD.amount_deducted, OLD.payer_name,
        OLD.payer_contact, OLD.payer_email, OLD.payer_phone, OLD.payer_country, OLD.payer_address,
        OLD.payer_credit_code, OLD.payer_tax_number, OLD.due_days, OLD.due_on, OLD.remarks,
        OLD.policy_amount, OLD.policy_threshold, OLD.policy_threshold_currency,
        OLD.policy_valid_days, OLD.policy_is_once, OLD.policy_counts_courier, OLD.content_hash,
        OLD.replaces_id, OLD.home_currency, OLD.home_rate, OLD.issued_by_id, OLD.issued_on,
        OLD.issued_at, OLD.wants_xml, OLD.deducts, OLD.revision, OLD.approved_hash,
        OLD.created_by_id, OLD.created_at, OLD.edited_by_id) IS DISTINCT FROM (NEW.public_id,
        NEW.token, NEW.merchant_id, NEW.customer_id, NEW.brand_id, NEW.design_id, NEW.number,
        NEW.nature, NEW.title, NEW.currency, NEW.is_tax_inclusive, NEW.amount, NEW.amount_tax,
        NEW.amount_deducted, NEW.payer_name, NEW.payer_contact, NEW.payer_email, NEW.payer_phone,
        NEW.payer_country, NEW.payer_address, NEW.payer_credit_code, NEW.payer_tax_number,
        NEW.due_days, NEW.due_on, NEW.remarks, NEW.policy_amount, NEW.policy_threshold,
        NEW.policy_threshold_currency, NEW.policy_valid_days, NEW.policy_is_once,
        NEW.policy_counts_courier, NEW.content_hash, NEW.replaces_id, NEW.home_currency,
        NEW.home_rate, NEW.issued_by_id, NEW.issued_on, NEW.issued_at, NEW.wants_xml, NEW.deducts,
        NEW.revision, NEW.approved_hash, NEW.created_by_id, NEW.created_at, NEW.edited_by_id)
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

CREATE FUNCTION invoices_refuse_other_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM invoices_invoice
        WHERE id = OLD.invoice_id AND status NOT IN ('draft', 'in_review')
    ) THEN
        RAISE EXCEPTION 'stage % has been paid for: its change is refused', OLD.public_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paid_stages_stay BEFORE UPDATE ON invoices_instalment FOR EACH ROW
    WHEN (OLD.amount_paid > 0 AND (OLD.amount, OLD.label, OLD.deliverable, OLD.due_on, OLD.token)
        IS DISTINCT FROM (NEW.amount, NEW.label, NEW.deliverable, NEW.due_on, NEW.token))
    EXECUTE FUNCTION invoices_refuse_other_stage();

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
