"""Banks' statements: kept, looked at, imported whole. And lines that somebody types in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import Membership
from sleek.reconciliation.models import BankFile, BankLine
from sleek.reconciliation.rules import bankfiles
from sleek.reconciliation.rules.bankfiles import Columns, FileKind, LeftOut, Unreadable
from sleek.reconciliation.rules.lines import Row, fingerprints

NAME_LETTERS = 120
WRITTEN_AT_ONCE = 500  # rows of one INSERT


class NotImportable(SleekError):
    """The file is imported already, or can't be read."""

    code = "not_importable"


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a file: rows with their fingerprints, whether each is here already, the rest."""

    rows: Sequence[tuple[Row, str, bool]]
    left_out: Sequence[LeftOut]

    @property
    def fresh(self) -> list[Row]:
        return [row for row, _, is_known in self.rows if not is_known]

    @property
    def known_count(self) -> int:
        return sum(is_known for _, _, is_known in self.rows)


@transaction.atomic
def keep_file(by: Membership, connection: Connection, name: str, content: bytes) -> BankFile:
    """Keep a statement to be looked at, instead of one that was never imported. Its columns are
    read as those of the last one with the same head, or guessed. Raises `Unreadable`.
    """
    columns = Columns()
    if bankfiles.kind_of(content) == FileKind.TABLE:
        columns = _remembered(connection, bankfiles.table_of(content))
    BankFile.objects.filter(connection=connection, imported_at=None).delete()
    return BankFile.objects.create(
        merchant_id=by.merchant_id,
        connection=connection,
        name=name[:NAME_LETTERS],
        content=content,
        columns=columns.pack(),
        created_by=by.user,
    )


@transaction.atomic
def set_columns(file: BankFile, columns: Columns) -> BankFile:
    """Raises `NotImportable`."""
    file = _lock(file)
    file.columns = columns.pack()
    file.save(update_fields=["columns"])
    return file


def look_into(file: BankFile) -> Contents:
    """Raises `Unreadable`."""
    credentials = file.connection.unseal()
    found = bankfiles.read(
        bytes(file.content),
        account=credentials["account"],
        currency=credentials["currency"],
        columns=Columns.unpack(file.columns),
    )
    prints = fingerprints(found.rows)
    known = set(
        BankLine.objects.filter(
            connection_id=file.connection_id, fingerprint__in=prints
        ).values_list("fingerprint", flat=True)
    )
    rows = [(row, mark, mark in known) for row, mark in zip(found.rows, prints, strict=True)]
    return Contents(rows, found.left_out)


@transaction.atomic
def import_file(file: BankFile, by: Membership) -> BankFile:
    """All lines that are not here yet, in one transaction. Raises `NotImportable`."""
    file = _lock(file)
    try:
        contents = look_into(file)
    except Unreadable as error:
        raise NotImportable(_("This file can't be read. Upload it once more.")) from error
    fresh = [(row, mark) for row, mark, is_known in contents.rows if not is_known]
    lines = [_line(file.connection, row, mark, by, file=file) for row, mark in fresh]
    # Another import of the same lines at once waits here, and then adds nothing.
    BankLine.objects.bulk_create(lines, batch_size=WRITTEN_AT_ONCE, ignore_conflicts=True)
    file.line_count = file.lines.count()
    file.imported_at, file.content = clock.now(), b""
    file.save(update_fields=["line_count", "imported_at", "content"])
    _record("bank_file.imported", file.public_id, by, lines=file.line_count)
    return file


@transaction.atomic
def enter_line(by: Membership, connection: Connection, row: Row, *, public_id: str) -> BankLine:
    """A line that somebody reads off the statement. Sent twice, it is written once."""
    line = _line(connection, row, public_id, by)
    line.public_id = public_id
    found, is_new = BankLine.objects.get_or_create(
        public_id=public_id,
        merchant_id=by.merchant_id,
        defaults={
            field.attname: getattr(line, field.attname)
            for field in BankLine._meta.concrete_fields
            if field.attname not in ("id", "public_id", "merchant_id")
        },
    )
    if is_new:
        _record("bank_line.entered", public_id, by, amount=row.amount.minor)
    return found


def _remembered(connection: Connection, table: bankfiles.Table) -> Columns:
    imported = BankFile.objects.filter(connection=connection, imported_at__isnull=False)
    for kept in imported.exclude(columns={}).order_by("-pk").values_list("columns", flat=True)[:5]:
        columns = Columns.unpack(kept)
        if columns.is_enough and columns.named <= set(table.head):
            return columns
    return bankfiles.guess(table)


def _lock(file: BankFile) -> BankFile:
    rows = BankFile.objects.select_for_update(of=("self",)).select_related("connection")
    file = rows.get(pk=file.pk)
    if file.imported_at:
        raise NotImportable(_("This file is imported already."))
    return file


def _line(
    connection: Connection, row: Row, mark: str, by: Membership, *, file: BankFile | None = None
) -> BankLine:
    return BankLine(
        merchant_id=by.merchant_id,
        connection=connection,
        file=file,
        booked_on=row.booked_on,
        amount=row.amount.minor,
        currency=row.amount.currency,
        payer_name=row.payer_name,
        payer_account=row.payer_account,
        account=row.account,
        text=row.text,
        reference=row.reference,
        fingerprint=mark,
        created_by=by.user,
    )


def _record(kind: str, subject: str, by: Membership, **data: object) -> None:
    audit.record(
        kind, subject, scope=by.merchant.public_id, actor=by.user.public_id, data=dict(data)
    )
    events.record([Fact(kind, subject, by.merchant_id, dict(data))])
