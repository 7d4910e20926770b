"""The network between our connectors and the simulators: it passes everything on, until it is told
to do harm.

Each fault is what becomes of one request. What the other side did by then is part of the fault:
`before` means that it heard nothing, `after` that it acted and we do not learn what.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import httpx

from sleek.core import http

Fault: TypeAlias = Callable[["Wire", httpx.Request], httpx.Response]
BOMB = gzip.compress(bytes(2 * http.MAX_REPLY_BYTES))


class Wire(httpx.BaseTransport):
    def __init__(self) -> None:
        self._real = httpx.HTTPTransport()
        self._fault: Fault | None = None
        self.last: httpx.Response | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fault, self._fault = self._fault, None
        return fault(self, request) if fault else self.send(request)

    def send(self, request: httpx.Request) -> httpx.Response:
        """As it should be."""
        request.read()
        answer = self._real.handle_request(request)
        content = answer.read()
        answer.close()
        headers = [pair for pair in answer.headers.multi_items() if pair[0] != "transfer-encoding"]
        self.last = httpx.Response(answer.status_code, headers=headers, content=content)
        return _again(self.last)

    @contextmanager
    def harmed(self, fault: Fault) -> Iterator[None]:
        """The first request meanwhile meets the fault."""
        self._fault = fault
        try:
            yield
        finally:
            self._fault = None

    def close(self) -> None:
        self._real.close()


def _again(answer: httpx.Response, **changes: object) -> httpx.Response:
    headers = [pair for pair in answer.headers.multi_items() if pair[0] != "content-length"]
    given: dict[str, object] = {"headers": headers, "content": answer.content}
    status = int(str(changes.pop("status", answer.status_code)))
    return httpx.Response(status, **(given | changes))  # type: ignore[arg-type]


def _broken(error: type[httpx.TransportError], *, acts: bool) -> Fault:
    def fault(wire: Wire, request: httpx.Request) -> httpx.Response:
        if acts:
            wire.send(request)
        raise error("the connection broke", request=request)

    return fault


def _status(status: int, *, acts: bool = False, **headers: str) -> Fault:
    def fault(wire: Wire, request: httpx.Request) -> httpx.Response:
        if acts:
            wire.send(request)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Response(status, headers=given, content=b"<h1>Sorry</h1>")

    return fault


def _body(change: Callable[[bytes], bytes], **headers: str) -> Fault:
    """It acted, and its answer is not what it said."""

    def fault(wire: Wire, request: httpx.Request) -> httpx.Response:
        answer = wire.send(request)
        kept = dict(answer.headers) | headers
        kept.pop("content-length", None)
        # As a stream: what it is packed in is for the reader to find out.
        return _again(answer, headers=kept, content=iter([change(answer.content)]))

    return fault


def _unsigned(wire: Wire, request: httpx.Request) -> httpx.Response:
    """Whatever proves who answered is gone."""
    answer = wire.send(request)
    kept = {k: v for k, v in answer.headers.items() if "sign" not in k.lower()}
    kept.pop("content-length", None)
    return _again(answer, headers=kept, content=answer.content.replace(b"sign", b"sing"))


def _stale(wire: Wire, request: httpx.Request) -> httpx.Response:
    """A proxy hands out what it was told some time ago, about something else."""
    before = wire.last
    answer = wire.send(request)
    return _again(before or answer)


def _twice(wire: Wire, request: httpx.Request) -> httpx.Response:
    """A proxy repeats the request, and we hear the second answer."""
    wire.send(request)
    return wire.send(request)


def _cut_off(wire: Wire, request: httpx.Request) -> httpx.Response:
    """The body ends in the middle, and the connection with it."""
    answer = wire.send(request)

    def parts() -> Iterator[bytes]:
        yield answer.content[: len(answer.content) // 2]
        raise httpx.RemoteProtocolError("peer closed connection", request=request)

    return _again(answer, content=parts())


def _endless(wire: Wire, request: httpx.Request) -> httpx.Response:
    answer = wire.send(request)
    return _again(answer, content=(b" " * 65536 for _ in range(4096)))


FAULTS: dict[str, Fault] = {
    "nobody listens": _broken(httpx.ConnectError, acts=False),
    "connecting takes too long": _broken(httpx.ConnectTimeout, acts=False),
    "reset before": _broken(httpx.WriteError, acts=False),
    "reset after": _broken(httpx.ReadError, acts=True),
    "silence before": _broken(httpx.ReadTimeout, acts=False),
    "silence after": _broken(httpx.ReadTimeout, acts=True),
    "hung up without an answer": _broken(httpx.RemoteProtocolError, acts=True),
    "no free connection": _broken(httpx.PoolTimeout, acts=False),
    "500 before": _status(500),
    "500 after": _status(500, acts=True),
    "502 after": _status(502, acts=True),
    "503 before": _status(503, retry_after="120"),
    "504 after": _status(504, acts=True),
    "429": _status(429),
    "401 of a proxy": _status(401),
    "404 of a proxy": _status(404),
    "a redirect": _status(302, location="http://127.0.0.1:9/elsewhere"),
    "200 and nothing": _body(lambda body: b""),
    "200 and a page": _body(lambda body: b"<html>Log in to the Wi-Fi</html>"),
    "200 and noise": _body(lambda body: bytes(range(256))),
    "200 and null": _body(lambda body: b"null"),
    "200 and a list": _body(lambda body: b"[]"),
    "half of it": _body(lambda body: body[: len(body) // 2]),
    "cut off": _cut_off,
    "said twice in a row": _body(lambda body: body + body),
    "some bits flipped": _body(lambda body: body[:-9] + bytes(each ^ 1 for each in body[-9:])),
    "another kind of content": _body(lambda body: body, **{"content-type": "image/png"}),
    "a gzip bomb": _body(lambda body: BOMB, **{"content-encoding": "gzip"}),
    "gzip that is none": _body(lambda body: body, **{"content-encoding": "gzip"}),
    "without an end": _endless,
    "its proof removed": _unsigned,
    "an old answer": _stale,
    "asked twice": _twice,
}


@contextmanager
def between() -> Iterator[Wire]:
    """All that Sleek sends meanwhile goes over this wire."""
    wire = Wire()
    real = http._client
    client = httpx.Client(transport=wire)
    http._client = lambda: client  # type: ignore[assignment]
    try:
        yield wire
    finally:
        http._client = real
        client.close()
