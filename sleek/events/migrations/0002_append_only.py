"""Members write and read the events of their own merchant. The database itself refuses to
change, delete or truncate events.
"""

from django.db import migrations

from sleek.core import tenancy

APPEND_ONLY = """
CREATE FUNCTION events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % refused', lower(TG_OP)
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER events_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events_event
    FOR EACH STATEMENT EXECUTE FUNCTION events_refuse_change();
"""
REVERSE = """
DROP TRIGGER events_is_append_only ON events_event;
DROP FUNCTION events_refuse_change();
"""


class Migration(migrations.Migration):
    replaces = [("events", "0003_tenancy")]
    dependencies = [("core", "0001_member"), ("events", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, REVERSE),
        tenancy.protect("events_event", rights="SELECT, INSERT"),
    ]
