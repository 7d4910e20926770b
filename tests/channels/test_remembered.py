"""Payments that the sandbox's providers remember of the past: known, given back, told to nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sleek.channels.base import Flow, Order, Outcome, RefundOrder, Refused
from sleek.channels.stripe.mapping import ATTEMPT, REFUND
from sleek.core import clock
from sleek.core.money import Money
from tests.channels.providers import AlipayProvider, Provider, StripeProvider, WechatProvider
from tests.sandbox.conftest import Receiver, Sandbox

AGO = timedelta(days=40)


@pytest.fixture(params=["stripe", "alipay", "wechatpay"])
def provider(
    request: pytest.FixtureRequest, sandbox: Sandbox, receiver: Receiver, app_key: str
) -> Provider:
    makers: dict[str, Callable[[], Provider]] = {
        "stripe": lambda: StripeProvider(sandbox, receiver),
        "alipay": lambda: AlipayProvider(sandbox, receiver, app_key),
        "wechatpay": lambda: WechatProvider(sandbox, receiver, app_key),
    }
    return makers[request.param]()


def paid(provider: Provider, **more: Any) -> dict[str, Any]:
    key = f"att_{uuid4().hex[:24]}"
    return {
        "reference": f"of{uuid4().hex}",
        "key": key,
        "amount": provider.asked.minor,
        "currency": provider.asked.currency,
        "at": (clock.now() - AGO).timestamp(),
        "metadata": {ATTEMPT: key},
        **more,
    }


def remember(provider: Provider, *payments: object) -> tuple[int, dict[str, Any]]:
    path = f"/control/{provider.name}/accounts/{provider.account_id}/remember"
    answer = provider.sandbox.http.post(path, json={"payments": payments})
    return answer.status_code, answer.json()


def order(payment: dict[str, Any]) -> Order:
    return Order(
        key=payment["key"],
        method="",
        flow=Flow.REDIRECT,
        amount=Money(payment["amount"], payment["currency"]),
        description="",
        expires_at=clock.now(),
        return_url="",
        notice_url="",
        reference=payment["reference"],
    )


def refund(payment: dict[str, Any], minor: int) -> RefundOrder:
    return RefundOrder(
        key=f"ref_{uuid4().hex[:24]}",
        payment_key=payment["key"],
        reference=payment["reference"],
        amount=Money(minor, payment["currency"]),
        total=Money(payment["amount"], payment["currency"]),
        started_at=clock.now(),
    )


def test_it_is_known_as_paid_then_and_nobody_is_told(provider: Provider) -> None:
    payment = paid(provider)
    assert remember(provider, payment) == (200, {"remembered": 1, "known": 0, "returned": 0})
    report = provider.channel.fetch(order(payment))
    assert (report.outcome, report.amount) == (Outcome.SUCCEEDED, provider.asked)
    assert report.reference == payment["reference"]
    assert report.event_at is not None
    assert abs(report.event_at - datetime.fromtimestamp(payment["at"], UTC)) < timedelta(seconds=2)
    assert provider.notices() == []


def test_it_goes_back_in_parts_and_no_further(provider: Provider) -> None:
    payment = paid(provider)
    remember(provider, payment)
    whole = provider.asked.minor
    for minor in (whole // 3, whole - whole // 3):
        report = provider.channel.refund(refund(payment, minor))
        assert (report.outcome, report.amount and report.amount.minor) == ("succeeded", minor)
    with pytest.raises(Refused):
        provider.channel.refund(refund(payment, 100))
    assert provider.booked(order(payment), "money.refunded") == 2


def gone(order: RefundOrder) -> dict[str, Any]:
    """What an order tells of a refund that the shop had."""
    return {
        "key": order.key,
        "amount": order.amount.minor,
        "at": (clock.now() - AGO).timestamp(),
        "metadata": {REFUND: order.key, ATTEMPT: order.payment_key},
    }


def test_what_went_back_of_it_is_known_once_and_only_the_rest_can_go(provider: Provider) -> None:
    payment = paid(provider)
    half = refund(payment, provider.asked.minor // 2)
    told = payment | {"refunds": [gone(half)]}
    assert remember(provider, told) == (200, {"remembered": 1, "known": 0, "returned": 1})
    assert remember(provider, told) == (200, {"remembered": 0, "known": 1, "returned": 0})
    assert provider.channel.fetch_refund(half).outcome == Outcome.SUCCEEDED
    assert provider.booked(order(payment), "money.refunded") == 1
    assert provider.notices() == []
    rest = provider.asked.minor - half.amount.minor
    with pytest.raises(Refused):
        provider.channel.refund(refund(payment, rest + 100))
    assert provider.channel.refund(refund(payment, rest)).outcome == Outcome.SUCCEEDED


def test_what_the_product_gave_back_is_not_given_back_again(provider: Provider) -> None:
    payment = paid(provider)
    remember(provider, payment)
    part = refund(payment, 1000)
    provider.channel.refund(part)
    told = payment | {"refunds": [gone(part)]}
    assert remember(provider, told) == (200, {"remembered": 0, "known": 1, "returned": 0})
    assert provider.booked(order(payment), "money.refunded") == 1


def test_a_refund_of_the_past_that_cannot_be_is_refused_whole(provider: Provider) -> None:
    payment = paid(provider)
    good = gone(refund(payment, 1000))
    for refunds in (
        [gone(refund(payment, provider.asked.minor + 100))],
        [good, good | {"amount": 2000}],
        [good | {"amount": 0}],
        [good | {"colour": "red"}],
        "all of it",
    ):
        assert remember(provider, payment | {"refunds": refunds})[0] == 400
    assert provider.sandbox.journal(payment["key"]) == []


def test_the_same_order_again_changes_nothing(provider: Provider) -> None:
    first, second = paid(provider), paid(provider)
    remember(provider, first)
    provider.channel.refund(refund(first, 1000))
    assert remember(provider, first, second) == (200, {"remembered": 1, "known": 1, "returned": 0})
    assert provider.booked(order(first), "money.captured") == 1
    with pytest.raises(Refused):  # what went back stays back
        provider.channel.refund(refund(first, provider.asked.minor))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"amount": 0}, "amount is a whole number"),
        ({"amount": "50"}, "amount is a whole number"),
        ({"at": 9e9}, "at is a moment of the past"),
        ({"reference": ""}, "reference is a text"),
        ({"currency": "QQQ"}, "take"),
        ({"metadata": {"a": 1}}, "metadata is an object"),
        ({"colour": "red"}, "unknown fields: colour"),
    ],
)
def test_nonsense_is_refused_and_nothing_of_it_kept(
    provider: Provider, wrong: dict[str, Any], why: str
) -> None:
    good = paid(provider)
    status, answer = remember(provider, good, paid(provider, **wrong))
    assert (status, why in answer["error"]) == (400, True), answer
    assert provider.sandbox.journal(good["key"]) == []


def test_another_payments_key_or_number_is_refused(provider: Provider) -> None:
    known = paid(provider)
    remember(provider, known)
    for other in (
        known | {"amount": known["amount"] + 100},
        known | {"reference": "of_another"},
        paid(provider, reference=known["reference"]),
    ):
        status, answer = remember(provider, other)
        assert (status, "is another payment's" in answer["error"]) == (400, True), answer
    twice = remember(provider, known, known)
    assert twice == (400, {"error": "a key comes twice"})


def test_only_its_own_account_and_provider_remember(provider: Provider) -> None:
    post = provider.sandbox.http.post
    payments = {"payments": [paid(provider)]}
    assert (
        post(f"/control/{provider.name}/accounts/nobody/remember", json=payments).status_code == 404
    )
    path = f"/control/paypal/accounts/{provider.account_id}/remember"
    assert post(path, json=payments).status_code == 404
    assert remember(provider) == (400, {"error": "payments is a list of 1 to 1000"})


def test_a_card_is_a_brand_and_four_digits(sandbox: Sandbox, receiver: Receiver) -> None:
    shop = StripeProvider(sandbox, receiver)
    payment = paid(shop, payer="amex 0005")
    remember(shop, payment)
    assert shop.channel.fetch(order(payment)).payer == "American Express •0005"
    status, answer = remember(shop, paid(shop, payer="4242424242424242"))
    assert (status, answer["error"][:16]) == (400, "payer is a brand")
