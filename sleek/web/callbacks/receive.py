"""Where providers deliver notices: verify, keep, answer. The work itself is done by the worker.

A WSGI application of its own, mounted beside Django at /callbacks/: a notice needs no session, no
language and no template, and at a sale's peak they come by the thousand.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.db import close_old_connections

from sleek.channels import registry
from sleek.channels.base import Channel, ChannelError
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.payments.actions import Kept
from sleek.web.callbacks.desk import Desk

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

PREFIX = "/callbacks/"
MAX_BODY_BYTES = 256 * 1024
CREDENTIALS_KEPT_S = 10.0  # so a changed secret is used at most this late

_STATUS = {
    200: "200 OK",
    204: "204 No Content",
    400: "400 Bad Request",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    503: "503 Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class _Mailbox:
    """A connection ready to read notices."""

    connection_id: int
    channel: Channel
    read_at: float


_desk = Desk()
_mailboxes: dict[str, _Mailbox] = {}
_reading = threading.Lock()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one notice as its provider expects.

    Anything but that answer makes the provider repeat it.
    """
    status, body, kind = _answer(environ)
    content = body.encode()
    # A 204 has no content, so it may not speak of its length (RFC 9110, 8.6).
    about = [("Content-Type", kind), ("Content-Length", str(len(content)))]
    headers = about if status != HTTPStatus.NO_CONTENT else []
    start_response(_STATUS[status], headers)
    return [content]


def _answer(environ: WSGIEnvironment) -> tuple[int, str, str]:
    plain = "text/plain; charset=utf-8"
    if environ["REQUEST_METHOD"] != "POST":
        return 405, "POST only", plain
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BODY_BYTES:
        return 413, "too large", plain
    channel_id, _, connection_id = (
        environ["PATH_INFO"].removeprefix(PREFIX).strip("/").partition("/")
    )
    try:
        mailbox = _mailbox(channel_id, connection_id)
    except Exception:
        logger.exception("callbacks.connection_not_read", extra={"connection": connection_id})
        return 503, "try again", plain
    if mailbox is None:
        return 404, "no such connection", plain
    body = environ["wsgi.input"].read(int(length))
    return _receive(channel_id, mailbox, _headers(environ), body)


def _receive(
    channel_id: str, mailbox: _Mailbox, headers: dict[str, str], body: bytes
) -> tuple[int, str, str]:
    channel = mailbox.channel
    try:
        message = channel.read_notice(headers, body)
    except (ChannelError, KeyError, ValueError) as error:
        logger.warning(
            "callbacks.rejected", extra={"channel": channel_id, "error": type(error).__name__}
        )
        return 400, "not accepted", "text/plain; charset=utf-8"
    try:
        _desk.hand_in(Kept(channel_id, mailbox.connection_id, message, body, clock.now()))
    except Exception as error:
        # A database that is away is one fact, not a traceback for each notice.
        facts = {"channel": channel_id, "notice": message.id, "error": type(error).__name__}
        is_surprise = not isinstance(error, TimeoutError)
        logger.error("callbacks.not_kept", exc_info=is_surprise, extra=facts)
        return 503, "try again", "text/plain; charset=utf-8"
    thanks = channel.acknowledgement
    return thanks.status, thanks.body, thanks.content_type


def _mailbox(channel_id: str, connection_id: str) -> _Mailbox | None:
    """The connection's mailbox, read anew at most every `CREDENTIALS_KEPT_S`.

    One request reads it; the others go on with the one before, or wait when there is none yet.
    """
    known = _mailboxes.get(connection_id)
    is_stale = known is None or clock.monotonic() - known.read_at > CREDENTIALS_KEPT_S
    if is_stale and _reading.acquire(blocking=known is None):
        try:
            known = _mailboxes.get(connection_id) if known is None else None
            known = known or _read(channel_id, connection_id)
        finally:
            _reading.release()
    return known if known and known.channel.id == channel_id else None


def _read(channel_id: str, connection_id: str) -> _Mailbox | None:
    close_old_connections()
    try:
        row = Connection.objects.filter(public_id=connection_id, channel=channel_id).first()
    finally:
        close_old_connections()
    if row is None:
        return None
    mailbox = _Mailbox(row.pk, registry.connect(row), clock.monotonic())
    _mailboxes[connection_id] = mailbox
    return mailbox


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    headers = {
        key[5:].replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    headers["content-type"] = str(environ.get("CONTENT_TYPE", ""))
    return headers
