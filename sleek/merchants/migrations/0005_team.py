"""Invitations count their mails, and a merchant keeps an owner, whatever statement would end that."""

from django.db import migrations, models

from sleek.core import tenancy

# Deferred, since an owner may hand over within one transaction. Whoever changes an owner waits for
# the others who do: two owners who leave at once would each see the other still there. It looks as
# the owner of the tables, because at the end of a transaction nobody acts for the merchant any more.
KEEP = """
CREATE FUNCTION merchants_keep_an_owner() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM merchants_merchant WHERE id = OLD.merchant_id FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT FROM merchants_membership WHERE merchant_id = OLD.merchant_id AND role = 'owner'
    ) THEN
        RAISE EXCEPTION 'a merchant keeps an owner' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER merchant_keeps_an_owner
    AFTER UPDATE OF role, merchant_id OR DELETE ON merchants_membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'owner')
    EXECUTE FUNCTION merchants_keep_an_owner();
"""
ACTED = "EXISTS (SELECT FROM audit_record act WHERE act.actor = merchants_user.public_id)"
REVERSE = """
DROP TRIGGER merchant_keeps_an_owner ON merchants_membership;
DROP FUNCTION merchants_keep_an_owner();
"""


class Migration(migrations.Migration):
    dependencies = [("merchants", "0004_device"), ("audit", "0003_by_actor")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="sent_count",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.RunSQL(KEEP, REVERSE),
        # The log names people who have left, too.
        tenancy.show("merchants_user", "actors", when=ACTED),
    ]
