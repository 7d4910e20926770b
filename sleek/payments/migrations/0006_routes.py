from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0003_prices_and_breakers"),
        ("payments", "0005_money_that_waits"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                fields=["connection", "method", "created_at"], name="attempt_by_connection"
            ),
        ),
    ]
