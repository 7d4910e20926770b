"""Members write and read the events of their own merchant."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("events", "0002_append_only")]
    operations = [
        tenancy.protect("events_event", rights="SELECT, INSERT"),
    ]
