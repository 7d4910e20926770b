"""Stages that a bill is no longer divided into, and deposits that were forfeited.

The database itself refuses that a stage asks for something else once money has come for it.
"""

from django.db import migrations, models
from django.db.models import F, Q

REFUSAL = """
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
"""
REVERSE = """
DROP TRIGGER paid_stages_stay ON invoices_instalment;
DROP FUNCTION invoices_refuse_other_stage();
"""
STATUSES = ["promised", "available", "reserved", "used", "expired", "forfeited", "void"]


class Migration(migrations.Migration):
    dependencies = [("invoices", "0005_sources")]

    operations = [
        migrations.AddField(
            model_name="instalment",
            name="dropped_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=Q(dropped_at=None) | Q(amount=0, amount_paid=0),
                name="dropped_instalment_asks_for_nothing",
            ),
        ),
        migrations.AddField(
            model_name="entitlement",
            name="amount_withheld",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RemoveConstraint(
            model_name="entitlement", name="no_more_is_deducted_than_was_promised"
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.CheckConstraint(
                condition=Q(
                    amount__gt=0,
                    amount_lost__gte=0,
                    amount_reserved__gte=0,
                    amount_used__gte=0,
                    amount_withheld__gte=0,
                    amount__gte=F("amount_reserved") + F("amount_used") + F("amount_withheld"),
                ),
                name="no_more_is_deducted_than_was_promised",
            ),
        ),
        migrations.RemoveConstraint(model_name="entitlement", name="entitlement_status_is_known"),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.CheckConstraint(
                condition=Q(status__in=STATUSES), name="entitlement_status_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.CheckConstraint(
                condition=~Q(status="forfeited") | Q(amount_withheld__gt=F("amount_lost")),
                name="forfeited_is_something",
            ),
        ),
        migrations.RunSQL(REFUSAL, REVERSE),
    ]
