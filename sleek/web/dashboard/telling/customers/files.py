"""Customers, and rows that were left out of a table, as files for a spreadsheet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sleek.core.tables import Cell, Row
from sleek.customers.models import Customer
from sleek.customers.rules import Rejected, headings
from sleek.web.dashboard.telling import customers as telling
from sleek.web.dashboard.telling import personal
from sleek.web.ui import words

_MASKS = {"contact": "name", "email": "email", "phone": "phone", "address": "address"}


def customers(
    rows: Iterable[Customer], *, zone: ZoneInfo, rights: Collection[str]
) -> Iterator[Sequence[Cell]]:
    """The heads are those that an import knows, so the file can come back."""
    heads = [str(name) for name in telling.FIELDS.values()]
    yield [*heads, _("Added (%(zone)s)") % {"zone": zone.key}, _("Archived"), _("Number")]
    for customer in rows:
        yield _row(customer, zone, rights)


def name_of(customer: Customer, rights: Collection[str]) -> str:
    """A company's name is no personal data; a person's is."""
    return (
        personal.shown(customer.name, "name", rights) if customer.may_be_a_person else customer.name
    )


def left_out(
    rows: Sequence[Row], head_row: int, purpose: str, out: Iterable[Rejected]
) -> Iterator[Sequence[Cell]]:
    """As they stood in the table, each with its number there and with what is wrong."""
    heads = headings(rows, head_row)
    yield [_("Row"), _("Why it was left out"), *heads]
    for rejected in out:
        why = " ".join(telling.reason(purpose, fault) for fault in rejected.faults)
        yield [rejected.row.number, why, *rejected.row.cells]


def template() -> Iterator[Sequence[Cell]]:
    """An empty table with the heads that are understood, and one example."""
    yield [str(name) for name in telling.FIELDS.values()]
    example = ["Berg Keramik GmbH", "Anna Berg", "anna@example.com", "+49 221 4710999", "DE"]
    yield [*example, "Domstr. 1, 50668 Köln", "", "DE136695976", "de", "EUR", "T/T", 30, "VIP", ""]


def _row(customer: Customer, zone: ZoneInfo, rights: Collection[str]) -> list[Cell]:
    told: dict[str, Cell] = {field: getattr(customer, field) for field in telling.FIELDS}
    for field, mask in _MASKS.items():
        told[field] = personal.shown(str(told[field]), mask, rights)
    told["name"] = name_of(customer, rights)
    told["memo"] = personal.shown(customer.memo, "answer", rights)
    told["method"] = words.method(customer.method) if customer.method else ""
    told["tags"] = ", ".join(customer.tags)
    added = customer.created_at.astimezone(zone)
    return [*told.values(), added, _("yes") if customer.archived_at else "", customer.public_id]
