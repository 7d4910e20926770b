"""The table of Django's database cache, in which sign-in tries are counted."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("merchants", "0001_initial")]

    operations = [
        migrations.RunSQL(
            # Unlogged: after a crash of the server everybody may try again, and no write-ahead log is spent on it.
            """
            CREATE UNLOGGED TABLE rate_limits (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX rate_limits_expires ON rate_limits (expires);
            """,
            "DROP TABLE rate_limits;",
        )
    ]
