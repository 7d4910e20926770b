"""Members meet their own merchant, its people, and themselves."""

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


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("merchants", "0002_rate_limits"),
        ("account", "0001_initial"),
        ("audit", "0002_append_only"),
    ]
    operations = [
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
    ]
