"""What the money for bills was worth at home when it came, told once. And the database refuses to
void a bill that got money which is not given back: the bill itself may not have heard of it yet.
"""

from django.db import migrations, models

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
SURPLUSES = ["", "duplicate", "late", "amount", "currency", "sold_out", "void"]


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_bills")]
    operations = [
        migrations.AddField(
            model_name="allocation",
            name="home_rate",
            field=models.DecimalField(decimal_places=10, max_digits=20, null=True),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("home_rate", None), ("home_rate__gt", 0), _connector="OR"),
                name="home_rate_is_positive",
            ),
        ),
        migrations.RemoveConstraint(model_name="attempt", name="surplus_is_known"),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("surplus__in", SURPLUSES)), name="surplus_is_known"
            ),
        ),
        migrations.RunSQL(REFUSALS, REVERSE),
    ]
