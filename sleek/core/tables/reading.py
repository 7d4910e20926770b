"""Which kind of file it is, and what is in it: its content tells, never its name."""

from __future__ import annotations

from sleek.core.tables import delimited, workbooks
from sleek.core.tables.sheet import MAX_BYTES, Sheet, TableFlaw, UnreadableTable

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and an .xlsx with a password
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def read(content: bytes) -> Sheet:
    """Raises `UnreadableTable`."""
    if not content.strip():
        raise UnreadableTable(TableFlaw.EMPTY)
    if len(content) > MAX_BYTES:
        raise UnreadableTable(TableFlaw.TOO_HEAVY)
    if content.startswith(_COMPOUND):
        raise UnreadableTable(TableFlaw.OLD_OR_LOCKED)
    if content.startswith(_OTHERS):
        raise UnreadableTable(TableFlaw.OTHER_FORMAT)
    sheet = workbooks.read(content) if content.startswith(_ZIP) else delimited.read(content)
    if not sheet.rows:
        raise UnreadableTable(TableFlaw.EMPTY)
    return sheet
