"""Keeping the addresses by which SMS and chat messages leave."""

from __future__ import annotations

from django.db import transaction

from sleek.audit import actions as audit
from sleek.core import clock, crypto, ids
from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant, User
from sleek.notifications import delivery, letters
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.models import Gateway
from sleek.notifications.rules import Medium


class UnsafeAddress(SleekError):
    """The address leads to no service that may be called, or is none of that service's."""

    code = "unsafe_address"


@transaction.atomic
def add_gateway(
    merchant: Merchant, medium: Medium, name: str, address: str, *, by: User
) -> Gateway:
    """Raises `UnsafeAddress`."""
    address = address.strip()
    if not delivery.is_safe(address, medium) or not delivery.is_well_formed(address):
        raise UnsafeAddress("This address is none that can be used.")
    gateway = Gateway(
        merchant=merchant,
        medium=medium,
        name=" ".join(name.split()),
        service=address.partition(":")[0].lower(),
    )
    gateway.seal(address)
    gateway.save(force_insert=True)
    _record("gateway.added", gateway, by)
    return gateway


@transaction.atomic
def remove_gateway(gateway: Gateway, *, by: User) -> None:
    """Nothing leaves by it any more. Its row stays with the messages that did."""
    gateway = Gateway.objects.select_for_update(of=("self",)).get(pk=gateway.pk)
    if gateway.removed_at is None:
        gateway.removed_at = clock.now()
        gateway.address = b""
        gateway.save(update_fields=["removed_at", "address"])
        _record("gateway.removed", gateway, by)


@transaction.atomic
def try_gateway(gateway: Gateway, *, by: User) -> None:
    """Send a greeting, so that somebody can look whether it arrives."""
    draft = Draft(
        merchant_id=gateway.merchant_id,
        template="greeting",
        about=gateway.public_id,
        key=ids.new("try"),
        language=by.language,
        letter=letters.greeting(gateway, by.language),
        gateway=gateway,
    )
    write([draft])


@transaction.atomic
def rewrap_gateways() -> int:
    """Bring every address under the newest master key. Raises `crypto.Undecryptable`."""
    gateways = list(Gateway.objects.select_for_update().filter(removed_at=None).order_by("pk"))
    for gateway in gateways:
        gateway.address = crypto.rewrap(bytes(gateway.address))
        gateway.save(update_fields=["address"])
    return len(gateways)


def _record(action: str, gateway: Gateway, by: User) -> None:
    audit.record(
        action,
        gateway.public_id,
        scope=gateway.merchant.public_id,
        actor=by.public_id,
        data={"medium": gateway.medium, "service": gateway.service, "name": gateway.name},
    )
