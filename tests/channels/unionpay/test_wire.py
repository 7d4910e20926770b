"""What goes to UnionPay and what its answers mean, over the sandbox and to the letter."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import pkcs12

from sleek.channels.base import Failure, Flow, Movement, Outcome, Refused, Unavailable
from sleek.channels.unionpay import mapping, statement
from sleek.channels.unionpay.channel import END_MARGIN, UnionPay
from sleek.core import clock
from sleek.core.money import Money
from tests.channels.contract import read_all
from tests.channels.providers import order_for, paid, past_its_end, refund_of, refunded, started
from tests.channels.unionpay import forging
from tests.channels.unionpay.provider import UnionpayProvider

NOON = datetime(2026, 3, 2, 4, 0, 30, tzinfo=UTC)


def no_network(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"nothing is to be sent to {request.url}")


def test_the_form_says_what_is_to_be_paid_and_needs_no_call(provider: UnionpayProvider):
    silent = httpx.Client(transport=httpx.MockTransport(no_network))
    channel = UnionPay(provider.credentials | {"gateway": ""}, client=silent)
    with clock.frozen(NOON):
        order = order_for(
            provider, key="att_01jd7e5k8m0000000000000000", description="青花&茶具 {一} [套]"
        )
        step = channel.start(order)
    assert step.flow == Flow.REDIRECT
    assert step.url == "https://gateway.95516.com/gateway/api/frontTransReq.do"
    fields = dict(step.data)
    signature = fields.pop("signature")
    assert fields == {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "signMethod": "01",
        "certId": provider.account["cert_id"],
        "txnType": "01",
        "txnSubType": "01",
        "bizType": "000201",
        "channelType": "07",
        "accessType": "0",
        "merId": provider.account["mer_id"],
        "orderId": "att01jd7e5k8m0000000000000000",
        "txnTime": "20260302120030",
        "payTimeout": "20260302121530",
        "txnAmt": "8880",
        "currencyCode": "156",
        "frontUrl": "http://127.0.0.1:9/pay/pay_1/return/",
        "backUrl": provider.receiver.url,
        "riskRateInfo": "{commodityName=青花 茶具 一 套}",
    }
    # The hexadecimal digits are what is signed.
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    digits = hashlib.sha256(text.encode()).hexdigest().encode()
    certificate = x509.load_pem_x509_certificate(provider.account["certificate"].encode())
    key = certificate.public_key()
    key.verify(base64.b64decode(signature), digits, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg,arg-type]
    assert fields["certId"] == str(certificate.serial_number)


def test_a_phone_gets_the_page_for_phones(provider: UnionpayProvider):
    step = provider.channel.start(order_for(provider, flow=Flow.MOBILE))
    assert (step.flow, step.data["channelType"]) == (Flow.MOBILE, "08")
    assert provider.carry(step).status_code == 303


def test_a_pfx_with_its_password_is_as_good_as_pem(provider: UnionpayProvider):
    key = serialization.load_pem_private_key(provider.merchant_key.encode(), None)
    certificate = x509.load_pem_x509_certificate(provider.account["certificate"].encode())
    form = serialization.BestAvailableEncryption(b"000000")
    packed = pkcs12.serialize_key_and_certificates(b"union", key, certificate, None, form)  # type: ignore[arg-type]
    text = base64.encodebytes(packed).decode()
    channel = UnionPay(provider.credentials | {"sign_key": text, "sign_password": "000000"})
    channel.check()
    with pytest.raises(Refused) as refusal:
        UnionPay(provider.credentials | {"sign_key": text, "sign_password": "000001"})
    assert refusal.value.reason == "sign_key"


@pytest.mark.parametrize("key", ["att_01JD7e5k8m", "ref_00000", f"att_{'z' * 37}"])
def test_an_id_goes_there_and_comes_back(key: str):
    sent = mapping.order_id(key)
    assert sent.isalnum()
    assert 8 <= len(sent) <= 40
    assert mapping.key_of(sent) == key


@pytest.mark.parametrize(
    "key", ["", "att_", "att_1234", f"att_{'z' * 38}", "att_a_b12", "att_é2345"]
)
def test_an_id_that_would_not_come_back_is_not_sent(key: str):
    with pytest.raises(Refused) as refusal:
        mapping.order_id(key)
    assert refusal.value.reason == "order_id"


def test_other_currencies_are_not_sent(provider: UnionpayProvider):
    with pytest.raises(Refused) as refusal:
        provider.channel.start(order_for(provider, amount=Money(8880, "USD")))
    assert refusal.value.reason == "currency"


def test_an_order_is_known_by_its_time_too(provider: UnionpayProvider):
    order, _ = paid(provider)
    assert order.started_at is not None
    other = replace(order, started_at=order.started_at + timedelta(seconds=1))
    assert provider.channel.fetch(other).outcome == Outcome.PENDING
    with pytest.raises(Refused) as refusal:
        provider.channel.fetch(replace(order, started_at=None))
    assert refusal.value.reason == "started_at"


def test_the_same_form_may_be_brought_again_until_it_is_paid(provider: UnionpayProvider):
    order = started(provider)
    step = provider.channel.start(order)
    assert provider.channel.start(order) == step
    assert [provider.carry(step).status_code for _ in range(2)] == [303, 303]
    provider.pay(order)
    again = provider.carry(step)
    assert (again.status_code, "<code>12</code>" in again.text) == (400, True)
    assert provider.booked(order, "money.captured") == 1


def test_after_a_declined_card_another_may_follow(provider: UnionpayProvider):
    order = started(provider)
    provider.meet(order)
    provider.decline(order, "64")
    report = provider.channel.fetch(order)
    assert (report.outcome, report.failure_code) == (Outcome.PENDING, "64")
    assert report.failure == Failure.INSUFFICIENT_FUNDS
    provider.pay(order)
    assert provider.channel.fetch(order).outcome == Outcome.SUCCEEDED


def test_when_none_followed_it_has_failed(provider: UnionpayProvider):
    order = started(provider)
    provider.meet(order)
    provider.decline(order, "73")
    with clock.frozen(order.expires_at + END_MARGIN):
        assert provider.channel.cancel(order).outcome == Outcome.PENDING
    with past_its_end(order):
        report = provider.channel.cancel(order)
    assert (report.outcome, report.failure) == (Outcome.FAILED, Failure.EXPIRED_CARD)


@pytest.mark.parametrize("code", ["03", "04", "42", "74", "75", "ZZ"])
def test_what_nobody_knows_stays_open_past_the_end(provider: UnionpayProvider, code: str):
    order = started(provider)
    provider.meet(order)
    provider.decline(order, code)
    with past_its_end(order):
        assert provider.channel.cancel(order).outcome == Outcome.PENDING


@pytest.mark.parametrize("code", ["02", "03", "04", "05", "06", "37", "99"])
def test_an_answer_that_says_nothing_may_be_asked_for_again(provider: UnionpayProvider, code: str):
    order = started(provider)
    provider.fault("query", "refuse", respCode=code)
    with pytest.raises(Unavailable):
        provider.channel.fetch(order)


def test_an_answer_without_a_right_signature_says_nothing_of_money(provider: UnionpayProvider):
    order, _ = paid(provider)
    provider.fault("query", "wrong_signature")
    with pytest.raises(Unavailable):
        provider.channel.fetch(order)
    assert provider.channel.fetch(order).outcome == Outcome.SUCCEEDED


def test_an_answer_about_another_order_is_none(provider: UnionpayProvider):
    """A true answer, sent in another's place."""
    first, _ = paid(provider)
    second = started(provider)
    answers: list[bytes] = []

    def between(request: httpx.Request) -> httpx.Response:
        if not answers:
            reply = provider.sandbox.http.post(str(request.url), content=request.content)
            answers.append(reply.content)
        return httpx.Response(200, content=answers[0])

    proxied = httpx.Client(transport=httpx.MockTransport(between))
    channel = UnionPay(provider.credentials, client=proxied)
    assert channel.fetch(first).outcome == Outcome.SUCCEEDED
    with pytest.raises(Unavailable):
        channel.fetch(second)


