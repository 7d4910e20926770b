"""Learning from the charged fees what connections cost."""

from __future__ import annotations

from sleek.channels import actions as channels
from sleek.channels.models import Connection
from sleek.channels.rules import fit
from sleek.payments import queries


def measure() -> int:
    """Write anew what each connection's fees amount to, by method and currency; returns how
    many.
    """
    found = queries.charged()
    connections = Connection.objects.in_bulk({connection_id for connection_id, _, _ in found})
    for connection_id, method, currency in found:
        result = fit(queries.charges(connection_id, method, currency))
        channels.note_measured(connections[connection_id], method, currency, result)
    return len(found)
