"""From `DATABASE_URL` (a libpq URL) to Django's database settings."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

POOL = {"min_size": 1, "max_size": 16, "timeout": 10}
STATEMENT_TIMEOUT_MS = 30_000


def from_url(url: str, *, pooled: bool = True) -> dict[str, Any]:
    """An empty URL gives libpq's own defaults (PGHOST and its kin)."""
    parts = conninfo_to_dict(url)
    options: dict[str, Any] = {
        "pool": POOL if pooled else False,
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC",
    }
    known = {"host", "port", "dbname", "user", "password"}
    options |= {key: value for key, value in parts.items() if key not in known}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": str(parts.get("dbname", "sleek")),
        "USER": str(parts.get("user", "")),
        "PASSWORD": str(parts.get("password", "")),
        "HOST": str(parts.get("host", "")),
        "PORT": str(parts.get("port", "")),
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": options,
    }
