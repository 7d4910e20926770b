"""Opening and paying a link."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import IPHONE, WECHAT, Browser, at, card, words

FIFTY = Money(5000, "USD")


@pytest.fixture
def link(shop: Merchant) -> PaymentLink:
    return people.link(shop, FIFTY)


@pytest.fixture
def reusable(shop: Merchant) -> PaymentLink:
    return people.link(shop, FIFTY, is_reusable=True)


def settle(bank: Bank, payment: Payment) -> None:
    payments.apply_reports([bank.pay(payment.attempts.get().public_id)])


def test_the_page_says_who_asks_for_what_and_how_much(link: PaymentLink, payer: Browser) -> None:
    text = words(payer.get(at(link)))
    for part in ("Lin Ceramics", "样品费 Sample fee", "50.00 USD", "Bank card", "Pay 50.00 USD"):
        assert part in text


def test_looking_creates_nothing(link: PaymentLink, reusable: PaymentLink, payer: Browser) -> None:
    for one in (link, reusable):
        assert payer.get(at(one)).status_code == 200
        assert payer.client.head(at(one)).status_code == 200
    assert Payment.objects.count() == 0


def test_paying_brings_the_browser_to_the_provider(link: PaymentLink, payer: Browser) -> None:
    answer = payer.choose(at(link), card(link.merchant))
    attempt = Attempt.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, attempt.next_url)
    assert (attempt.money, attempt.payment.link, attempt.payment.language) == (FIFTY, link, "en")


def test_what_the_form_says_of_money_is_not_read(link: PaymentLink, payer: Browser) -> None:
    payer.choose(at(link), card(link.merchant), amount="1", currency="JPY")
    assert Payment.objects.get().money == FIFTY


@pytest.mark.parametrize("offer", ["", "con_x.card.redirect", "con_x", "../..", "x" * 5000])
def test_an_offer_that_is_not_made_is_refused(
    link: PaymentLink, payer: Browser, offer: str
) -> None:
    answer = payer.choose(at(link), offer)
    assert (answer.status_code, Payment.objects.count()) == (422, 0)
    assert "That way to pay is not offered any more." in words(answer)


def test_a_method_that_takes_other_currencies_cannot_be_forced(
    link: PaymentLink, payer: Browser
) -> None:
    till = link.merchant.connections.get()
    answer = payer.choose(at(link), f"{till.public_id}.alipay.qr")
    assert (answer.status_code, Payment.objects.count()) == (422, 0)


@pytest.mark.parametrize("kind", ["link", "reusable"])
def test_a_double_click_is_one_try(
    kind: str, payer: Browser, bank: Bank, request: pytest.FixtureRequest
) -> None:
    link: PaymentLink = request.getfixturevalue(kind)
    payer.get(at(link))
    first, second = (payer.choose(at(link), card(link.merchant)) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert (Payment.objects.count(), bank.count("start")) == (1, 1)


def test_two_browsers_on_a_link_for_one_share_its_payment(link: PaymentLink, bank: Bank) -> None:
    for browser in (Browser(), Browser()):
        browser.choose(at(link), card(link.merchant))
    assert (Payment.objects.count(), bank.count("start")) == (1, 1)


def test_two_browsers_on_a_link_for_many_pay_each_their_own(reusable: PaymentLink) -> None:
    for browser in (Browser(), Browser()):
        browser.get(at(reusable))
        browser.choose(at(reusable), card(reusable.merchant))
    assert Payment.objects.count() == 2


def test_a_payment_under_way_is_shown_again_to_its_browser(
    reusable: PaymentLink, payer: Browser
) -> None:
    payer.get(at(reusable))
    payer.choose(at(reusable), card(reusable.merchant))
    assert payer.get(at(reusable)).headers["Location"] == at(Payment.objects.get())
    assert Browser().get(at(reusable)).status_code == 200


def test_a_forged_memory_is_not_believed(
    link: PaymentLink, reusable: PaymentLink, payer: Browser
) -> None:
    payer.choose(at(link), card(link.merchant))
    honest = payer.client.cookies["sleek_payment"].value
    for forged in (honest, f"{Payment.objects.get().public_id}:forged"):
        other = Browser()
        other.client.cookies["sleek_payment"] = forged
        assert other.get(at(reusable)).status_code == 200


def test_paid_is_said_to_all_but_the_payment_only_to_who_paid(
    link: PaymentLink, payer: Browser, bank: Bank
) -> None:
    payer.choose(at(link), card(link.merchant))
    settle(bank, payment := Payment.objects.get())
    stranger = Browser()
    for answer in (stranger.get(at(link)), stranger.choose(at(link), card(link.merchant))):
        assert answer.status_code == 410
        assert "Already paid" in words(answer)
        assert payment.public_id not in answer.content.decode()
    assert payer.get(at(link)).headers["Location"] == at(payment)


def test_a_stale_tab_does_not_pay_twice(reusable: PaymentLink, payer: Browser, bank: Bank) -> None:
    payer.get(at(reusable))
    payer.choose(at(reusable), card(reusable.merchant))
    settle(bank, payment := Payment.objects.get())
    answer = payer.choose(at(reusable), card(reusable.merchant))
    assert (answer.headers["Location"], Payment.objects.count()) == (at(payment), 1)


def test_a_reusable_link_is_paid_once_more_by_who_means_it(
    reusable: PaymentLink, payer: Browser, bank: Bank
) -> None:
    payer.get(at(reusable))
    payer.choose(at(reusable), card(reusable.merchant))
    settle(bank, Payment.objects.get())
    page = payer.get(at(reusable))
    assert "You paid 50.00 USD here on 2 Mar 2026, 17:00 (GMT+08:00)." in words(page)
    ticket = re.findall(r'name="again" value="([^"]+)"', page.content.decode())[0]
    for _ in range(2):
        payer.choose(at(reusable), card(reusable.merchant), again=ticket)
    assert (Payment.objects.count(), bank.count("start")) == (2, 2)


def test_after_its_time_a_reusable_link_begins_anew(
    reusable: PaymentLink, payer: Browser, frozen_clock: FrozenClock
) -> None:
    payer.get(at(reusable))
    payer.choose(at(reusable), card(reusable.merchant))
    frozen_clock.advance(days=2)
    assert payer.get(at(reusable)).status_code == 200
    payer.choose(at(reusable), card(reusable.merchant))
    assert Payment.objects.count() == 2


def test_a_paused_or_expired_link_takes_nobody_in(
    shop: Merchant, payer: Browser, frozen_clock: FrozenClock
) -> None:
    paused, expired = people.link(shop, FIFTY), people.link(shop, FIFTY, days=1)
    PaymentLink.objects.filter(pk=paused.pk).update(status="paused")
    frozen_clock.advance(days=1)
    for link, words_of_it in (
        (paused, "Not open at the moment"),
        (expired, "This link has expired"),
    ):
        for answer in (payer.get(at(link)), payer.choose(at(link), card(shop))):
            assert (answer.status_code, words_of_it in words(answer)) == (410, True)
    assert Payment.objects.count() == 0


def test_while_a_payment_is_being_confirmed_strangers_are_told_to_wait(
    link: PaymentLink, payer: Browser
) -> None:
    payer.choose(at(link), card(link.merchant))
    Attempt.objects.update(status="unknown")
    answer = Browser().get(at(link))
    assert (answer.status_code, "Please do not pay a second time" in words(answer)) == (410, True)


def test_an_unknown_address_says_so(db: None, payer: Browser) -> None:
    for url in ("/p/nothing/", "/pay/pay_nothing/", "/pay/pay_nothing/state/"):
        answer = payer.get(url)
        assert (answer.status_code, "Nothing to pay here" in words(answer)) == (404, True)


def test_a_form_from_elsewhere_is_refused(link: PaymentLink) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(at(link), {"offer": card(link.merchant)}).status_code == 403
    assert Payment.objects.count() == 0


def test_hostile_words_stay_words(shop: Merchant, payer: Browser) -> None:
    link = people.link(shop, FIFTY)
    PaymentLink.objects.filter(pk=link.pk).update(reason="<script>alert(1)</script>{{ x }}")
    body = payer.get(at(link)).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ x }}" in body


def test_when_no_method_can_take_it_the_page_says_so(link: PaymentLink, payer: Browser) -> None:
    link.merchant.connections.update(is_enabled=False)
    text = words(payer.get(at(link)))
    assert "Nothing here can take this payment right now" in text
    assert "Pay 50.00" not in text


def test_inside_wechat_alipay_is_explained_instead_of_offered(shop: Merchant) -> None:
    link = people.link(shop, Money(35520, "CNY"))
    assert "Alipay Opens Till" in words(Browser(user_agent=IPHONE).get(at(link)))
    browser = Browser("zh-CN", WECHAT)
    assert "在当前应用内无法打开支付宝。" in words(browser.get(at(link)))
    till = shop.connections.get()
    assert browser.choose(at(link), f"{till.public_id}.alipay.mobile").status_code == 422


def test_clicks_at_the_same_moment_make_one_try(committed_db: str, bank: Bank) -> None:
    link = people.link(people.merchant(), FIFTY, is_reusable=True)
    first = Browser()
    first.get(at(link))
    browsers = [Browser() for _ in range(6)]
    for browser in browsers:
        browser.client.cookies = first.client.cookies

    def click(browser: Browser) -> int:
        try:
            return browser.choose(at(link), card(link.merchant)).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(browsers)) as pool:
        assert set(pool.map(click, browsers)) == {303}
    assert (Payment.objects.count(), Attempt.objects.count(), bank.count("start")) == (1, 1, 1)
