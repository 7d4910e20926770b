"""Members meet their own merchant's stocks."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("stock", "0001_initial")]
    operations = [
        tenancy.protect("stock_stock"),
        tenancy.protect("stock_hold", via=("stock_id", "stock_stock")),
    ]
