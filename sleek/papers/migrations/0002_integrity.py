"""Members meet their own merchant's papers. The database itself refuses a hole in the numbers, and
any change of a number or of a paper that was issued.
"""

from django.db import migrations

from sleek.core import tenancy

REFUSALS = """
CREATE FUNCTION papers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'numbers and papers are append-only: % refused', lower(TG_OP)
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER numbers_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON papers_number
    FOR EACH STATEMENT EXECUTE FUNCTION papers_refuse_change();
CREATE TRIGGER papers_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON papers_paper
    FOR EACH STATEMENT EXECUTE FUNCTION papers_refuse_change();

CREATE FUNCTION papers_refuse_hole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.place > 1 AND NOT EXISTS (
        SELECT FROM papers_number
        WHERE series_id = NEW.series_id AND period = NEW.period AND place = NEW.place - 1
    ) THEN
        RAISE EXCEPTION 'number % of series % would leave a hole', NEW.place, NEW.series_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER numbers_leave_no_hole BEFORE INSERT ON papers_number
    FOR EACH ROW EXECUTE FUNCTION papers_refuse_hole();
"""
REVERSE = """
DROP TRIGGER numbers_leave_no_hole ON papers_number;
DROP TRIGGER papers_are_append_only ON papers_paper;
DROP TRIGGER numbers_are_append_only ON papers_number;
DROP FUNCTION papers_refuse_hole();
DROP FUNCTION papers_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("papers", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSALS, REVERSE),
        tenancy.protect("papers_series"),
        tenancy.protect("papers_counter", via=("series_id", "papers_series")),
        tenancy.protect("papers_number", rights="SELECT, INSERT"),
        tenancy.protect("papers_seal"),
        tenancy.show_people("papers_seal", "created_by_id"),
        tenancy.protect("papers_design"),
        tenancy.protect("papers_certificate"),
        tenancy.show_people("papers_certificate", "created_by_id"),
        tenancy.protect("papers_paper", rights="SELECT, INSERT"),
    ]
