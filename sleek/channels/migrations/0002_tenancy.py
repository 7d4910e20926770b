"""Members meet their own merchant's connections, and read the operator's, which serve all."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("channels", "0001_initial")]
    operations = [
        tenancy.protect("channels_connection"),
        tenancy.show("channels_connection", "operators", when="merchant_id IS NULL"),
        tenancy.protect("channels_price"),
        tenancy.show("channels_price", "operators", when="merchant_id IS NULL"),
        tenancy.protect("channels_breaker"),
        tenancy.show("channels_breaker", "operators", when="merchant_id IS NULL"),
    ]
