"""Members meet their own merchant's links."""

from django.db import migrations

from sleek.core import tenancy


class Migration(migrations.Migration):
    dependencies = [("core", "0001_member"), ("links", "0001_initial")]
    operations = [
        tenancy.protect("links_paymentlink"),
        tenancy.show_people("links_paymentlink", "created_by_id"),
        tenancy.protect("links_linkpicture", via=("link_id", "links_paymentlink")),
        tenancy.protect("links_sticker"),
        tenancy.show_people("links_sticker", "created_by_id"),
        tenancy.protect("links_views"),
        tenancy.protect("links_plea"),
    ]
