"""A year's papers as one ZIP, as an auditor wants them: every bill, receipt and credit note by its
number, void ones too, each file as it was issued, and a list of all that happened to them. Or the
same of some bills.

The same year gives the same bytes, and is written while it is read: a thousand bills need no more
memory than one.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from sleek.core import tables
from sleek.core.money import Money
from sleek.core.tables import Cell
from sleek.invoices.models import CreditNote, Invoice
from sleek.merchants.models import Merchant
from sleek.papers import drawing
from sleek.papers.models import Paper
from sleek.papers.rules import Kind
from sleek.receipts.models import Receipt

ZIP = "application/zip"
AT_ONCE = 50  # rows in memory
MOST_PACKED = 5000  # bills that somebody chose; some hundred kilobytes each
_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP can say: when it was packed is no fact
_UNIX, _READABLE = 3, 0o644 << 16
_HEAD = (
    *("kind", "number", "issued_on", "payer", "currency", "amount", "status", "files", "sha256"),
    *("sent_to", "views"),
)

Entry = dict[str, Any]  # of the manifest, as JSON has it


def archive(merchant: Merchant, year: int) -> Iterator[bytes]:
    """Piece by piece. A folder for each kind; `manifest.json` and `manifest.csv` list them."""
    return _zipped(merchant, _entries(merchant, year))


def packed(merchant: Merchant, bills: QuerySet[Invoice]) -> Iterator[bytes]:
    """The same of these bills, which are the merchant's and issued, and of their credit notes."""
    return _zipped(merchant, _entries_of(merchant, bills))


def _zipped(merchant: Merchant, entries: Iterable[Entry]) -> Iterator[bytes]:
    pieces = _Pieces()
    manifest: list[Entry] = []
    with zipfile.ZipFile(pieces, "w") as packed:
        for entry in entries:
            manifest.append(entry)
            for version, paper in enumerate(_papers(merchant, entry["id"]), start=1):
                for name, content in _files(entry, version, paper):
                    path = _free(packed, name, entry["id"])
                    _pack(packed, path, content, zipfile.ZIP_STORED)
                    sha256 = hashlib.sha256(content).hexdigest()
                    entry["files"].append({"path": path, "sha256": sha256})
                    yield pieces.taken()
        _pack(packed, "manifest.json", _as_json(manifest), zipfile.ZIP_DEFLATED)
        _pack(packed, "manifest.csv", _as_csv(manifest), zipfile.ZIP_DEFLATED)
    yield pieces.taken()


class _Pieces(io.RawIOBase):
    """Where the ZIP is written to: it hands on what came, and keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._written += piece
        return len(piece)

    def taken(self) -> bytes:
        piece = bytes(self._written)
        self._written.clear()
        return piece


def _entries(merchant: Merchant, year: int) -> Iterator[Entry]:
    within = {"issued_on__gte": date(year, 1, 1), "issued_on__lt": date(year + 1, 1, 1)}
    bills = merchant.invoices.exclude(number="").filter(**within)
    for bill in _in_order(bills.prefetch_related("sendings", "views")):
        yield _bill(bill)
    for receipt in _in_order(merchant.receipts.filter(**within)):
        yield _receipt(receipt)
    for note in _in_order(merchant.credit_notes.filter(**within).select_related("invoice")):
        yield _note(note)


def _entries_of(merchant: Merchant, bills: QuerySet[Invoice]) -> Iterator[Entry]:
    for bill in _in_order(bills.prefetch_related("sendings", "views")):
        yield _bill(bill)
    notes = merchant.credit_notes.filter(invoice__in=bills)
    for note in _in_order(notes.select_related("invoice")):
        yield _note(note)


def _in_order(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.order_by("issued_on", "pk").iterator(chunk_size=AT_ONCE)


def _papers(merchant: Merchant, subject: str) -> Iterator[Paper]:
    """One after the other: each is some hundred kilobytes."""
    known = Paper.objects.filter(merchant=merchant, subject=subject).order_by("pk")
    for key in list(known.values_list("pk", flat=True)):
        yield known.defer("sheet").get(pk=key)


def _bill(bill: Invoice) -> Entry:
    return _entry(Kind.BILL, bill, Money(bill.amount, bill.currency)) | {
        "payer": bill.payer_name,
        "asked": bill.asked.decimal,
        "status": bill.status,
        "reason": bill.end_reason,
        "issued_at": bill.issued_at,
        "viewed_at": bill.viewed_at,
        "sendings": [
            {
                "at": each.created_at,
                "to": each.to,
                "language": each.language,
                "reminds": each.reminded_on is not None,
            }
            for each in sorted(bill.sendings.all(), key=lambda each: each.pk)
        ],
        "views": [
            {"on": each.on, "count": each.count}
            for each in sorted(bill.views.all(), key=lambda each: each.on)
        ],
    }


def _receipt(receipt: Receipt) -> Entry:
    return _entry(Kind.RECEIPT, receipt, receipt.money) | {
        "payer": receipt.payer_name,
        "bills": receipt.bills,
    }


def _note(note: CreditNote) -> Entry:
    return _entry(Kind.CREDIT_NOTE, note, Money(note.amount, note.invoice.currency)) | {
        "payer": note.invoice.payer_name,
        "bills": [note.invoice.number],
        "reason": note.reason,
    }


def _entry(kind: Kind, row: Invoice | Receipt | CreditNote, amount: Money) -> Entry:
    return {
        "kind": kind.value,
        "id": row.public_id,
        "number": row.number,
        "issued_on": row.issued_on,
        "currency": amount.currency,
        "amount": amount.decimal,
        "files": [],
    }


def _files(entry: Entry, version: int, paper: Paper) -> Iterator[tuple[str, bytes]]:
    """The paper by its number, its version behind it where it was issued anew; and what the paper
    carries within, beside it.
    """
    name = paper.file_name.removesuffix(".pdf") + (f".v{version}" if version > 1 else "")
    folder = f"{entry['kind']}s"
    content = bytes(paper.content)
    yield f"{folder}/{name}.pdf", content
    if enclosed := drawing.enclosed_invoice(content):
        yield f"{folder}/{name}.xml", enclosed


def _free(packed: zipfile.ZipFile, path: str, public_id: str) -> str:
    """Two numbers may differ in what no file's name can have."""
    if path not in packed.NameToInfo:
        return path
    stem, _dot, ending = path.rpartition(".")
    return f"{stem}.{public_id}.{ending}"


def _pack(packed: zipfile.ZipFile, path: str, content: bytes, how: int) -> None:
    told = zipfile.ZipInfo(path, _STAMP)
    told.compress_type, told.create_system, told.external_attr = how, _UNIX, _READABLE
    packed.writestr(told, content)


def _as_json(manifest: list[Entry]) -> bytes:
    said = json.dumps(manifest, ensure_ascii=False, indent=1, default=_said)
    return said.encode()


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _as_csv(manifest: list[Entry]) -> bytes:
    return "".join(tables.csv_lines([_HEAD, *map(_line, manifest)])).encode()


def _line(entry: Entry) -> Sequence[Cell]:
    files, views = entry["files"], entry.get("views", [])
    return [
        *(entry["kind"], entry["number"], entry["issued_on"], entry["payer"], entry["currency"]),
        *(entry["amount"], entry.get("status", ""), " ".join(each["path"] for each in files)),
        " ".join(each["sha256"] for each in files),
        " ".join(each["to"] for each in entry.get("sendings", [])),
        sum(each["count"] for each in views),
    ]
