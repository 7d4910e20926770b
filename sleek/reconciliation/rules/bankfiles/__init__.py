"""Reading banks' statements: camt.053 and camt.054, MT940, and tables. Pure.

A file is read whole or not at all: one whose balances do not add up, or that is another account's,
is refused. Of a file that is read, each line either came in, or is left out with its reason.
"""

from sleek.reconciliation.rules.bankfiles.reading import kind_of, read
from sleek.reconciliation.rules.bankfiles.statement import (
    MAX_BYTES,
    MAX_ROWS,
    FileFlaw,
    FileKind,
    LeftOut,
    Statement,
    Unreadable,
    Why,
)
from sleek.reconciliation.rules.bankfiles.table import Columns, Table, guess, table_of

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Columns",
    "FileFlaw",
    "FileKind",
    "LeftOut",
    "Statement",
    "Table",
    "Unreadable",
    "Why",
    "guess",
    "kind_of",
    "read",
    "table_of",
]
