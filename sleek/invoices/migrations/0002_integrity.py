"""Members meet their own merchant's bills. The database itself refuses to change what an issued
bill says, its lines and its documents, or to delete it; instalments that are not exactly what it
asks, or that change their address or, once paid for, anything else; and to change a credit note.
"""

from pathlib import Path

from django.db import migrations

from sleek.core import tenancy

SQL = Path(__file__).with_suffix(".sql").read_text()
REVERSE = """
DROP TRIGGER credit_notes_are_append_only ON invoices_creditnote;
DROP FUNCTION invoices_refuse_changed_note;
DROP TRIGGER instalments_keep_their_address ON invoices_instalment;
DROP FUNCTION invoices_refuse_moved_instalment;
DROP TRIGGER paid_stages_stay ON invoices_instalment;
DROP FUNCTION invoices_refuse_other_stage;
DROP TRIGGER documents_of_issued_bills_stay ON invoices_relateddocument;
DROP FUNCTION invoices_refuse_documents;
DROP TRIGGER bill_is_its_instalments ON invoices_invoice;
DROP TRIGGER instalments_are_the_whole ON invoices_instalment;
DROP FUNCTION invoices_refuse_other_sum;
DROP TRIGGER lines_of_issued_bills_stay ON invoices_line;
DROP FUNCTION invoices_refuse_lines;
DROP TRIGGER issued_bills_stay ON invoices_invoice;
DROP FUNCTION invoices_refuse_change;
"""


class Migration(migrations.Migration):
    replaces = [("invoices", "0008_notes")]
    dependencies = [("core", "0001_member"), ("invoices", "0001_initial")]
    operations = [
        migrations.RunSQL(SQL, REVERSE),
        tenancy.protect("invoices_invoice"),
        tenancy.show_people("invoices_invoice", "created_by_id"),
        tenancy.show_people("invoices_invoice", "edited_by_id"),
        tenancy.show_people("invoices_invoice", "issued_by_id"),
        tenancy.protect("invoices_line", via=("invoice_id", "invoices_invoice")),
        tenancy.protect("invoices_instalment", via=("invoice_id", "invoices_invoice")),
        tenancy.protect("invoices_relateddocument"),
        tenancy.protect("invoices_review", via=("invoice_id", "invoices_invoice")),
        tenancy.show_people("invoices_review", "by_id"),
        tenancy.protect("invoices_reviewrule"),
        tenancy.show_people("invoices_reviewrule", "created_by_id"),
        tenancy.protect("invoices_entitlement"),
        tenancy.protect("invoices_deduction", via=("invoice_id", "invoices_invoice")),
        tenancy.protect("invoices_creditnote", rights="SELECT, INSERT"),
        tenancy.show_people("invoices_creditnote", "created_by_id"),
        tenancy.protect("invoices_followup"),
        tenancy.show_people("invoices_followup", "done_by_id"),
        tenancy.protect("invoices_sending", rights="SELECT, INSERT"),
        tenancy.show_people("invoices_sending", "by_id"),
        tenancy.protect("invoices_views", via=("invoice_id", "invoices_invoice"), rights="SELECT"),
        tenancy.protect("invoices_wordtemplate"),
        tenancy.show_people("invoices_wordtemplate", "created_by_id"),
        tenancy.protect("invoices_batch", rights="SELECT, INSERT, UPDATE"),
        tenancy.show_people("invoices_batch", "created_by_id"),
        tenancy.show_people("invoices_batch", "stopped_by_id"),
        tenancy.protect(
            "invoices_batchitem", via=("batch_id", "invoices_batch"), rights="SELECT, INSERT"
        ),
    ]
