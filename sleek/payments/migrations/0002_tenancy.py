"""Members meet their own merchant's payments, and read the notices about them."""

from django.db import migrations

from sleek.core import tenancy

# It turns over by the thousand: vacuumed by count, not by a share of its size.
TUNE = """
ALTER TABLE payments_waiting SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
"""
# By what it is about: one connection of the operator's takes the notices of many merchants.
OF_AN_ATTEMPT = """EXISTS (
    SELECT FROM payments_attempt attempt WHERE attempt.public_id = payments_notice.key)"""
REFUSALS = """
CREATE FUNCTION payments_refuse_other_rate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the rate of allocation % is known already', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER home_rate_is_set_once BEFORE UPDATE OF home_rate ON payments_allocation
    FOR EACH ROW WHEN (OLD.home_rate IS NOT NULL AND OLD.home_rate IS DISTINCT FROM NEW.home_rate)
    EXECUTE FUNCTION payments_refuse_other_rate();

CREATE FUNCTION payments_refuse_void() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A payment's money goes over its allocations in their order.
    IF EXISTS (
        SELECT FROM payments_allocation own
        JOIN invoices_instalment stage ON stage.id = own.instalment_id
        JOIN payments_payment payment ON payment.id = own.payment_id
        WHERE stage.invoice_id = NEW.id
          AND payment.status = 'succeeded'
          AND payment.amount_paid > payment.amount_refunded
          AND payment.amount_paid > (
              SELECT coalesce(sum(amount), 0) FROM payments_allocation
              WHERE payment_id = own.payment_id AND id < own.id
          )
    ) THEN
        RAISE EXCEPTION 'bill % got money', NEW.public_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paid_bills_are_not_voided BEFORE UPDATE OF status ON invoices_invoice
    FOR EACH ROW WHEN (NEW.status = 'void' AND OLD.status <> 'void')
    EXECUTE FUNCTION payments_refuse_void();
"""
REVERSE = """
DROP TRIGGER paid_bills_are_not_voided ON invoices_invoice;
DROP FUNCTION payments_refuse_void();
DROP TRIGGER home_rate_is_set_once ON payments_allocation;
DROP FUNCTION payments_refuse_other_rate();
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0002_queue"), ("payments", "0003_tenancy")]
    dependencies = [("core", "0001_member"), ("payments", "0001_initial")]
    operations = [
        migrations.RunSQL(TUNE, migrations.RunSQL.noop),
        tenancy.protect("payments_payment"),
        tenancy.protect("payments_payer", via=("payment_id", "payments_payment")),
        tenancy.protect("payments_acceptance", via=("payment_id", "payments_payment")),
        tenancy.protect("payments_attempt", via=("payment_id", "payments_payment")),
        tenancy.protect("payments_notice", by=OF_AN_ATTEMPT, rights="SELECT"),
        tenancy.protect("payments_waiting", via=("notice_id", "payments_notice"), rights="SELECT"),
        tenancy.protect("payments_announcement", via=("attempt_id", "payments_attempt")),
        tenancy.protect("payments_savedmethod"),
        tenancy.protect("payments_allocation", via=("payment_id", "payments_payment")),
        migrations.RunSQL(REFUSALS, REVERSE),
    ]