def test_unionpays_certificate_may_change_between_two_payments(provider: UnionpayProvider):
    paid(provider)
    provider.sandbox.control(f"unionpay/accounts/{provider.account['mer_id']}/rotate")
    paid(provider)
    told = [each.report for each in read_all(provider) if each.report]
    used = {received.form["signPubKeyCert"] for received in provider.receiver.received}
    assert [each.outcome for each in told] == [Outcome.SUCCEEDED] * 2
    assert len(used) == 2


def test_certificates_of_another_authority_do_not_pass_the_check(provider: UnionpayProvider):
    other = forging.authority(11)
    keys = {"root_certificate": other.root.pem, "middle_certificate": other.middle.pem}
    with pytest.raises(Refused) as refusal:
        UnionPay(provider.credentials | keys).check()
    assert refusal.value.reason == "root_certificate"


# Refunds are taken, and done later


def test_a_refund_is_only_taken_at_first(provider: UnionpayProvider):
    order, _ = paid(provider)
    refund = refund_of(order, 300)
    taken = provider.channel.refund(refund)
    assert (taken.outcome, taken.amount) == (Outcome.PENDING, None)
    assert taken.reference
    assert provider.channel.fetch_refund(refund) == taken
    assert provider.booked(order, "money.refunded") == 0
    provider.settle(refund)
    done = provider.channel.fetch_refund(refund)
    assert (done.outcome, done.amount) == (Outcome.SUCCEEDED, Money(300, "CNY"))
    assert done.reference == taken.reference


