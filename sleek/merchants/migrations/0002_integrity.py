"""Members meet their own merchant, its people, and themselves: their own devices, second steps and
accounts elsewhere. A merchant keeps an owner, whatever statement would end that. And the table of
Django's database cache, in which sign-in tries are counted.
"""

from django.db import migrations

from sleek.core import tenancy

PERSONAL = "user_id = sleek_person()"
WORKS_THERE = """EXISTS (
    SELECT FROM merchants_membership place
    WHERE place.merchant_id = merchants_merchant.id AND place.user_id = sleek_person())"""
WORKS_HERE = """EXISTS (
    SELECT FROM merchants_membership place
    WHERE place.user_id = merchants_user.id AND place.merchant_id = sleek_merchant())"""
SCOPE = "scope = (SELECT own.public_id FROM merchants_merchant own WHERE own.id = sleek_merchant())"
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
    replaces = [
        ("merchants", "0002_rate_limits"),
        ("merchants", "0003_tenancy"),
        ("merchants", "0006_personal"),
    ]
    dependencies = [
        ("core", "0001_member"),
        ("merchants", "0001_initial"),
        ("account", "0001_initial"),
        ("audit", "0001_initial"),
        ("mfa", "0001_initial"),
        ("socialaccount", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            # Unlogged: after a crash of the server everybody may try again, and no write-ahead log is spent on it.
            """
            CREATE UNLOGGED TABLE rate_limits (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX rate_limits_expires ON rate_limits (expires);
            """,
            "DROP TABLE rate_limits;",
        ),
        tenancy.protect("merchants_merchant", by="id = sleek_merchant()", rights="SELECT, UPDATE"),
        tenancy.protect("merchants_membership"),
        # Where else the person works: for choosing the workspace.
        tenancy.show("merchants_membership", "places", when="user_id = sleek_person()"),
        tenancy.show("merchants_merchant", "workplaces", when=WORKS_THERE),
        # Nobody makes an operator of themselves from here.
        tenancy.protect(
            "merchants_user", by="id = sleek_person()", rights="SELECT, UPDATE (name, language)"
        ),
        tenancy.show("merchants_user", "colleagues", when=WORKS_HERE),
        tenancy.protect("merchants_invitation"),
        tenancy.show_people("merchants_invitation", "invited_by_id"),
        tenancy.protect("merchants_picture"),
        tenancy.protect("merchants_brand"),
        tenancy.protect("merchants_terms"),
        tenancy.show_people("merchants_terms", "created_by_id"),
        tenancy.protect("merchants_transactionpassword", by=PERSONAL),
        tenancy.protect("merchants_consent", by=PERSONAL, rights="SELECT"),
        tenancy.protect("account_emailaddress", by=PERSONAL, rights="SELECT"),
        # The audit log lies below merchants and knows them by their public ids only.
        tenancy.protect("audit_record", by=SCOPE, rights="SELECT, INSERT"),
        tenancy.protect("audit_chain", by=SCOPE, rights="SELECT, INSERT, UPDATE"),
        tenancy.share("rate_limits", tenancy.ALL),
        migrations.RunSQL(KEEP, REVERSE),
        # The log names people who have left, too.
        tenancy.show("merchants_user", "actors", when=ACTED),
        tenancy.protect("merchants_device", by=PERSONAL),
        # The proof before a sensitive act marks a code as used.
        tenancy.protect("mfa_authenticator", by=PERSONAL, rights="SELECT, UPDATE, DELETE"),
        tenancy.protect("socialaccount_socialaccount", by=PERSONAL, rights="SELECT"),
        tenancy.protect("merchants_identity", by="user_id = sleek_person()", rights="SELECT"),
    ]
