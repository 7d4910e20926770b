"""PostgreSQL array literals, for statements that write hundreds of rows at once.

psycopg's own list dumper looks up a dumper for every element and costs ten times as much; on the
path that takes providers' notices this is what decides how many a second go through.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

Element: TypeAlias = str | int | datetime | bytes | None


def literal(values: Iterable[Element]) -> str:
    """The text of an array, to be passed as one parameter and cast: `%s::bigint[]`."""
    return "{" + ",".join(map(_element, values)) + "}"


def literals(rows: Iterable[tuple[Element, ...]]) -> list[str]:
    """One array for each column of the rows, for `unnest`. The rows must not be none."""
    return [literal(column) for column in zip(*rows, strict=True)]


def _element(value: Element) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    text = str(value)
    if "\0" in text:
        raise ValueError("PostgreSQL stores no NUL characters")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
