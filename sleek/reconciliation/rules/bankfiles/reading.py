"""Which kind of file it is, and what is in it. Pure."""

from __future__ import annotations

from sleek.reconciliation.rules.bankfiles import camt, mt940, table
from sleek.reconciliation.rules.bankfiles.statement import (
    MAX_BYTES,
    FileFlaw,
    FileKind,
    Statement,
    Unreadable,
)
from sleek.reconciliation.rules.bankfiles.table import Columns


def kind_of(content: bytes) -> FileKind:
    """Raises `Unreadable`."""
    if not content.strip():
        raise Unreadable(FileFlaw.EMPTY)
    if len(content) > MAX_BYTES:
        raise Unreadable(FileFlaw.TOO_HEAVY)
    if camt.looks_like(content):
        return FileKind.CAMT
    return FileKind.MT940 if mt940.looks_like(content) else FileKind.TABLE


def read(content: bytes, *, account: str, currency: str, columns: Columns) -> Statement:
    """The lines of the account with this number. Raises `Unreadable`."""
    kind = kind_of(content)
    if kind == FileKind.CAMT:
        return camt.read(content, account)
    if kind == FileKind.MT940:
        return mt940.read(content, account)
    return table.read(table.table_of(content), columns, currency)
