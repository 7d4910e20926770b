"""Members meet their own merchant's payments, and read the notices about them."""

from django.db import migrations

from sleek.core import tenancy

# By what it is about: one connection of the operator's takes the notices of many merchants.
OF_AN_ATTEMPT = """EXISTS (
    SELECT FROM payments_attempt attempt WHERE attempt.public_id = payments_notice.key)"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("payments", "0002_queue")]
    operations = [
        tenancy.protect("payments_payment"),
        tenancy.protect("payments_payer", via=("payment_id", "payments_payment")),
        tenancy.protect("payments_acceptance", via=("payment_id", "payments_payment")),
        tenancy.protect("payments_attempt", via=("payment_id", "payments_payment")),
        tenancy.protect("payments_notice", by=OF_AN_ATTEMPT, rights="SELECT"),
        tenancy.protect("payments_waiting", via=("notice_id", "payments_notice"), rights="SELECT"),
    ]