def test_a_refund_may_turn_out_impossible(provider: UnionpayProvider):
    order, _ = paid(provider)
    refund = refund_of(order, 300)
    provider.channel.refund(refund)
    provider.settle(refund, code="61")
    report = provider.channel.fetch_refund(refund)
    assert (report.outcome, report.failure_code) == (Outcome.FAILED, "61")
    assert refunded(provider, refund_of(order)).outcome == Outcome.SUCCEEDED


def test_a_refund_that_was_done_stays_done_though_its_repetition_is_refused(
    provider: UnionpayProvider,
):
    order, _ = paid(provider)
    refund = refund_of(order, 300)
    refunded(provider, refund)
    provider.fault("refund", "refuse", respCode="10")
    assert provider.channel.refund(refund).outcome == Outcome.SUCCEEDED


def test_a_refund_that_is_refused_and_unknown_is_refused(provider: UnionpayProvider):
    order, _ = paid(provider)
    provider.fault("refund", "refuse", respCode="32")
    with pytest.raises(Refused) as refusal:
        provider.channel.refund(refund_of(order, 300))
    assert refusal.value.reason == "32"


def test_and_stays_open_while_nobody_can_say_whether_it_is_known(provider: UnionpayProvider):
    order, _ = paid(provider)
    provider.fault("refund", "refuse", respCode="32")
    provider.fault("query", "error_500")
    with pytest.raises(Unavailable):
        provider.channel.refund(refund_of(order, 300))


# Statements


def today() -> date:
    return clock.now().astimezone(mapping.BEIJING).date()


def settled(provider: UnionpayProvider) -> date:
    """The day on which what happens now is settled: from 23:00 on, the next."""
    return (clock.now().astimezone(mapping.BEIJING) + timedelta(hours=1)).date()


def test_a_day_of_payments_and_refunds_is_told(provider: UnionpayProvider):
    order, report = paid(provider)
    refund = refund_of(order, 300)
    refunded(provider, refund)
    came, went = provider.channel.statement(settled(provider))
    assert (came.movement, came.amount, came.fee) == (
        Movement.PAYMENT,
        Money(8880, "CNY"),
        Money(53, "CNY"),
    )
    assert (came.key, came.reference) == (order.key, report.reference)
    assert abs(came.event_at - clock.now()) < timedelta(minutes=5)
    assert (went.movement, went.amount, went.key) == (
        Movement.REFUND,
        Money(-300, "CNY"),
        refund.key,
    )


def test_a_day_without_a_file_is_empty_only_when_its_file_must_be_there(
    provider: UnionpayProvider,
):
    with pytest.raises(Unavailable):
        list(provider.channel.statement(today()))
    with pytest.raises(Unavailable):
        list(provider.channel.statement(today() - timedelta(days=1)))
    assert list(provider.channel.statement(today() - timedelta(days=4))) == []


@pytest.mark.parametrize("kind", ["error_500", "timeout_before", "wrong_signature"])
def test_a_file_that_does_not_come_is_asked_for_again(provider: UnionpayProvider, kind: str):
    paid(provider)
    provider.fault("statement", kind, seconds=0.05)
    with pytest.raises(Unavailable):
        list(provider.channel.statement(settled(provider)))
    assert len(list(provider.channel.statement(settled(provider)))) == 1


@pytest.mark.parametrize("content", ["", "no base64", "bm8gemxpYg==", "eJwDAAAAAAE="])
def test_a_file_that_cannot_be_read_is_not_a_day_without_payments(content: str):
    with pytest.raises(Unavailable):
        list(statement.lines(content, "777290058110048", date(2026, 3, 2)))


def test_new_years_first_file_holds_last_years_payments():
    known = {0: b"S22", 4: b"1231233015", 6: b"000000000001", 15: b"D000000000000", 19: b"01"}
    known[27] = b"777290058110048"
    parts = [known.get(at, b"").ljust(width) for at, width in enumerate(statement.WIDTHS)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("INN27010188ZM_777290058110048", b" ".join(parts) + b"\r\n")
    content = base64.b64encode(zlib.compress(packed.getvalue())).decode()

    [told] = statement.lines(content, "777290058110048", date(2027, 1, 1))
    assert told.event_at == datetime(2026, 12, 31, 15, 30, 15, tzinfo=UTC)
    with pytest.raises(Unavailable):
        list(statement.lines(content, "777290058110049", date(2027, 1, 1)))
