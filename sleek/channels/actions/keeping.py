"""A merchant's own connections, and the operator's. What is audited names the fields that changed,
never a secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.channels import registry
from sleek.channels.base import Secrecy
from sleek.channels.models import Breaker, Connection, Price
from sleek.channels.rules import Fit, PriceSource
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant, User


class ConnectionInUse(SleekError):
    """Payments were made through it, so whose account it leads to may not change."""

    code = "connection_in_use"


@dataclass(frozen=True, slots=True)
class Setup:
    """What a person enters of a connection. Secrets left empty stay as they are."""

    name: str
    methods: list[str]
    credentials: Mapping[str, str]
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a merchant's contract says of one method; for any currency when it names none."""

    method: str
    share: Decimal
    fixed: int = 0
    currency: str = ""


@transaction.atomic
def add(merchant: Merchant | None, channel: str, setup: Setup, *, by: User | None) -> Connection:
    """Without a merchant it is the operator's, and serves them all. Raises `Refused`, with the
    field as its reason, for credentials that cannot be any.
    """
    credentials = {name: value for name, value in setup.credentials.items() if value}
    registry.try_on(channel, credentials)
    connection = Connection(
        merchant=merchant,
        channel=channel,
        name=setup.name,
        methods=setup.methods,
        place=setup.place,
    )
    connection.seal(credentials)
    connection.save()
    _record("connection.added", connection, by, {"channel": channel, "fields": sorted(credentials)})
    return connection


@transaction.atomic
def change(connection: Connection, setup: Setup, *, by: User | None, is_used: bool) -> Connection:
    """Raises `ConnectionInUse`, or as `add` does."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    known = connection.unseal()
    fresh = _merged(connection.channel, known, setup.credentials)
    changed = sorted(name for name in {*known, *fresh} if known.get(name) != fresh.get(name))
    if is_used and (stuck := [name for name in changed if name in identity_of(connection.channel)]):
        message = _("Payments were made with this account. Add another connection instead.")
        raise ConnectionInUse(f"{message} ({', '.join(stuck)})")
    if changed:
        registry.try_on(connection.channel, fresh)
        connection.seal(fresh)
        # Other credentials, another chance: what went wrong before says nothing about them.
        Breaker.objects.filter(connection=connection).delete()
    connection.name, connection.methods = setup.name, setup.methods
    connection.place = setup.place
    connection.save(update_fields=["name", "methods", "place", "credentials"])
    _record("connection.changed", connection, by, {"fields": changed, "methods": setup.methods})
    return connection


@transaction.atomic
def switch(connection: Connection, *, is_enabled: bool, by: User) -> None:
    """Off, it is offered to nobody; what is open through it goes on to its end."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    if connection.is_enabled == is_enabled:
        return
    connection.is_enabled = is_enabled
    connection.save(update_fields=["is_enabled"])
    if is_enabled:
        _record("connection.enabled", connection, by, {})
    else:
        _record("connection.disabled", connection, by, {})


@transaction.atomic
def put_away(connection: Connection, *, by: User) -> None:
    """Out of use and out of sight. It is kept: its payments may still be refunded."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    if connection.put_away_at:
        return
    connection.is_enabled, connection.put_away_at = False, clock.now()
    connection.save(update_fields=["is_enabled", "put_away_at"])
    _record("connection.put_away", connection, by, {"channel": connection.channel})


@transaction.atomic
def set_prices(connection: Connection, tariffs: Sequence[Tariff], *, by: User) -> None:
    """All of a connection's own prices at once: what is not among them goes."""
    Connection.objects.select_for_update().get(pk=connection.pk)
    own = Price.objects.filter(connection=connection, source=PriceSource.OWN)
    own.delete()
    Price.objects.bulk_create(
        Price(
            merchant_id=connection.merchant_id,
            connection=connection,
            method=tariff.method,
            currency=tariff.currency,
            source=PriceSource.OWN,
            share=tariff.share,
            fixed=tariff.fixed,
        )
        for tariff in tariffs
    )
    said = [[t.method, t.currency, str(t.share), t.fixed] for t in tariffs]
    _record("connection.priced", connection, by, {"prices": said})


@transaction.atomic
def note_measured(connection: Connection, method: str, currency: str, found: Fit) -> None:
    """What the charged fees amount to; written anew at each measuring."""
    Price.objects.update_or_create(
        connection=connection,
        method=method,
        currency=currency,
        source=PriceSource.MEASURED,
        defaults={
            "merchant_id": connection.merchant_id,
            "share": found.share,
            "fixed": found.fixed,
            "grade": found.grade,
            "charge_count": found.count,
            "updated_at": clock.now(),
        },
    )


def identity_of(channel: str) -> frozenset[str]:
    """The fields that say whose account it is."""
    return frozenset(
        field.name
        for field in registry.fields(channel)
        if field.secrecy == Secrecy.OPEN and field.is_required
    )


def _merged(channel: str, known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """An open field is as it was typed; a secret that was left empty stays."""
    fresh = dict(known)
    for field in registry.fields(channel):
        typed = given.get(field.name, "")
        is_shown = field.secrecy in (Secrecy.OPEN, Secrecy.OPEN_KEY)
        if typed:
            fresh[field.name] = typed
        elif is_shown and field.name in given:
            fresh.pop(field.name, None)
    return fresh


def _record(action: str, connection: Connection, by: User | None, data: dict[str, object]) -> None:
    audit.record(
        action,
        connection.public_id,
        scope=connection.merchant.public_id if connection.merchant else audit.OPERATOR,
        actor=by.public_id if by else audit.OPERATOR,
        data=data | {"name": connection.name},
    )
