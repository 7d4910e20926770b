"""PayPal: the contract over the sandbox, and what only PayPal has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sleek.channels.base import (
    Failure,
    Flow,
    Movement,
    Order,
    Outcome,
    Refused,
    Short,
    Unavailable,
)
from sleek.channels.paypal import report
from sleek.channels.paypal.channel import Paypal
from sleek.core import clock
from sleek.core.money import Money
from tests.channels.contract import LOST_ANSWERS, ChannelContract, read_all
from tests.channels.providers import (
    PaypalProvider,
    order_for,
    paid,
    past_its_end,
    refund_of,
    sandbox_time,
    started,
)
from tests.sandbox.conftest import Receiver, Sandbox

HOUR_S = 3600


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver) -> Iterator[PaypalProvider]:
    with sandbox_time(sandbox):
        yield PaypalProvider(sandbox, receiver)


class TestContract(ChannelContract):
    pass


class Watched(httpx.BaseTransport):
    """The network, with a word before each request."""

    def __init__(self, before: Callable[[httpx.Request], None]) -> None:
        self._before = before
        self._real = httpx.HTTPTransport()

    def close(self) -> None:
        self._real.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._before(request)
        return self._real.handle_request(request)


@contextmanager
def watched(provider: PaypalProvider, before: Callable[[httpx.Request], None]) -> Iterator[Paypal]:
    with httpx.Client(transport=Watched(before)) as client:
        yield Paypal(provider.credentials, client=client)


def approved(provider: PaypalProvider, funding: str = "balance", **changes: Any) -> Order:
    order = started(provider, **changes)
    provider.approve(order, funding)
    return order


# Money moves by our capture, and by nothing else


def test_the_payer_is_sent_to_paypal_and_back(provider: PaypalProvider) -> None:
    order = order_for(provider, flow=Flow.MOBILE, language="zh-hans")
    step = provider.channel.start(order)
    assert step.flow == Flow.MOBILE
    assert step.url == f"{provider.sandbox.url}/checkoutnow?token={step.reference}"
    page = provider.sandbox.http.post(step.url, data={"action": "pay"})
    back = page.headers["location"]
    assert back.startswith(f"{order.return_url}?token={step.reference}&PayerID=")


def test_an_approved_order_is_captured_only_while_it_is_wanted(provider: PaypalProvider) -> None:
    order = approved(provider, is_wanted=False)
    assert provider.channel.fetch(order).outcome == Outcome.PENDING
    assert provider.booked(order, "money.captured") == 0

    wanted = order_for(provider, key=order.key, reference=order.reference)
    assert provider.channel.fetch(wanted).amount == order.amount
    assert provider.booked(order, "money.captured") == 1


def test_an_order_that_was_given_up_is_not_captured_though_its_payer_approves(
    provider: PaypalProvider,
) -> None:
    order = started(provider)
    assert provider.channel.cancel(order).outcome == Outcome.CANCELED
    provider.approve(order)
    assert provider.channel.fetch(order).outcome == Outcome.CANCELED
    refused = provider.api("POST", f"/v2/checkout/orders/{order.reference}/capture", json={})
    assert refused["details"][0]["issue"] == "ACTION_DOES_NOT_MATCH_INTENT"
    assert provider.booked(order, "money.captured") == 0


def test_a_capture_that_is_on_its_way_when_the_order_is_given_up_fails(
    provider: PaypalProvider,
) -> None:
    order = approved(provider)

    def give_up(request: httpx.Request) -> None:
        if request.url.path.endswith("/capture"):
            assert provider.channel.cancel(order).outcome == Outcome.CANCELED

    with watched(provider, give_up) as channel:
        told = channel.fetch(order)
    assert (told.outcome, told.amount) == (Outcome.CANCELED, None)
    assert provider.booked(order, "money.captured") == 0


def test_giving_up_an_order_that_was_just_captured_says_so(provider: PaypalProvider) -> None:
    order = approved(provider)

    def capture(request: httpx.Request) -> None:
        if request.method == "PATCH":
            provider.channel.fetch(order)

    with watched(provider, capture) as channel:
        told = channel.cancel(order)
    assert (told.outcome, told.amount) == (Outcome.SUCCEEDED, order.amount)
    assert provider.booked(order, "money.captured") == 1


def test_asked_by_many_at_once_it_is_captured_once(provider: PaypalProvider) -> None:
    order = approved(provider)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(provider.channel.fetch, [order] * 8))
    assert {each.amount for each in told} == {order.amount}
    assert provider.booked(order, "money.captured") == 1


@pytest.mark.parametrize(("kind", "parameters"), LOST_ANSWERS)
def test_a_capture_whose_answer_is_lost_takes_the_money_once(
    provider: PaypalProvider, kind: str, parameters: dict[str, Any]
) -> None:
    order = approved(provider)
    provider.fault("capture", kind, **parameters)
    with pytest.raises(Unavailable):
        provider.channel.fetch(order)
    assert provider.channel.fetch(order).amount == order.amount
    assert provider.booked(order, "money.captured") == 1


def test_a_lost_capture_is_found_long_after_paypal_forgot_its_id(provider: PaypalProvider) -> None:
    order = approved(provider)
    provider.fault("capture", "error_500", effect=True)
    with pytest.raises(Unavailable):
        provider.channel.fetch(order)
    provider.sandbox.flush(ahead_s=7 * HOUR_S)
    assert provider.channel.fetch(order).amount == order.amount
    assert provider.booked(order, "money.captured") == 1


def test_paypal_itself_refuses_a_second_order_under_our_number(provider: PaypalProvider) -> None:
    first, _ = paid(provider)
    provider.sandbox.flush(ahead_s=7 * HOUR_S)
    second = started(provider, key=first.key)
    assert second.reference != first.reference
    provider.approve(second)
    told = provider.channel.fetch(second)
    assert (told.outcome, told.failure_code) == (Outcome.PENDING, "DUPLICATE_INVOICE_ID")
    assert provider.booked(first, "money.captured") == 1


def test_an_order_that_is_not_what_was_asked_is_not_captured(provider: PaypalProvider) -> None:
    order = approved(provider)
    for kind in ("wrong_amount", "wrong_currency"):
        provider.fault("query", kind)
        with pytest.raises(Unavailable):
            provider.channel.fetch(order)
    assert provider.booked(order, "money.captured") == 0


# What the payer pays with


def test_a_declined_card_is_told_once_and_the_payer_may_go_on(provider: PaypalProvider) -> None:
    order = approved(provider, "declined")
    told = provider.channel.fetch(order)
    assert (told.outcome, told.failure, told.failure_code) == (
        Outcome.PENDING,
        Failure.DECLINED,
        "INSTRUMENT_DECLINED",
    )
    assert provider.channel.fetch(order).failure is None
    assert provider.booked(order, "payment.declined") == 1

    provider.approve(order)
    assert provider.channel.fetch(order).amount == order.amount


def test_what_may_not_be_paid_is_over_and_its_reason_is_kept_from_the_payer(
    provider: PaypalProvider,
) -> None:
    told = provider.channel.fetch(approved(provider, "compliance"))
    assert (told.outcome, told.failure) == (Outcome.FAILED, Failure.CAREFUL)


@pytest.mark.parametrize(
    ("funding", "outcome"),
    [
        ("echeck", Outcome.SUCCEEDED),
        ("review", Outcome.SUCCEEDED),
        ("echeck_bounces", Outcome.FAILED),
    ],
)
def test_money_that_is_not_there_yet_is_pending_until_it_is_decided(
    provider: PaypalProvider, funding: str, outcome: Outcome
) -> None:
    order = approved(provider, funding)
    for told in (provider.channel.fetch(order), provider.channel.cancel(order)):
        assert (told.outcome, told.amount) == (Outcome.PROCESSING, None)
    with pytest.raises(Refused) as refusal:
        provider.channel.refund(refund_of(order))
    assert refusal.value.reason == "PENDING_CAPTURE"

    provider.sandbox.flush(ahead_s=70)
    assert provider.channel.fetch(order).outcome == outcome
    last = [each.report for each in read_all(provider) if each.report][-1]
    assert (last.key, last.outcome) == (order.key, outcome)


def test_an_approval_tells_us_to_ask_so_the_payer_need_not_come_back(
    provider: PaypalProvider,
) -> None:
    order = approved(provider)
    [news] = read_all(provider)
    assert (news.kind, news.key, news.report) == ("CHECKOUT.ORDER.APPROVED", order.key, None)


def test_an_order_that_paypal_has_forgotten_is_canceled_past_its_end(
    provider: PaypalProvider,
) -> None:
    order = started(provider)
    provider.sandbox.flush(ahead_s=4 * HOUR_S)
    assert provider.channel.fetch(order).outcome == Outcome.PENDING
    assert provider.channel.cancel(order).outcome == Outcome.CANCELED
    with past_its_end(order):
        assert provider.channel.fetch(order).outcome == Outcome.CANCELED


# Amounts


def test_what_paypal_kept_is_told_and_who_paid_is_masked(provider: PaypalProvider) -> None:
    _, told = paid(provider)
    assert told.fee == Money(224, "USD")  # 3.49 % of 50.00, and 0.49
    assert told.payer == "j•••@personal.example.com"


@pytest.mark.parametrize(
    "amount", [Money(500, "JPY"), Money(120000, "HUF"), Money(80000, "TWD"), Money(1, "EUR")]
)
def test_amounts_are_written_as_paypal_reads_them(provider: PaypalProvider, amount: Money) -> None:
    _, told = paid(provider, amount=amount)
    assert told.amount == amount


@pytest.mark.parametrize("amount", [Money(120050, "HUF"), Money(80045, "TWD"), Money(1, "KWD")])
def test_amounts_that_paypal_cannot_take_are_refused_before_it_is_asked(
    provider: PaypalProvider, amount: Money
) -> None:
    order = order_for(provider, amount=amount)
    with pytest.raises(Refused) as refusal:
        provider.channel.start(order)
    assert refusal.value.reason == "amount"
    assert provider.sandbox.journal(order.key) == []


# Refunds


def test_a_refund_that_the_balance_does_not_cover_may_be_sent_again(
    provider: PaypalProvider,
) -> None:
    order, _ = paid(provider)
    refund = refund_of(order, 300)
    provider.fault("refund", "refuse", issue="REFUND_FAILED_INSUFFICIENT_FUNDS")
    with pytest.raises(Short) as refusal:
        provider.channel.refund(refund)
    assert refusal.value.reason == "REFUND_FAILED_INSUFFICIENT_FUNDS"
    assert provider.booked(order, "money.refunded") == 0
    assert provider.channel.refund(refund).amount == refund.amount


def test_a_refund_is_made_once_though_paypal_has_forgotten_its_id(
    provider: PaypalProvider,
) -> None:
    order, _ = paid(provider)
    refund = refund_of(order, 300)
    provider.fault("refund", "error_500", effect=True)
    with pytest.raises(Unavailable):
        provider.channel.refund(refund)
    provider.sandbox.flush(ahead_s=46 * 24 * HOUR_S)
    assert provider.channel.refund(refund).amount == refund.amount
    assert provider.booked(order, "money.refunded") == 1


def test_access_that_was_taken_away_says_nothing_of_a_refund(provider: PaypalProvider) -> None:
    order, _ = paid(provider)
    with pytest.raises(Unavailable):
        Paypal(provider.bad_credentials).fetch_refund(refund_of(order))


# Access


def test_a_token_is_used_until_paypal_takes_it_no_more(provider: PaypalProvider) -> None:
    logins: list[str] = []

    def count(request: httpx.Request) -> None:
        logins.extend([request.url.path] * request.url.path.endswith("/token"))

    order = started(provider)
    with watched(provider, count) as channel:
        for _ in range(3):
            channel.fetch(order)
        assert len(logins) == 0
        client_id = provider.credentials["client_id"]
        provider.sandbox.control(f"paypal/accounts/{client_id}/revoke_tokens")
        assert channel.fetch(order).outcome == Outcome.PENDING
        assert len(logins) == 1
        with clock.frozen(clock.now() + timedelta(hours=9)):
            channel.fetch(order)
        assert len(logins) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "A" * 80),
        ("webhook_id", "1AB23456CD789012E"),
        ("root_certificate", "no certificate"),
        ("api_base", "ftp://api-m.paypal.com"),
    ],
)
def test_credentials_that_cannot_work_are_refused(
    provider: PaypalProvider, name: str, value: str
) -> None:
    with pytest.raises(Refused) as refusal:
        Paypal(provider.credentials | {name: value}).check()
    assert refusal.value.reason == {"client_id": "invalid_client"}.get(name, name)
    assert value not in refusal.value.message


def test_a_connection_is_proven_before_paypal_knows_our_address(
    provider: PaypalProvider,
) -> None:
    Paypal({k: v for k, v in provider.credentials.items() if k != "webhook_id"}).check()


# The report of a day


def today() -> datetime:
    return datetime.combine(clock.now().date(), datetime.min.time(), UTC)


def test_a_days_report_names_our_payments_and_refunds(
    provider: PaypalProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PAGE", 2)
    order, _ = paid(provider)
    refund = refund_of(order, 300)
    provider.channel.refund(refund)
    paid(provider)
    with clock.frozen(today() + timedelta(hours=27)):
        lines = list(provider.channel.statement(today().date() - timedelta(days=1)))
        earlier = list(provider.channel.statement(today().date() - timedelta(days=2)))
    told = {line.key: (line.movement, line.amount, line.fee, line.kind) for line in lines}
    assert len(lines) == 3
    assert told[order.key] == (Movement.PAYMENT, order.amount, Money(224, "USD"), "T0006")
    assert told[refund.key] == (Movement.REFUND, -refund.amount, Money(0, "USD"), "T1107")
    assert earlier == []


def test_a_report_is_not_read_before_it_can_be_complete(provider: PaypalProvider) -> None:
    with (
        clock.frozen(today() + timedelta(hours=26, minutes=59)),
        pytest.raises(Unavailable),
    ):
        list(provider.channel.statement(today().date() - timedelta(days=1)))


def test_a_report_that_is_too_long_is_asked_for_in_halves(provider: PaypalProvider) -> None:
    order, _ = paid(provider)
    provider.fault("statement", "refuse", issue="RESULTSET_TOO_LARGE")
    with clock.frozen(today() + timedelta(hours=27)):
        lines = list(provider.channel.statement(today().date() - timedelta(days=1)))
    assert [line.key for line in lines] == [order.key]
