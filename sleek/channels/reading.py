"""What providers send as JSON, read strictly. Pure."""

from __future__ import annotations

import json

from sleek.channels.base import Untrusted


def json_object(text: bytes) -> dict[str, object]:
    """An object in which no name comes twice. Raises `Untrusted`."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Untrusted("the message is no JSON") from None
    if not isinstance(found, dict):
        raise Untrusted("the message is no JSON object")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found
