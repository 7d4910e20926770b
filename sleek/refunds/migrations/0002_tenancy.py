"""Members meet their own merchant's refunds, and read the notices about them."""

from django.db import migrations

from sleek.core import tenancy

OF_A_REFUND = """EXISTS (
    SELECT FROM refunds_refund refund WHERE refund.public_id = payments_notice.key)"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_member"),
        ("refunds", "0001_initial"),
        ("payments", "0003_tenancy"),
    ]
    operations = [
        tenancy.protect("refunds_refund"),
        tenancy.show("payments_notice", "of_refunds", when=OF_A_REFUND),
    ]
