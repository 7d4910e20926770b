"""Members meet their own merchant's refunds, and read the notices about them."""

from django.db import migrations

from sleek.core import tenancy

OF_A_REFUND = """EXISTS (
    SELECT FROM refunds_refund refund WHERE refund.public_id = payments_notice.key)"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("refunds", "0001_initial")]
    operations = [
        tenancy.protect("refunds_refund"),
        tenancy.show("payments_notice", "of_refunds", when=OF_A_REFUND),
        tenancy.protect("refunds_claim"),
        tenancy.protect("refunds_refundrule"),
        tenancy.show_people("refunds_refund", "requested_by_id"),
        tenancy.show_people("refunds_refund", "reviewed_by_id"),
    ]
