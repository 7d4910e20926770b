"""A refund counts by whichever way it was paid, or came back: by its channel or by bank."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("sleek.reports.migrations.0004_amount_paid").AFTER
ONE_WAY = """ON j.subject = n.refund AND j.kind =
        CASE n.kind WHEN 'refund.succeeded' THEN 'refund_succeeded' ELSE 'refund_bounced' END"""
BOTH_WAYS = """ON j.subject = n.refund AND j.kind = ANY (
        CASE n.kind WHEN 'refund.succeeded' THEN ARRAY['refund_succeeded', 'refund_paid_by_bank']
        ELSE ARRAY['refund_bounced', 'refund_sent_back_by_bank'] END)"""
AFTER = BEFORE.replace(ONE_WAY, BOTH_WAYS)


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_amount_paid"), ("refunds", "0003_whole")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
