"""Alipay: the contract over the sandbox, and what only Alipay has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import alipay
import httpx
import pytest

from sleek.channels.alipay import mapping, signing
from sleek.channels.alipay.channel import Alipay
from sleek.channels.base import (
    Failure,
    Flow,
    Outcome,
    Refused,
    Unavailable,
    Untrusted,
)
from sleek.core import clock
from sleek.core.money import Money
from tests.channels.contract import ChannelContract, read_all
from tests.channels.providers import (
    AlipayProvider,
    order_for,
    paid,
    past_its_end,
    refund_of,
    sandbox_time,
    started,
)
from tests.sandbox.conftest import Receiver, Sandbox, as_pem, public_pem

APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"
QUERY = "alipay_trade_query_response"
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver, app_key: str) -> Iterator[AlipayProvider]:
    with sandbox_time(sandbox):
        yield AlipayProvider(sandbox, receiver, app_key)


class TestContract(ChannelContract):
    pass


@pytest.mark.parametrize("flow", [Flow.REDIRECT, Flow.MOBILE, Flow.QR])
def test_each_flow_leads_to_a_payment(provider: AlipayProvider, flow: Flow):
    order = order_for(provider, flow=flow)
    step = provider.channel.start(order)
    assert step.flow == flow
    if flow == Flow.QR:
        assert (step.qr.startswith("http"), step.url) == (True, "")
    else:
        assert provider.open_page(step.url).status_code == 302
    provider.pay(order)
    assert provider.channel.fetch(order).amount == order.amount


def test_an_independent_client_reads_what_we_signed(provider: AlipayProvider, app_key: str):
    step = provider.channel.start(order_for(provider, flow=Flow.REDIRECT))
    query = dict(parse_qsl(urlsplit(step.url).query))
    theirs = alipay.AliPay(
        appid=query["app_id"],
        app_private_key_string=app_key,
        alipay_public_key_string=public_pem(app_key),
    )
    signature = query.pop("sign")
    text = "&".join(f"{name}={query[name]}" for name in sorted(query))
    assert theirs._verify(text, signature)


def test_and_we_read_notices_as_it_does(provider: AlipayProvider):
    paid(provider)
    _, body = provider.notices()[-1]
    fields = dict(parse_qsl(body.decode()))
    theirs = alipay.AliPay(
        appid=fields["app_id"],
        app_private_key_string=provider.app_key,
        alipay_public_key_string=as_pem(provider.credentials["alipay_public_key"]),
    )
    ours = signing.open_notice(body, signing.public_key(provider.credentials["alipay_public_key"]))
    signature = fields.pop("sign")
    assert theirs.verify(fields, signature)
    assert ours == {name: value for name, value in fields.items() if name != "sign_type"}


def test_the_order_says_when_it_ends_in_beijing_and_what_it_costs_in_yuan(
    provider: AlipayProvider,
):
    order = order_for(provider, flow=Flow.MOBILE, description="a=b&c/d")
    query = dict(parse_qsl(urlsplit(provider.channel.start(order).url).query))
    content = json.loads(query["biz_content"])
    assert content["time_expire"] == mapping.beijing(order.expires_at)
    assert (content["total_amount"], content["subject"]) == ("88.80", "a b c d")
    assert content["product_code"] == "QUICK_WAP_WAY"
    assert (query["notify_url"], query["return_url"]) == (order.notice_url, order.return_url)


def test_a_page_that_nobody_opened_stays_payable_after_canceling(provider: AlipayProvider):
    order = order_for(provider, flow=Flow.REDIRECT)
    step = provider.channel.start(order)
    assert provider.channel.cancel(order).outcome == Outcome.PENDING
    provider.open_page(step.url)
    provider.pay(order)
    assert provider.channel.cancel(order).outcome == Outcome.SUCCEEDED


def test_only_past_its_end_and_a_margin_is_it_canceled(provider: AlipayProvider):
    order = order_for(provider)
    with clock.frozen(order.expires_at):
        assert provider.channel.fetch(order).outcome == Outcome.PENDING
    with past_its_end(order):
        assert provider.channel.fetch(order).outcome == Outcome.CANCELED


def test_a_trade_that_timed_out_is_canceled_and_one_given_back_succeeded(
    provider: AlipayProvider,
):
    order = started(provider)
    provider.meet(order)
    provider.act(order, "close")
    assert provider.channel.fetch(order).outcome == Outcome.CANCELED
    canceled = [each.report for each in read_all(provider) if each.report]
    assert [each.outcome for each in canceled] == [Outcome.CANCELED]

    order, _ = paid(provider)
    provider.channel.refund(refund_of(order))
    assert provider.channel.fetch(order).outcome == Outcome.SUCCEEDED


def test_a_refunds_notice_names_the_payment_and_reports_nothing(provider: AlipayProvider):
    order, _ = paid(provider)
    provider.channel.refund(refund_of(order, 100))
    notice = read_all(provider)[-1]
    assert (notice.key, notice.report, notice.refund_report) == (order.key, None, None)


@pytest.mark.parametrize("field", ["seller_id", "app_id"])
def test_a_notice_for_another_seller_or_app_is_refused(provider: AlipayProvider, field: str):
    provider.fault("notify", "wrong_account", field=field)
    paid(provider)
    headers, body = provider.notices()[-1]
    with pytest.raises(Untrusted, match="another account"):
        provider.channel.read_notice(headers, body)


def test_a_reply_with_a_wrong_signature_is_no_reply(provider: AlipayProvider):
    order, _ = paid(provider)
    provider.fault("query", "wrong_signature")
    with pytest.raises(Unavailable):
        provider.channel.fetch(order)


def test_with_another_public_key_the_check_says_which_key_is_wrong(provider: AlipayProvider):
    wrong = provider.another().credentials["alipay_public_key"]
    channel = Alipay(provider.credentials | {"alipay_public_key": wrong})
    with pytest.raises(Refused) as refusal:
        channel.check()
    assert refusal.value.reason == "alipay_public_key"


def test_an_acq_refusal_carries_its_meaning_for_the_payer(provider: AlipayProvider):
    provider.fault("create", "refuse", sub_code="ACQ.TOTAL_FEE_EXCEED", sub_msg="超限")
    with pytest.raises(Refused) as refusal:
        started(provider)
    assert (refusal.value.reason, refusal.value.failure) == ("ACQ.TOTAL_FEE_EXCEED", Failure.LIMIT)
    assert "超限" in refusal.value.message


@pytest.mark.parametrize(
    ("code", "sub_code"), [("20000", "aop.unknow-error"), ("40004", "ACQ.SYSTEM_ERROR")]
)
def test_a_system_error_is_not_a_refusal(provider: AlipayProvider, code: str, sub_code: str):
    order, _ = paid(provider)
    provider.fault("refund", "refuse", code=code, sub_code=sub_code)
    with pytest.raises(Unavailable):
        provider.channel.refund(refund_of(order))


def test_a_refund_is_not_failed_because_our_key_was_replaced(provider: AlipayProvider):
    order, _ = paid(provider)
    provider.fault("refund", "refuse", code="40002", sub_code="isv.invalid-signature")
    with pytest.raises(Unavailable):
        provider.channel.refund(refund_of(order))


def test_other_money_than_yuan_is_refused_before_anything_is_sent(provider: AlipayProvider):
    with pytest.raises(Refused):
        provider.channel.start(order_for(provider, amount=Money(500, "USD")))
