"""Providers deliver notices: verified, kept, answered."""

from __future__ import annotations

import io
import json
import threading
import time

import psycopg
import pytest
from pytest_django import Settings

from sleek.channels.alipay.channel import Alipay
from sleek.channels.base import Channel
from sleek.channels.models import Connection
from sleek.channels.paypal.channel import Paypal
from sleek.channels.stripe.channel import Stripe
from sleek.channels.wechatpay.channel import WechatPay
from sleek.payments.models import Notice
from sleek.web.callbacks import receive
from tests import people
from tests.fakes.channel import Bank, Till


@pytest.fixture
def till(committed_db: str, bank: Bank) -> Connection:
    receive._mailboxes.clear()
    return people.merchant().connections.get()


def deliver(
    connection_id: str,
    body: bytes = b"",
    *,
    secret: str = "s3cret",
    method: str = "POST",
    length: str | None = None,
    channel: str = "till",
) -> tuple[int, bytes]:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": f"/callbacks/{channel}/{connection_id}/",
        "CONTENT_LENGTH": str(len(body)) if length is None else length,
        "HTTP_TILL_SECRET": secret,
        "wsgi.input": io.BytesIO(body),
    }
    answered: list[int] = []
    content = receive.application(environ, lambda status, headers: answered.append(int(status[:3])))  # type: ignore[arg-type]
    return answered[0], b"".join(content)


def news(notice_id: str = "n1", key: str = "att_1") -> bytes:
    said = {"id": notice_id, "key": key, "outcome": "succeeded", "amount": 5000, "currency": "USD"}
    return json.dumps(said).encode()


def test_a_verified_notice_is_kept_and_answered_as_the_provider_expects(till: Connection) -> None:
    assert deliver(till.public_id, news()) == (200, b"thanks")
    notice = Notice.objects.get()
    assert (notice.notice_id, notice.key, notice.status) == ("n1", "att_1", "waiting")
    assert bytes(notice.body) == news()


@pytest.mark.parametrize("provider", [Stripe, Alipay, WechatPay, Paypal])
def test_what_each_provider_wants_to_read_can_be_answered(
    till: Connection, provider: type[Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = provider.acknowledgement
    monkeypatch.setattr(Till, "acknowledgement", expected)
    assert deliver(till.public_id, news()) == (expected.status, expected.body.encode())
    assert Notice.objects.count() == 1


def test_the_same_notice_again_is_answered_the_same_and_kept_once(till: Connection) -> None:
    assert [deliver(till.public_id, news())[0] for _ in range(3)] == [200, 200, 200]
    assert Notice.objects.count() == 1


def test_a_notice_that_does_not_verify_is_refused_and_not_kept(till: Connection) -> None:
    assert deliver(till.public_id, news(), secret="guess")[0] == 400
    assert deliver(till.public_id, b"not json")[0] == 400
    assert Notice.objects.count() == 0


def test_only_a_post_of_bounded_size_to_a_known_connection_is_read(till: Connection) -> None:
    assert deliver(till.public_id, method="GET")[0] == 405
    assert deliver(till.public_id, news(), length=str(receive.MAX_BODY_BYTES + 1))[0] == 413
    assert deliver(till.public_id, news(), length="many")[0] == 413
    assert deliver("con_unknown", news())[0] == 404
    assert deliver(till.public_id, news(), channel="stripe")[0] == 404


def test_a_notice_that_cannot_be_stored_does_not_keep_its_neighbours_out(till: Connection) -> None:
    answers: dict[str, int] = {}

    def send(notice_id: str) -> None:
        answers[notice_id] = deliver(till.public_id, news(notice_id))[0]

    names = ["bad\0id", *(f"n{number}" for number in range(20))]
    threads = [threading.Thread(target=send, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.pop("bad\0id") == 503
    assert set(answers.values()) == {200}
    assert Notice.objects.count() == 20


def test_while_the_database_stands_still_providers_are_told_to_come_again(
    till: Connection, committed_db: str, settings: Settings
) -> None:
    settings.NOTICE_PATIENCE_S = 0.05
    with psycopg.connect(committed_db) as busy:
        busy.execute("LOCK TABLE payments_notice")
        assert [deliver(till.public_id, news(name))[0] for name in ("n1", "n2", "n3")] == [503] * 3
        busy.rollback()
    settings.NOTICE_PATIENCE_S = 10
    while deliver(till.public_id, news("n1"))[0] != 200:
        time.sleep(0.01)  # until the first of them is written
    assert deliver(till.public_id, news("n2")) == (200, b"thanks")
    assert sorted(Notice.objects.values_list("notice_id", flat=True)) == ["n1", "n2"]
