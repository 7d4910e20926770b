"""What goes wrong between a payer, a provider and us: money is never lost, doubled or believed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest

from tests.journeys.conftest import World


def begun(
    world: World, amount: str = "50", currency: str = "USD", method: str = "card", **more: Any
) -> tuple[str, dict[str, Any]]:
    """A link, and a try that waits for the payer at the provider."""
    link = world.link(amount, currency, **more)
    world.choose(world.payer(), link, method)
    channel = {"card": "stripe"}.get(method, method)
    return link, world.attempt(link, channel)


def test_the_notice_comes_before_the_browser_returns(world: World) -> None:
    link, attempt = begun(world)
    world.pay(link, attempt)
    payment = world.until(link, status="succeeded")
    page = world.payer().get(
        f"{world.web}/pay/{payment['public_id']}/return/", follow_redirects=True
    )
    assert "50.00" in page.text
    assert world.entries(link) == ["payment_succeeded"]


def test_the_browser_returns_before_the_notice(world: World) -> None:
    link, attempt = begun(world)
    world.fault("stripe", "notify", "delay", times=9, parameters={"seconds": 600})
    world.pay(link, attempt)
    payment = world.payment(link)
    payer = world.payer()
    back = f"{world.web}/pay/{payment['public_id']}/return/"
    world.until(link, lambda: payer.get(back), status="succeeded")
    world.control("flush", ahead_s=700)
    assert world.entries(link) == ["payment_succeeded"]


@pytest.mark.parametrize("method", ["card", "alipay", "wechatpay", "unionpay", "paypal"])
def test_a_notice_is_taken_and_not_sent_again(world: World, method: str) -> None:
    currency = "USD" if method == "paypal" else "CNY"
    link, attempt = begun(world, currency=currency, method=method)
    world.pay(link, attempt)
    world.control("flush")
    answers = {answer for answer in world.notices(attempt) if answer[0]}
    assert {state for _status, state in answers} == {"delivered"}
    world.until(link, status="succeeded")
    assert world.entries(link) == ["payment_succeeded"]


@pytest.mark.parametrize("method", ["card", "alipay"])
def test_the_notice_comes_twice(world: World, method: str) -> None:
    link, attempt = begun(world, currency="CNY", method=method)
    world.fault(attempt["channel"], "notify", "duplicate", times=9, parameters={"copies": 3})
    world.pay(link, attempt)
    world.until(link, status="succeeded")
    world.control("flush")
    assert world.entries(link) == ["payment_succeeded"]


UNHEARD = (
    ("card", "lose"),
    ("alipay", "lose"),
    ("alipay", "wrong_signature"),
    ("alipay", "wrong_account"),
)


@pytest.fixture(scope="module")
def unheard(installed: World) -> dict[tuple[str, str], str]:
    """Links that are paid, of which no notice is heard. The janitor's question, due 15 seconds
    after each begun try, is brought forward.
    """
    links = {}
    for method, kind in UNHEARD:
        link, attempt = begun(installed, currency="CNY", method=method)
        installed.fault(attempt["channel"], "notify", kind, times=9 if kind == "lose" else 1)
        installed.pay(link, attempt)
        installed.control("flush")
        installed.sandbox.delete("/control/faults")
        assert installed.payment(link)["status"] == "processing"
        installed.database.execute(
            "UPDATE payments_attempt SET check_at = now() WHERE id = %s", [attempt["id"]]
        )
        links[method, kind] = link
    return links


@pytest.mark.parametrize("case", UNHEARD, ids="-".join)
def test_a_notice_that_never_comes_or_cannot_be_trusted_is_made_up_for(
    world: World, unheard: dict[tuple[str, str], str], case: tuple[str, str]
) -> None:
    link = unheard[case]
    world.until(link, status="succeeded")
    assert world.entries(link) == ["payment_succeeded"]


def test_another_amount_than_asked_is_never_paid(world: World) -> None:
    link, attempt = begun(world, currency="CNY", method="alipay")
    for operation in ("notify", "query"):
        world.fault(
            "alipay",
            operation,
            "wrong_amount",
            times=99,
            match=attempt["public_id"],
            parameters={"amount": "49.00"},
        )
    world.pay(link, attempt)
    world.until_booked(link, "surplus_received")
    held = world.attempt(link, "alipay")
    assert (world.payment(link)["status"], held["surplus"]) == ("processing", "amount")
    assert held["amount_received"] == 4900
    page = world.payer().get(f"{world.web}/pay/{world.payment(link)['public_id']}/")
    assert "49.00" in page.text
    assert 'name="offer"' not in page.text


def test_two_tabs_pay_at_once_and_one_gets_its_money_back(world: World) -> None:
    link, card = begun(world, currency="CNY")
    world.choose(world.payer(), f"{world.web}/pay/{world.payment(link)['public_id']}/", "alipay")
    wallet = world.attempt(link, "alipay")
    world.control(f"alipay/trades/{wallet['public_id']}/scan")
    world.fault("alipay", "close", "error_500", times=9, match=wallet["public_id"])
    world.pay(link, card)
    world.control(f"alipay/trades/{wallet['public_id']}/pay")
    world.until(link, status="succeeded")
    world.until_booked(
        link, "payment_succeeded", "surplus_received", "refund_promised", "refund_succeeded"
    )


def test_money_that_comes_after_expiry_goes_back(world: World) -> None:
    link, attempt = begun(world, currency="CNY", method="alipay", lasts="1")
    world.fault(
        "alipay",
        "close",
        "refuse",
        times=99,
        parameters={"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"},
    )
    world.database.execute(
        "UPDATE payments_attempt SET status = 'canceled', check_at = NULL WHERE id = %s",
        [attempt["id"]],
    )
    world.database.execute(
        "UPDATE payments_payment SET status = 'expired' WHERE id = %s", [attempt["payment_id"]]
    )
    world.pay(link, attempt)
    world.until_booked(link, "surplus_received", "refund_promised", "refund_succeeded")
    page = world.payer().get(f"{world.web}/pay/{world.payment(link)['public_id']}/")
    assert "time to pay is over" in page.text
    assert "went back" in page.text
    assert world.payment(link)["status"] == "expired"


def test_when_a_provider_is_down_another_method_is_offered(world: World) -> None:
    link = world.link("50", "CNY")
    world.fault("stripe", "create", "error_500", times=9)
    payer = world.payer()
    answer = world.choose(payer, link, "card")
    page = payer.get(urljoin(link, answer.headers["location"]))
    assert ".alipay." in page.text
    assert world.payment(link)["status"] == "failed"
    world.choose(payer, str(page.url), "alipay")
    world.pay(link, world.attempt(link, "alipay"))
    world.until(link, status="succeeded")


def test_a_start_whose_answer_is_lost_leaves_nothing_payable_twice(world: World) -> None:
    link = world.link("50", "USD")
    world.fault("stripe", "create", "timeout_after", times=1, parameters={"seconds": 0})
    payer = world.payer()
    world.choose(payer, link, "card")
    assert world.payment(link)["status"] == "failed"
    payment = world.payment(link)
    world.choose(payer, f"{world.web}/pay/{payment['public_id']}/", "card")
    world.pay(link, world.attempt(link, "stripe"))
    world.until(link, status="succeeded")
    assert world.entries(link) == ["payment_succeeded"]


def test_the_books_are_whole_after_all_of_this(world: World) -> None:
    sums = world.database.execute(
        "SELECT currency, sum(balance) FROM ledger_account GROUP BY currency"
    ).fetchall()
    assert sums
    assert all(total == 0 for _, total in sums)
