"""Finding the acts of one person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["actor", "scope", "-sequence"], name="audit_by_actor"),
        ),
    ]
