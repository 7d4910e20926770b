"""Reading plans and portions."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection


class Wallet(NamedTuple):
    """Another merchant of this installation, as far as somebody who knows its number may know."""

    merchant_id: int
    name: str


def wallet(number: str) -> Wallet | None:
    """By a merchant's public id, which nobody can guess."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM splits_wallet(%s)", [number])
        row = cursor.fetchone()
    return Wallet(*row) if row else None
