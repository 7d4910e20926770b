"""Tables from spreadsheets: kept, looked at, imported whole or not at all.

What has a purpose of its own imports like `import_customers` does: in one transaction it takes the
table, which nobody can take again, and writes what the rows say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock, tables
from sleek.core.errors import SleekError
from sleek.customers import queries, rules
from sleek.customers.actions.book import add_many
from sleek.customers.models import ColumnMap, TableFile
from sleek.customers.queries import Like
from sleek.customers.rules import CUSTOMERS, Found, Kind, Layout, Rejected
from sleek.customers.rules.columns import below
from sleek.merchants.models import Membership, Merchant

Entry = TypeVar("Entry")

NAME_LETTERS = 120
SHEET_LETTERS = 40


class TableRefused(SleekError):
    """The table is imported already, or nothing in it can be."""

    code = "table_refused"


@dataclass(frozen=True, slots=True)
class Contents(Generic[Entry]):
    """What would come in, what is left out because it is like something that is there, and what is
    rejected.
    """

    entries: Sequence[tuple[int, Entry]]
    alike: Sequence[tuple[int, Entry, Like]]
    rejected: Sequence[Rejected]


@transaction.atomic
def keep_table(
    by: Membership, kind: Kind[Any], name: str, content: bytes, *, subject: str = ""
) -> TableFile:
    """Keep a table to be looked at, instead of others of the same person and purpose. It is read as
    the last one with the same head, or guessed. Raises `UnreadableTable`.
    """
    sheet = tables.read(content)
    rows = rules.joined(kind, sheet.rows)
    TableFile.objects.filter(
        merchant_id=by.merchant_id, purpose=kind.purpose, subject=subject, created_by=by.user
    ).filter(imported_at=None).delete()
    _forget_rows(by.merchant_id, kind)
    return TableFile.objects.create(
        merchant_id=by.merchant_id,
        purpose=kind.purpose,
        subject=subject,
        name=name[:NAME_LETTERS],
        sheet=sheet.name[:SHEET_LETTERS],
        unread=[title[:SHEET_LETTERS] for title in sheet.unread],
        content_hash=hashlib.sha256(content).hexdigest(),
        rows=_packed(rows),
        layout=_first_layout(by.merchant_id, kind, rows).pack(),
        created_by=by.user,
    )


@transaction.atomic
def set_layout(file: TableFile, kind: Kind[Any], layout: Layout) -> TableFile:
    """As a person says it is to be read, from now on and the next time. Raises `TableRefused`."""
    file = _lock(file)
    file.layout = layout.pack()
    file.save(update_fields=["layout"])
    ColumnMap.objects.update_or_create(
        merchant_id=file.merchant_id,
        purpose=kind.purpose,
        head_hash=rules.head_hash(file.grid, layout.head_row),
        defaults={"columns": layout.pack(), "updated_at": clock.now()},
    )
    return file


def read(file: TableFile, kind: Kind[Entry]) -> Found[Entry]:
    layout = file.read_as
    rows = below(file.grid, layout.head_row)
    return rules.read_rows(kind, rows, layout.places, decimal_mark=layout.decimal_mark)


def look_into(file: TableFile) -> Contents[rules.Details]:
    """A table of customers, beside those who are there."""
    found = read(file, CUSTOMERS)
    likes = queries.alike(file.merchant, found.entries)
    alike = [(number, entry, likes[number]) for number, entry in found.entries if number in likes]
    if file.read_as.adds_alike:
        return Contents(found.entries, alike, found.rejected)
    fresh = [(number, entry) for number, entry in found.entries if number not in likes]
    return Contents(fresh, alike, found.rejected)


@transaction.atomic
def import_customers(file: TableFile, by: Membership) -> TableFile:
    """All good rows in one transaction. Raises `TableRefused`, `TooManyCustomers`."""
    # Two imports of one merchant follow each other, so the second one sees what the first added.
    Merchant.objects.select_for_update(no_key=True).get(pk=file.merchant_id)
    contents = look_into(file)
    file = take(file, len(contents.entries), contents.rejected)
    add_many(file.merchant, [entry for _number, entry in contents.entries], by=by.user)
    audit.record(
        "customer.imported",
        file.public_id,
        scope=by.merchant.public_id,
        actor=by.user.public_id,
        data={"file": file.name, "rows": file.row_count},
    )
    return file


@transaction.atomic
def take(
    file: TableFile, row_count: int, rejected: Sequence[Rejected], *, into: str = ""
) -> TableFile:
    """Mark it as imported; of its rows, those that were left out stay to be downloaded. The caller
    writes what the others say in the same transaction. `into` tells the state of what they come
    into, where the same table may come again once that has changed. Raises `TableRefused`.
    """
    file = _lock(file)
    if not row_count:
        raise TableRefused(_("No row of this table can be imported as it is read now."))
    mark = _import_hash(file, into)
    if TableFile.objects.filter(merchant_id=file.merchant_id, import_hash=mark).exists():
        raise TableRefused(
            _("This very table is imported already, read in the same way. Nothing was added twice.")
        )
    head = [row for row in file.grid if row.number == file.read_as.head_row]
    file.rows = _packed([*head, *(out.row for out in rejected)])
    file.row_count, file.imported_at, file.import_hash = row_count, clock.now(), mark
    file.save(update_fields=["rows", "row_count", "imported_at", "import_hash"])
    return file


def tie(file: TableFile, subject: str) -> None:
    """Say what its rows went into, where that came about by them."""
    file.subject = subject
    file.save(update_fields=["subject"])


def tell_made(file: TableFile, made: Sequence[str]) -> None:
    """Say what its rows became."""
    file.made = list(made)
    file.save(update_fields=["made"])


def _first_layout(merchant_id: int, kind: Kind[Any], rows: Sequence[tables.Row]) -> Layout:
    guessed = rules.guess(kind, rows)
    head_hash = rules.head_hash(rows, guessed.head_row)
    known = ColumnMap.objects.filter(
        merchant_id=merchant_id, purpose=kind.purpose, head_hash=head_hash
    ).first()
    width = max(len(row.cells) for row in rows)
    return rules.remembered(kind, known.columns, guessed, width) if known else guessed


def _forget_rows(merchant_id: int, kind: Kind[Any]) -> None:
    """What was left out of earlier tables is kept no longer than until the next one."""
    imported = TableFile.objects.filter(merchant_id=merchant_id, purpose=kind.purpose)
    imported.filter(imported_at__isnull=False).exclude(rows=[]).update(rows=[])


def _lock(file: TableFile) -> TableFile:
    rows = TableFile.objects.select_for_update(of=("self",)).select_related("merchant")
    file = rows.get(pk=file.pk)
    if file.imported_at:
        raise TableRefused(_("This table is imported already. Nothing was added twice."))
    return file


def _import_hash(file: TableFile, into: str) -> str:
    told = [file.purpose, file.subject + into, file.content_hash, file.layout]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _packed(rows: Sequence[tables.Row]) -> list[list[object]]:
    return [[row.number, list(row.cells), list(row.gaps)] for row in rows]
