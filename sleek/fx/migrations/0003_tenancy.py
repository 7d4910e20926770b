"""Reference rates are everybody's."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("fx", "0002_snapshot")]
    operations = [
        tenancy.share("fx_rate", "SELECT"),
    ]
