"""Counting tries by keyed hashes, each time in one statement.

Without the installation's secret no key can be tested against an address. Slots are short, so that
a window slides; there are at most a few hundred for a key, however many tries.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.utils.crypto import salted_hmac

from sleek.core import arrays, clock
from sleek.risk import rules
from sleek.risk.rules import Count, Counts, Scope, Window

_KEY_LENGTH = 32  # hexadecimal digits, 128 bits
_WINDOWS = {window // rules.SLOT_S: window for window in Window}  # by their number of slots


def key(name: str) -> str:
    return salted_hmac("sleek.risk", name, algorithm="sha256").hexdigest()[:_KEY_LENGTH]


def read(keys: Mapping[Scope, str]) -> Counts:
    return _ask("SELECT * FROM risk_read(%s, %s, %s)", keys, [])


def count(keys: Mapping[Scope, str], reference: str = "") -> Counts:
    """What there was before this try, which is counted. Who counts by the same first key waits
    until this transaction ends.
    """
    return _ask("SELECT * FROM risk_count(%s, %s, %s, %s)", keys, [reference])


def present() -> int:
    return rules.slot_at(clock.now())


def _ask(question: str, keys: Mapping[Scope, str], more: list[str]) -> Counts:
    wanted: tuple[str | int, ...] = (
        arrays.literal(keys.values()),
        present(),
        arrays.literal(_WINDOWS),
        *more,
    )
    with connection.cursor() as cursor:
        cursor.execute(question, wanted)
        rows = cursor.fetchall()
    scopes = {key: scope for scope, key in keys.items()}
    return {(scopes[row[0]], _WINDOWS[row[1]]): Count(*row[2:]) for row in rows}
