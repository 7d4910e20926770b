"""Calling a provider, and noting for the connection's breaker whether it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sleek.channels import actions as channels
from sleek.channels import registry
from sleek.channels.base import Channel, Refused, Unavailable
from sleek.channels.models import Connection
from sleek.payments import queries


@contextmanager
def asking(connection: Connection, method: str) -> Iterator[Channel]:
    """For any call but a start: silence is trouble, and an answer proves nothing of starts."""
    try:
        yield registry.connect(connection)
    except Unavailable as error:
        note_silence(connection, method, error)
        raise


@contextmanager
def starting(connection: Connection, method: str) -> Iterator[Channel]:
    """For a start: an answer is an answer, be it a refusal, unless it is of the connection."""
    try:
        with asking(connection, method) as channel:
            yield channel
    except Refused as error:
        if registry.meaning(connection.channel, error.reason).is_of_connection:
            _note(connection, method, error.reason)
        else:
            channels.note_start(connection, method)
        raise
    channels.note_start(connection, method)


def note_silence(connection: Connection, method: str, error: Unavailable) -> None:
    _note(connection, method, error.code)


def _note(connection: Connection, method: str, code: str) -> None:
    answered = partial(queries.answered, connection, method)
    channels.note_trouble(connection, method, code, answered=answered)
