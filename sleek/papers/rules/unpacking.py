"""A sheet read back from what a paper kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from sleek.papers.rules.sheet import (
    Block,
    Column,
    Note,
    Pay,
    Row,
    Sheet,
    Stamp,
    Total,
    Verify,
)


def unpack(said: Mapping[str, Any]) -> Sheet:
    """The opposite of `dataclasses.asdict`, out of JSON. What a later version of us added has its
    default.
    """
    known = {each.name for each in fields(Sheet)}
    values = {name: _tuples(value) for name, value in said.items() if name in known}
    for name, kind in _PARTS.items():
        if values.get(name) is not None:
            values[name] = _made(kind, said[name])
    for name, kind in _LISTS.items():
        values[name] = tuple(_made(kind, each) for each in said.get(name, ()))
    return Sheet(**values)


_PARTS: dict[str, Callable[..., object]] = {
    "payee": Block,
    "payer": Block,
    "pay": Pay,
    "verify": Verify,
    "seal": Stamp,
}
_LISTS: dict[str, Callable[..., object]] = {
    "columns": Column,
    "rows": Row,
    "totals": Total,
    "schedule_columns": Column,
    "schedule": Row,
    "notes": Note,
}


def _made(kind: Callable[..., object], said: Mapping[str, Any]) -> object:
    return kind(**{name: _tuples(value) for name, value in said.items()})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
