"""Who is to pay the bills of a table: looked for in the address book, which learns of whom it does
not know as soon as there is a name. Nothing is guessed between two: such rows stay out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sleek.customers.actions import Details
from sleek.customers.rules import CellFlaw, Fault, Group, folded
from sleek.merchants.models import Merchant

_UNKNOWN = Fault("name", CellFlaw.UNKNOWN)
_OTHER = Fault("email", CellFlaw.OTHER_CUSTOMER)


@dataclass(slots=True)
class _Book:
    """Customers by their keys, and how each may be named. `newcomers` are by their names, and
    `claimed` says by whose name an address came into the table.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    names: dict[str, set[int]] = field(default_factory=dict)
    addresses: dict[str, set[int]] = field(default_factory=dict)
    archived: set[int] = field(default_factory=set)
    newcomers: dict[str, Details] = field(default_factory=dict)
    claimed: dict[str, str] = field(default_factory=dict)


def payers(merchant: Merchant, groups: Sequence[Group]) -> Iterator[int | Details | Fault]:
    """Of each group the customer's key, or a newcomer, the same for all rows with the name."""
    book = _read(merchant)
    # Those with a name go first: so a row with an address alone finds a newcomer of its table.
    for group in groups:
        if group.said.payer.name:
            _payer(group, book)
    return (_payer(group, book) for group in groups)


def _read(merchant: Merchant) -> _Book:
    book = _Book()
    told = merchant.customers.values_list("pk", "public_id", "name", "email", "archived_at")
    for key, number, name, address, archived_at in told.order_by("pk"):
        book.numbers[number] = key
        book.names.setdefault(folded(name), set()).add(key)
        if address:
            book.addresses.setdefault(folded(address), set()).add(key)
        if archived_at is not None:
            book.archived.add(key)
    return book


def _payer(group: Group, book: _Book) -> int | Details | Fault:
    payer, number = group.said.payer, group.said.customer
    name, address = folded(payer.name), folded(payer.email)
    if number:
        return _one({book.numbers[number]}, book) if number in book.numbers else _UNKNOWN
    if not name and not address:
        return Fault("name", CellFlaw.MISSING)
    named, addressed = book.names.get(name, set()), book.addresses.get(address, set())
    if named:
        return _one(named & addressed or named, book)
    if addressed:
        return _OTHER if name else _one(addressed, book)
    if name:
        return _newcomer(payer, name, address, book)
    return book.newcomers.get(book.claimed.get(address, ""), _UNKNOWN)


def _one(candidates: set[int], book: _Book) -> int | Fault:
    """Who was put away is meant only where nobody else is."""
    there = candidates - book.archived
    if not there:
        return Fault("name", CellFlaw.ARCHIVED)
    return Fault("name", CellFlaw.SEVERAL) if len(there) > 1 else there.pop()


def _newcomer(payer: Details, name: str, address: str, book: _Book) -> Details | Fault:
    if address and book.claimed.setdefault(address, name) != name:
        return _OTHER
    return book.newcomers.setdefault(name, payer)
