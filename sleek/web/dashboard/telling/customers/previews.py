"""What a table would bring, and what of it is left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.utils.text import Truncator

from sleek.customers.actions import Contents
from sleek.customers.rules import Kind, Layout, Rejected
from sleek.web.dashboard.telling import customers as telling
from sleek.web.ui import words

_LETTERS = 80  # of what a rejected row says


def preview(
    kind: Kind[Any], layout: Layout, contents: Contents[Any], shown: int
) -> dict[str, object]:
    fields = [field.name for field in kind.fields if field.name in layout.places]
    return {
        "is_readable": True,
        "heads": [telling.label(kind.purpose, name) for name in fields],
        "fresh": [
            (number, [_told(name, getattr(entry, name)) for name in fields])
            for number, entry in contents.entries[:shown]
        ],
        "fresh_count": len(contents.entries),
        "alike": contents.alike[:shown],
        "alike_count": len(contents.alike),
        "adds_alike": layout.adds_alike,
        "shown": shown,
        **left_out(kind.purpose, contents.rejected, shown),
    }


def left_out(purpose: str, rejected: Sequence[Rejected], shown: int) -> dict[str, object]:
    told = [
        (
            out.row.number,
            [telling.reason(purpose, fault) for fault in out.faults],
            Truncator(" · ".join(_once(out.row.cells))).chars(_LETTERS),
        )
        for out in rejected[:shown]
    ]
    return {"rejected": told, "rejected_count": len(rejected), "shown": shown}


def _once(cells: Sequence[str]) -> list[str]:
    """What stands in merged cells stands in each of them."""
    return [text for text, _same in groupby(cells) if text]


def _told(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if name == "method" and value:
        return words.method(str(value))
    return "" if value is None else str(value)
