"""Keeping connections: their secrets under the newest master key."""

from __future__ import annotations

from django.db import transaction

from sleek.audit import actions as audit
from sleek.channels.models import Connection
from sleek.core import crypto


@transaction.atomic
def rewrap() -> int:
    """Bring every connection's credentials under the newest master key; returns how many.

    Afterwards the older keys may leave the settings. Raises `crypto.Undecryptable`, and nothing is
    changed, when one does not open with the keys there are.
    """
    connections = list(Connection.objects.select_for_update().order_by("pk"))
    for connection in connections:
        connection.credentials = crypto.rewrap(bytes(connection.credentials))
        connection.save(update_fields=["credentials"])
    audit.record("secrets.rewrapped", "connections", data={"count": len(connections)})
    return len(connections)
