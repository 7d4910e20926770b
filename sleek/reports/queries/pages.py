"""Pages of a long list by a cursor: each costs the same, and new rows shift nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

SIZE = 25  # rows on a page
_BETWEEN = "."  # the parts of a key

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, newest first; `newer` and `older` are keys to read on from, empty at the ends."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read: rows older than `before`, or newer than `after`, or else the newest."""

    before: str = ""
    after: str = ""


def page(
    rows: QuerySet[Row],
    place: Place,
    *,
    by: str,
    key: tuple[str, ...] = ("public_id",),
    size: int = SIZE,
) -> Page[Row]:
    """One page of `rows`, newest by (`by`, pk) first; `key` columns name a row in an address.

    A key that is not among the rows begins at the newest, so a stale address still shows something.
    """
    anchor = _anchor(rows, place, key)
    is_forward = anchor is not None and bool(place.after)
    if anchor is not None:
        rows = rows.filter(_beyond(anchor, by, "gt" if is_forward else "lt"))
    order = (by, "pk") if is_forward else (f"-{by}", "-pk")
    found = list(rows.order_by(*order)[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_forward:
        found.reverse()
    if not found:
        return Page([])
    has_newer = has_more if is_forward else anchor is not None
    has_older = is_forward or has_more
    return Page(
        found,
        newer=_name(found[0], key) if has_newer else "",
        older=_name(found[-1], key) if has_older else "",
    )


def _anchor(rows: QuerySet[Row], place: Place, key: tuple[str, ...]) -> Row | None:
    words = (place.after or place.before).split(_BETWEEN)
    if len(words) != len(key) or not all(words):
        return None
    return rows.filter(**dict(zip(key, words, strict=True))).first()


def _name(row: Model, key: tuple[str, ...]) -> str:
    return _BETWEEN.join(str(getattr(row, column)) for column in key)


def _beyond(anchor: Model, by: str, direction: str) -> Q:
    value = getattr(anchor, by)
    return Q(**{f"{by}__{direction}": value}) | Q(**{by: value, f"pk__{direction}": anchor.pk})
