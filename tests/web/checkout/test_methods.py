"""Which ways to pay a payer is offered, and why others are not among them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sleek.channels.base import Device, Failure, Flow, Method, Outcome, Report
from sleek.core.money import Money
from sleek.links.rules import AmountKind, Ask
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.fakes.channel import Till
from tests.web.checkout.conftest import (
    IPHONE,
    WECHAT,
    Browser,
    at,
    card,
    code,
    link_for,
    words,
)

CNY = Money(35520, "CNY")


@pytest.fixture
def alipay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wallet with limits, for China."""
    wallet = Method(
        "alipay",
        (Flow.QR, Flow.REDIRECT, Flow.MOBILE),
        frozenset({"CNY"}),
        minimum={"CNY": 1000},
        maximum={"CNY": 5_000_000},
        countries=frozenset({"CN"}),
    )
    phone = Method("wechatpay", (Flow.MOBILE,), frozenset({"CNY"}))
    methods = (Method("card", (Flow.REDIRECT,), None), wallet, phone)
    monkeypatch.setattr(Till, "capabilities", replace(Till.capabilities, methods=methods))


@pytest.fixture
def shop_with_wallets(shop: Merchant, alipay: None) -> Merchant:
    shop.connections.update(methods=["card", "alipay", "wechatpay"])
    return shop


@pytest.mark.parametrize(
    ("amount", "language", "said"),
    [
        (Money(5000, "USD"), "zh", "支付宝不支持 USD。"),
        (Money(999, "CNY"), "zh", "支付宝只支持 10.00 CNY 及以上的金额。"),
        (Money(5_000_001, "CNY"), "zh", "支付宝最多支付 50,000.00 CNY。"),
        (CNY, "de-DE", "Alipay gibt es in Ihrem Land nicht."),
        (CNY, "zh", "微信支付只能在手机上打开。"),
    ],
)
def test_why_a_method_is_missing_can_be_asked(
    shop_with_wallets: Merchant, amount: Money, language: str, said: str
) -> None:
    page = Browser(language).get(at(people.link(shop_with_wallets, amount)))
    assert said in words(page)


def test_what_cannot_work_cannot_be_forced_either(shop_with_wallets: Merchant) -> None:
    link = people.link(shop_with_wallets, CNY)
    assert Browser("de-DE").choose(at(link), code(shop_with_wallets)).status_code == 422
    assert Attempt.objects.count() == 0
    assert Browser("zh-CN").choose(at(link), code(shop_with_wallets)).status_code == 303


@pytest.mark.parametrize("language", ["en", "", "zh-CN"])
def test_a_payer_whose_country_is_not_known_is_offered_all(
    shop_with_wallets: Merchant, language: str
) -> None:
    page = Browser(language).get(at(people.link(shop_with_wallets, CNY)))
    assert f'value="{code(shop_with_wallets)}"' in page.content.decode()


def test_a_method_for_phones_is_offered_on_phones(shop_with_wallets: Merchant) -> None:
    page = Browser("zh-CN", IPHONE).get(at(people.link(shop_with_wallets, CNY)))
    assert "wechatpay.mobile" in page.content.decode()
    assert "只能在手机上打开" not in words(page)


def test_while_no_amount_is_chosen_what_can_take_some_of_them_is_offered(
    shop_with_wallets: Merchant,
) -> None:
    ask = Ask(AmountKind.OPEN, "CNY", minimum=100, maximum=10_000_000)
    link = link_for(shop_with_wallets, replace(ask, maximum=4_000_000))
    payer = Browser("zh-CN")
    assert code(shop_with_wallets) in payer.get(at(link)).content.decode()
    refused = payer.choose(at(link), code(shop_with_wallets), amount="5")
    assert (refused.status_code, Payment.objects.count()) == (422, 0)
    assert "支付宝只支持 10.00 CNY 及以上的金额。" in words(refused)


@pytest.mark.parametrize("failure", Failure)
def test_after_every_kind_of_decline_another_try_is_one_click_away(
    shop: Merchant, failure: Failure
) -> None:
    payer, link = Browser(), people.link(shop, CNY)
    payer.choose(at(link), card(shop))
    key = Attempt.objects.get().public_id
    payments.apply_reports([Report(key, Outcome.FAILED, failure=failure)])
    page = payer.get(at(Payment.objects.get()))
    assert (page.status_code, "Not paid yet" in words(page)) == (200, True)
    assert " checked" in page.content.decode()
    assert payer.choose(at(Payment.objects.get()), code(shop)).status_code == 303
    assert Payment.objects.count() == 1


def test_a_stolen_card_is_not_called_stolen_in_any_state(shop: Merchant) -> None:
    payer, link = Browser(), people.link(shop, CNY)
    payer.choose(at(link), card(shop))
    key = Attempt.objects.get().public_id
    stolen = Report(key, Outcome.FAILED, failure=Failure.CAREFUL, failure_code="stolen_card")
    payments.apply_reports([stolen])
    for page in (
        payer.get(at(Payment.objects.get())),
        payer.get(at(Payment.objects.get(), "state/")),
    ):
        assert "The bank did not approve this payment." in words(page)
        for word in ("stolen", "lost", "careful", "fraud"):
            assert word not in page.content.decode().lower()


def test_inside_wechat_a_wallet_that_needs_another_browser_is_not_offered(
    shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut_out: dict[Device, tuple[Flow, ...]] = {Device.WECHAT: ()}
    ways = (Method("wechatpay", (Flow.QR, Flow.MOBILE), frozenset({"CNY"}), within=shut_out),)
    monkeypatch.setattr(Till, "capabilities", replace(Till.capabilities, methods=ways))
    shop.connections.update(methods=["wechatpay"])
    link, till = people.link(shop, CNY), shop.connections.get()
    assert "wechatpay.mobile" in Browser(user_agent=IPHONE).get(at(link)).content.decode()
    browser = Browser("zh-CN", WECHAT)
    page = browser.get(at(link))
    assert "在当前应用内无法打开微信支付。如需使用" in words(page)
    assert 'name="offer"' not in page.content.decode()
    for flow in ("mobile", "qr"):
        assert browser.choose(at(link), f"{till.public_id}.wechatpay.{flow}").status_code == 422
    assert not Attempt.objects.exists()
