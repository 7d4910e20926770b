"""Members meet their own merchant's plans and portions, and the shares that another offers them."""

from django.db import migrations

from sleek.core import tenancy

OWN_PLAN = "EXISTS (SELECT FROM splits_plan plan WHERE plan.id = splits_share.plan_id)"
FOR_US = "beneficiary_id = sleek_merchant()"
# Past row-level security: whoever knows a wallet's number may know its name.
WALLET = """
    CREATE FUNCTION splits_wallet(number text) RETURNS TABLE (id bigint, name varchar)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
        SELECT id, name FROM merchants_merchant WHERE public_id = number
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("splits", "0001_initial")]
    operations = [
        migrations.RunSQL(WALLET, "DROP FUNCTION splits_wallet"),
        tenancy.protect("splits_plan"),
        tenancy.protect("splits_share", by=f"{OWN_PLAN} OR {FOR_US}"),
        tenancy.protect("splits_linkplan", via=("plan_id", "splits_plan")),
        tenancy.protect("splits_portion"),
        tenancy.show("splits_portion", "received", when=FOR_US),
        tenancy.show_people("splits_plan", "created_by_id"),
        tenancy.show_people("splits_share", "accepted_by_id"),
    ]
