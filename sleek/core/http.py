"""Outgoing HTTP to providers: bounded in time and size, never inside a database transaction.

A slow provider must not hold row locks: `send` refuses to run while a transaction is open.
"""

from __future__ import annotations

from functools import cache

import httpx
from django.db import connection

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 20.0
MAX_REPLY_BYTES = 8 * 1024 * 1024


class NetworkInTransaction(RuntimeError):
    """A defect in Sleek: a network call was about to happen while row locks are held."""


class ReplyTooLarge(httpx.TransportError):
    """The provider sent more than `MAX_REPLY_BYTES`."""


class ReplyUnreadable(httpx.TransportError):
    """The provider sent what is not packed as its headers say."""


def send(request: httpx.Request, *, client: httpx.Client | None = None) -> httpx.Response:
    """Send one request and read its whole reply. Redirects are not followed.

    Raises `httpx.TransportError` when nobody knows whether the other side acted.
    """
    refuse_in_transaction()
    response = (client or _client()).send(request, stream=True, follow_redirects=False)
    try:
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > MAX_REPLY_BYTES:
                raise ReplyTooLarge(f"more than {MAX_REPLY_BYTES} bytes")
            chunks.append(chunk)
    except httpx.DecodingError as error:  # no transport error to httpx, but it tells as little
        raise ReplyUnreadable(str(error)) from None
    finally:
        response.close()
    headers = [(k, v) for k, v in response.headers.items() if k != "content-encoding"]
    return httpx.Response(
        response.status_code, headers=headers, content=b"".join(chunks), request=request
    )


def refuse_in_transaction() -> None:
    blocks = connection.atomic_blocks
    # A test case's own outermost block is no transaction of ours; Django's `durable` makes the same
    # exception.
    if blocks and not blocks[-1]._from_testcase:  # type: ignore[attr-defined]  # Django's own mark
        raise NetworkInTransaction("finish the transaction before calling a provider")


@cache
def _client() -> httpx.Client:
    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    return httpx.Client(timeout=timeout, limits=httpx.Limits(max_connections=64))
