"""Two customers may bear the same name: a person does, and so does a company with two branches. The
page that adds one says so beforehand; nothing refuses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.customers.models import Customer
from sleek.customers.rules import MAX_CUSTOMERS, Details
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import Merchant, User

WRITTEN_AT_ONCE = 500  # rows of one INSERT

_COLUMNS = tuple(each.name for each in fields(Details))


class TooManyCustomers(SleekError):
    """The address book is full."""

    code = "too_many_customers"


@transaction.atomic
def add(merchant: Merchant, details: Details, *, by: User) -> Customer:
    """Raises `TooManyCustomers`."""
    [customer] = add_many(merchant, [details], by=by)
    _audit("customer.added", customer, by)
    return customer


@transaction.atomic
def add_many(merchant: Merchant, entries: Sequence[Details], *, by: User) -> list[Customer]:
    """All or none; who calls it records the act. Raises `TooManyCustomers`."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if merchant.customers.count() + len(entries) > MAX_CUSTOMERS:
        limit = {"limit": MAX_CUSTOMERS}
        raise TooManyCustomers(_("An address book holds %(limit)s customers at most.") % limit)
    customers = Customer.objects.bulk_create(
        (Customer(merchant=merchant, created_by=by, **_values(details)) for details in entries),
        batch_size=WRITTEN_AT_ONCE,
    )
    events.record([Fact("customer.added", each.public_id, merchant.pk) for each in customers])
    return customers


@transaction.atomic
def change(customer: Customer, details: Details, *, by: User) -> Customer:
    """Bills that are out keep what they said."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    fresh = _values(details)
    changed = [name for name in _COLUMNS if getattr(customer, name) != fresh[name]]
    if not changed:
        return customer
    for name in changed:
        setattr(customer, name, fresh[name])
    customer.updated_at = clock.now()
    customer.save(update_fields=[*changed, "updated_at"])
    _record("customer.changed", customer, by, fields=" ".join(changed))
    return customer


@transaction.atomic
def archive(customer: Customer, *, by: User) -> Customer:
    """Off the lists; what was billed stays."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.archived_at is None:
        customer.archived_at = clock.now()
        customer.save(update_fields=["archived_at"])
        _record("customer.archived", customer, by)
    return customer


@transaction.atomic
def restore(customer: Customer, *, by: User) -> Customer:
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.archived_at is not None:
        customer.archived_at = None
        customer.save(update_fields=["archived_at"])
        _record("customer.restored", customer, by)
    return customer


def _values(details: Details) -> dict[str, object]:
    values = {name: getattr(details, name) for name in _COLUMNS}
    return values | {"tags": list(dict.fromkeys(details.tags))}


def _record(kind: str, customer: Customer, by: User, **data: object) -> None:
    _audit(kind, customer, by, **data)
    events.record([Fact(kind, customer.public_id, customer.merchant_id, data)])


def _audit(kind: str, customer: Customer, by: User, **data: object) -> None:
    scope = customer.merchant.public_id
    audit.record(kind, customer.public_id, scope=scope, actor=by.public_id, data=data)
