"""Members meet their own merchant's customers."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("customers", "0001_initial"),
        ("merchants", "0003_tenancy"),
    ]
    operations = [
        tenancy.protect("customers_customer"),
        tenancy.show_people("customers_customer", "created_by_id"),
    ]
