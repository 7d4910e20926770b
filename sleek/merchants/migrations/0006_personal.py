"""Members meet their own devices, second steps and accounts elsewhere, and nobody else's."""

from django.db import migrations

from sleek.core import tenancy

PERSONAL = "user_id = sleek_person()"


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0005_team"),
        ("mfa", "0001_initial"),
        ("socialaccount", "0001_initial"),
    ]
    operations = [
        tenancy.protect("merchants_device", by=PERSONAL),
        # The proof before a sensitive act marks a code as used.
        tenancy.protect("mfa_authenticator", by=PERSONAL, rights="SELECT, UPDATE, DELETE"),
        tenancy.protect("socialaccount_socialaccount", by=PERSONAL, rights="SELECT"),
    ]
