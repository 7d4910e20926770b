"""Where the provider takes its order as a form: the payer's browser carries it there and back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import AttemptStatus
from sleek.web.checkout.views.going import _sites
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser, at, card, words

FORM = {"orderId": "att01", "txnAmt": "35000", "riskRateInfo": '{commodityName="><script>}'}


@pytest.fixture
def payment(shop: Merchant, bank: Bank) -> Payment:
    bank.form = FORM
    return people.payment(shop, Money(35000, "CNY"))


@pytest.fixture
def attempt(payment: Payment) -> Attempt:
    return people.attempt(payment)


def page_of(attempt: Attempt) -> str:
    return at(attempt.payment, f"go/{attempt.public_id}/")


def carried(page: HttpResponse) -> tuple[str, dict[str, str]]:
    text = page.content.decode()
    [address] = re.findall(r'<form method="post" action="([^"]+)" data-go>', text)
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    return address, {name: unescape(value) for name, value in pairs}


def test_who_chooses_it_is_led_to_the_page_with_the_form(
    shop: Merchant, payment: Payment, payer: Browser
) -> None:
    answer = payer.choose(at(payment), card(shop))
    attempt = payment.attempts.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, page_of(attempt))
    page = payer.get(answer.headers["Location"])
    assert carried(page) == (f"https://till.example/{attempt.public_id}", FORM)
    assert "Go to Till and pay" in words(page)


def test_the_form_leads_to_its_provider_and_nowhere_else(attempt: Attempt, payer: Browser) -> None:
    headers = payer.get(page_of(attempt)).headers
    policy = headers["Content-Security-Policy"]
    assert "form-action 'self' https://till.example; " in policy
    assert "'unsafe-inline'" not in policy
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    ("address", "sites"),
    [
        (
            "https://gateway.95516.com/gateway/api/frontTransReq.do",
            ["https://gateway.95516.com", "https://*.95516.com"],
        ),
        ("http://127.0.0.1:8001/gateway/api/x", ["http://127.0.0.1:8001"]),
        ("http://[::1]:8001/x", ["http://[::1]:8001"]),
        ("https://localhost/x", ["https://localhost"]),
    ],
)
def test_a_providers_cashier_may_stand_beside_its_gateway(address: str, sites: list[str]) -> None:
    assert _sites(address) == sites


def test_who_comes_back_unpaid_may_carry_it_once_more(attempt: Attempt, payer: Browser) -> None:
    page = payer.get(at(attempt.payment))
    assert f'href="{page_of(attempt)}"' in page.content.decode()
    assert "till.example" not in page.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"status": AttemptStatus.FAILED},
        {"status": AttemptStatus.CANCELED},
        {"status": AttemptStatus.UNKNOWN},
        {"next_data": {}},
        {"next_url": ""},
    ],
)
def test_what_is_not_open_carries_nothing(
    attempt: Attempt, payer: Browser, changes: dict[str, object]
) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(**changes)
    answer = payer.get(page_of(attempt))
    assert (answer.status_code, answer.headers["Location"]) == (303, at(attempt.payment))


def test_nor_what_is_over(attempt: Attempt, payer: Browser, frozen_clock: FrozenClock) -> None:
    frozen_clock.advance(seconds=31 * 60)
    assert payer.get(page_of(attempt)).status_code == 303


def test_another_payments_try_is_not_carried_from_here(
    shop: Merchant, attempt: Attempt, payer: Browser
) -> None:
    other = people.payment(shop, Money(100, "CNY"))
    answer = payer.get(at(other, f"go/{attempt.public_id}/"))
    assert (answer.status_code, answer.headers["Location"]) == (303, at(other))


def test_a_form_that_brings_the_payer_back_proves_nothing(
    attempt: Attempt, bank: Bank, frozen_clock: FrozenClock
) -> None:
    """It comes from another site, without a token of ours."""
    browser = Client(enforce_csrf_checks=True)
    frozen_clock.advance(seconds=30)
    told = {"orderId": attempt.public_id, "respCode": "00", "txnAmt": "35000"}
    answer = browser.post(at(attempt.payment, "return/"), told, headers={"Origin": "null"})
    assert (answer.status_code, answer.headers["Location"]) == (303, at(attempt.payment))
    assert bank.count("fetch") == 1
    assert "Not paid yet" in words(Browser().get(at(attempt.payment)))

    bank.pay(attempt.public_id)
    frozen_clock.advance(seconds=30)
    browser.post(at(attempt.payment, "return/"), told, headers={"Origin": "null"})
    assert "350.00 CNY paid" in words(Browser().get(at(attempt.payment)))
