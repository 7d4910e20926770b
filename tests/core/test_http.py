from __future__ import annotations

import socket

import httpx
import pytest
from django.db import transaction

from sleek.core import http

REQUEST = httpx.Request("GET", "https://provider.example/v1/payments")


def _client(handler) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(handler))


def test_a_reply_is_read_whole():
    client = _client(lambda request: httpx.Response(200, json={"status": "paid"}))
    assert http.send(REQUEST, client=client).json() == {"status": "paid"}


def test_a_reply_larger_than_the_limit_is_cut_off_while_it_comes():
    sent = 0

    def endless():
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1024 * 1024

    with pytest.raises(http.ReplyTooLarge):
        http.send(REQUEST, client=_client(lambda request: httpx.Response(200, content=endless())))
    assert sent == http.MAX_REPLY_BYTES // (1024 * 1024) + 1


def test_a_reply_that_is_not_packed_as_it_says_is_no_answer():
    def broken(request: httpx.Request) -> httpx.Response:
        parts = iter([b"not zipped at all"])
        return httpx.Response(200, headers={"content-encoding": "gzip"}, content=parts)

    with pytest.raises(http.ReplyUnreadable):
        http.send(REQUEST, client=_client(broken))


def test_a_redirect_is_not_followed():
    def elsewhere(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "provider.example"
        return httpx.Response(302, headers={"location": "http://169.254.169.254/"})

    assert http.send(REQUEST, client=_client(elsewhere)).status_code == 302


def test_nothing_is_sent_while_a_transaction_is_open(committed_db):
    calls = []

    def provider(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(200)

    client = _client(provider)

    with transaction.atomic(), pytest.raises(http.NetworkInTransaction):
        http.send(REQUEST, client=client)
    assert calls == []

    http.send(REQUEST, client=client)
    assert len(calls) == 1


def test_a_tests_own_transaction_is_none_of_ours(db):
    client = _client(lambda request: httpx.Response(204))
    assert http.send(REQUEST, client=client).status_code == 204
    with transaction.atomic(), pytest.raises(http.NetworkInTransaction):
        http.send(REQUEST, client=client)


def test_a_silent_provider_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent, httpx.Client(timeout=0.1) as client:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(httpx.ReadTimeout):
            http.send(httpx.Request("GET", url), client=client)


def test_the_ordinary_client_has_limits():
    client = http._client()
    assert client.timeout == httpx.Timeout(http.READ_TIMEOUT_S, connect=http.CONNECT_TIMEOUT_S)
