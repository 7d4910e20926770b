"""Members meet their own merchant's messages, gateways, alerts and scripts; what was sent is not
changed.
"""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("notifications", "0001_initial")]
    operations = [
        tenancy.protect("notifications_gateway"),
        tenancy.protect("notifications_message", rights="SELECT, INSERT"),
        tenancy.protect("notifications_balancealert"),
        tenancy.show_people("notifications_balancealert", "created_by_id"),
        tenancy.protect(
            "notifications_balancealert_people",
            via=("balancealert_id", "notifications_balancealert"),
        ),
        tenancy.protect(
            "notifications_balancealert_gateways",
            via=("balancealert_id", "notifications_balancealert"),
        ),
        tenancy.protect("notifications_script"),
        tenancy.show_people("notifications_script", "updated_by_id"),
    ]
