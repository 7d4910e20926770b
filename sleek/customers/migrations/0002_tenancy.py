"""Members meet their own merchant's customers, and the tables these came from."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("customers", "0001_initial")]
    operations = [
        tenancy.protect("customers_customer"),
        tenancy.show_people("customers_customer", "created_by_id"),
        tenancy.protect("customers_tablefile"),
        tenancy.show_people("customers_tablefile", "created_by_id"),
        tenancy.protect("customers_columnmap"),
    ]
