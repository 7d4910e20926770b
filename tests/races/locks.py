"""Planted bugs of the kind that one process alone never shows: a lock is missing.

Each is one lock of the product, taken away where it is taken, and the race that finds it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from types import CodeType, FrameType
from typing import Any, TypeAlias

import pytest
from django.db.models import QuerySet

from sleek.merchants.models import Merchant
from tests.fakes.channel import Bank

Race: TypeAlias = Callable[[Merchant, Bank], None]
CALLERS = 3  # frames between a queryset's method and who asked for it


@dataclass(frozen=True, slots=True)
class Guarded:
    race: Race
    unlock: Callable[[pytest.MonkeyPatch], None]


RACES: dict[str, Guarded] = {}


def guarded_by(function: Callable[..., Any]) -> Callable[[Race], Race]:
    """A race that only the row lock which this function takes decides."""
    code = inspect.unwrap(function).__code__

    def known(race: Race) -> Race:
        def unlock(patch: pytest.MonkeyPatch) -> None:
            _take_no_row_lock(patch, code)

        return _register(race, unlock)

    return known


def guarded_in_sql(module: Any, name: str, clause: str) -> Callable[[Race], Race]:
    """The same of a lock that is a clause of a statement."""

    def known(race: Race) -> Race:
        def unlock(patch: pytest.MonkeyPatch) -> None:
            statement = getattr(module, name)
            assert clause in statement
            patch.setattr(module, name, statement.replace(clause, ""))

        return _register(race, unlock)

    return known


def _register(race: Race, unlock: Callable[[pytest.MonkeyPatch], None]) -> Race:
    RACES[race.__name__.replace("_", " ")] = Guarded(race, unlock)
    return race


def _take_no_row_lock(patch: pytest.MonkeyPatch, code: CodeType) -> None:
    right = QuerySet.select_for_update

    def wrong(rows: Any, *arguments: Any, **options: Any) -> Any:
        callers = islice(_frames(sys._getframe(1)), CALLERS)
        if any(frame.f_code is code for frame in callers):
            return rows.all()
        return right(rows, *arguments, **options)

    patch.setattr(QuerySet, "select_for_update", wrong)


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
