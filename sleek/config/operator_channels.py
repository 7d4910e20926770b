"""The command `sleek channels`: the operator's own connections, which serve every merchant.

Credentials are read as a JSON object from the standard input, so that no secret stands in a shell's
history or in the list of processes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence

from sleek.config.cli import installation


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="sleek channels")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="the operator's connections")
    add = verbs.add_parser("add", help="CHANNEL, with its credentials as JSON on standard input")
    add.add_argument("channel")
    add.add_argument("--name", default="")
    change = verbs.add_parser("change", help="CONNECTION, with the credentials that change")
    change.add_argument("connection")
    order = parser.parse_args(arguments)
    with installation():
        import django

        django.setup()
        if order.verb == "list":
            return _list()
        from sleek.core.errors import SleekError

        try:
            return _add(order.channel, order.name) if order.verb == "add" else _change(order)
        except SleekError as error:
            field = getattr(error, "reason", "")
            print(f"Nothing was saved: {error.message} {field}".rstrip(), file=sys.stderr)
            return 1


def _list() -> int:
    from sleek.channels.models import Connection

    for connection in Connection.objects.filter(merchant=None, put_away_at=None).order_by("pk"):
        state = "on" if connection.is_enabled else "off"
        methods = ",".join(connection.methods)
        print(f"{connection.public_id}  {connection.channel}  {state}  {methods}")
    return 0


def _add(channel: str, name: str) -> int:
    from sleek.channels import actions as channels
    from sleek.channels import registry
    from sleek.channels.actions import Setup

    if channel not in registry.ids():
        print(f"There is no channel {channel}: {', '.join(registry.ids())}.", file=sys.stderr)
        return 1
    credentials = _credentials(channel)
    _ask_provider(channel, credentials)
    methods = [method.id for method in registry.capabilities(channel).methods]
    connection = channels.add(None, channel, Setup(name or channel, methods, credentials), by=None)
    print(connection.public_id)
    return 0


def _change(order: argparse.Namespace) -> int:
    from sleek.channels import actions as channels
    from sleek.channels.actions import Setup
    from sleek.channels.models import Connection
    from sleek.payments.queries import is_used

    known = Connection.objects.filter(merchant=None, public_id=order.connection).first()
    if known is None:
        print(f"The operator has no connection {order.connection}.", file=sys.stderr)
        return 1
    fresh = _credentials(known.channel)
    _ask_provider(known.channel, known.unseal() | fresh)
    setup = Setup(known.name, known.methods, fresh, known.place)
    channels.change(known, setup, by=None, is_used=is_used(known))
    print(known.public_id)
    return 0


def _credentials(channel: str) -> dict[str, str]:
    """Raises `Refused` for anything but an object of texts."""
    from sleek.channels import registry
    from sleek.channels.base import Refused

    if not registry.fields(channel):
        return {}
    try:
        read = json.load(sys.stdin)
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(text, str) for text in read.values()):
        names = ", ".join(field.name for field in registry.fields(channel))
        raise Refused(f"Write the credentials as a JSON object of texts: {names}.")
    return read


def _ask_provider(channel: str, credentials: Mapping[str, str]) -> None:
    """Raises `Refused` or `Unavailable` when these credentials do not work."""
    from sleek.channels import registry
    from sleek.channels.models import Connection

    registry.try_on(channel, credentials)
    trial = Connection(channel=channel)
    trial.seal(dict(credentials))
    registry.connect(trial).check()
