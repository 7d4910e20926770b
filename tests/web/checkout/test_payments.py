"""The page of a payment: every state in both languages, another try, coming back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sleek.channels.base import Failure, Flow, Method, Outcome, Report
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import asking
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank, Till
from tests.web.checkout.conftest import IPHONE, WECHAT, Browser, at, card, code, words

PRICE = Money(35520, "CNY")


@pytest.fixture
def payment(shop: Merchant) -> Payment:
    return people.payment(shop, PRICE)


def nothing_yet(payment: Payment, bank: Bank) -> None:
    pass


def at_the_provider(payment: Payment, bank: Bank) -> None:
    people.attempt(payment)


def a_code(payment: Payment, bank: Bank) -> None:
    people.attempt(payment, people.qr(payment.merchant))


def connecting(payment: Payment, bank: Bank) -> None:
    Attempt.objects.filter(pk=people.attempt(payment).pk).update(status="started", next_url="")


def unknown(payment: Payment, bank: Bank) -> None:
    Attempt.objects.filter(pk=people.attempt(payment).pk).update(status="unknown")


def declined(payment: Payment, bank: Bank) -> None:
    key = people.attempt(payment).public_id
    report = Report(key, Outcome.FAILED, failure=Failure.INSUFFICIENT_FUNDS, failure_code="51")
    payments.apply_reports([report])


def left(payment: Payment, bank: Bank) -> None:
    payments.apply_reports([Report(people.attempt(payment).public_id, Outcome.CANCELED)])


def provider_down(payment: Payment, bank: Bank) -> None:
    bank.is_down = True
    people.attempt(payment)
    bank.is_down = False


def paid(payment: Payment, bank: Bank) -> None:
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])


def paid_twice(payment: Payment, bank: Bank) -> None:
    tries = [people.attempt(payment), people.attempt(payment, people.qr(payment.merchant))]
    payments.apply_reports([bank.pay(attempt.public_id) for attempt in tries])


def wrong_amount(payment: Payment, bank: Bank) -> None:
    payments.apply_reports([bank.pay(people.attempt(payment).public_id, Money(35000, "CNY"))])


def wrong_currency(payment: Payment, bank: Bank) -> None:
    payments.apply_reports([bank.pay(people.attempt(payment).public_id, Money(5000, "USD"))])


def expired(payment: Payment, bank: Bank) -> None:
    Payment.objects.filter(pk=payment.pk).update(status="expired")


def paid_too_late(payment: Payment, bank: Bank) -> None:
    attempt = people.attempt(payment)
    expired(payment, bank)
    payments.apply_reports([bank.pay(attempt.public_id)])


def canceled(payment: Payment, bank: Bank) -> None:
    Payment.objects.filter(pk=payment.pk).update(status="canceled")


STATES: list[tuple[Callable[[Payment, Bank], None], str, str]] = [
    (nothing_yet, "How would you like to pay?", "选择付款方式"),
    (
        at_the_provider,
        "We have not heard of a payment from Till yet.",
        "我们还没有收到Till的付款通知",
    ),
    (
        a_code,
        "Open Alipay on your phone, scan the code",
        "用手机上的支付宝扫码，确认支付 355.20 CNY",
    ),
    (connecting, "Connecting to Till…", "正在连接Till…"),
    (unknown, "Your payment is being confirmed", "请勿重复支付"),
    (declined, "There was not enough money on the card or account.", "余额不足。"),
    (left, "The last try was not finished in time.", "上一次支付没有在时限内完成。"),
    (provider_down, "Nothing was charged. Please choose another method", "暂时没有响应，没有扣款"),
    (paid, "355.20 CNY paid", "已支付 355.20 CNY"),
    (paid, "Lin Ceramics sees your payment now.", "谢谢。Lin Ceramics 已能看到这笔付款。"),
    (
        paid_twice,
        "The second one, 355.20 CNY, goes back to you",
        "第二笔 355.20 CNY 会自动原路退回",
    ),
    (wrong_amount, "We received 350.00 CNY instead of 355.20 CNY.", "实际收到 350.00 CNY"),
    (wrong_currency, "We received 50.00 USD instead of 355.20 CNY.", "实际收到 50.00 USD"),
    (expired, "The time to pay is over", "付款已超时"),
    (paid_too_late, "355.20 CNY arrived after the time to pay was over.", "在付款时限之后到达"),
    (canceled, "This payment was canceled", "这笔付款已取消"),
]


@pytest.mark.parametrize(("happens", "english", "chinese"), STATES)
def test_every_state_is_told_in_both_languages(
    happens: Callable[[Payment, Bank], None],
    english: str,
    chinese: str,
    payment: Payment,
    bank: Bank,
) -> None:
    happens(payment, bank)
    for browser, expected in ((Browser("en"), english), (Browser("zh-CN"), chinese)):
        for answer in (browser.get(at(payment)), browser.get(at(payment, "state/"))):
            assert (answer.status_code, expected in words(answer)) == (200, True)


@pytest.mark.parametrize("happens", [unknown, wrong_amount, paid, expired, canceled, connecting])
def test_nothing_invites_to_pay_where_paying_would_be_wrong(
    happens: Callable[[Payment, Bank], None], payment: Payment, bank: Bank, payer: Browser
) -> None:
    happens(payment, bank)
    tries = Attempt.objects.count()
    if happens is not connecting:
        assert "Pay 355.20 CNY" not in words(payer.get(at(payment)))
    answer = payer.choose(at(payment), card(payment.merchant))
    assert (answer.status_code, answer.headers["Location"]) == (303, at(payment))
    assert Attempt.objects.count() == tries


def test_another_try_needs_no_new_link(payment: Payment, bank: Bank, payer: Browser) -> None:
    declined(payment, bank)
    answer = payer.choose(at(payment), code(payment.merchant))
    assert (answer.status_code, answer.headers["Location"]) == (303, at(payment))
    page = payer.get(at(payment)).content.decode()
    assert "<svg" in page.partition('class="code-frame"')[2]
    assert Payment.objects.count() == 1


def test_a_method_that_does_not_answer_goes_last_with_the_reason(
    payment: Payment, bank: Bank, payer: Browser
) -> None:
    bank.is_down = True
    assert payer.choose(at(payment), card(payment.merchant)).headers["Location"] == at(payment)
    text = words(payer.get(at(payment)))
    assert text.index("Alipay") < text.index("Bank card") < text.index("does not answer")


def test_a_link_that_was_paused_meanwhile_takes_no_further_try(
    payment: Payment, payer: Browser
) -> None:
    PaymentLink.objects.update(status="paused")
    assert payer.choose(at(payment), card(payment.merchant)).status_code == 303
    assert Attempt.objects.count() == 0
    assert "Not open at the moment" in words(payer.get(at(payment)))


def test_a_lapsed_code_is_made_anew(
    payment: Payment, bank: Bank, payer: Browser, frozen_clock: FrozenClock
) -> None:
    payer.choose(at(payment), code(payment.merchant))
    frozen_clock.advance(minutes=31)
    assert "Not paid yet" in words(payer.get(at(payment)))
    payer.choose(at(payment), code(payment.merchant))
    assert "Scan with Alipay" in words(payer.get(at(payment)))
    assert bank.count("start") == 2


def test_on_a_phone_a_code_can_be_opened_in_its_app(payment: Payment, bank: Bank) -> None:
    a_code(payment, bank)
    assert "Open Alipay Open Alipay on" in words(Browser(user_agent=IPHONE).get(at(payment)))
    assert "Open Alipay Open Alipay on" not in words(Browser(user_agent=WECHAT).get(at(payment)))


def at_alipay(shop: Merchant) -> str:
    return code(shop).replace(".qr", ".redirect")


def test_at_a_desk_without_a_phone_the_methods_own_page_opens_here(
    payment: Payment, bank: Bank, payer: Browser
) -> None:
    a_code(payment, bank)
    here = at_alipay(payment.merchant)
    assert "Log in at Alipay in this browser instead" in words(payer.get(at(payment)))
    assert f'value="{here}"' in payer.get(at(payment, "state/")).content.decode()
    answer = payer.choose(at(payment), here)
    latest = Attempt.objects.latest("pk")
    assert (answer.status_code, answer.headers["Location"]) == (303, latest.next_url)
    assert [(one.method, one.flow) for one in Attempt.objects.order_by("pk")] == [
        ("alipay", "qr"),
        ("alipay", "redirect"),
    ]


def test_of_a_code_and_a_page_one_is_paid_and_the_other_closed(
    payment: Payment, bank: Bank, payer: Browser
) -> None:
    a_code(payment, bank)
    payer.choose(at(payment), at_alipay(payment.merchant))
    scanned, opened = Attempt.objects.order_by("pk")
    payments.apply_reports([bank.pay(opened.public_id)])
    payments.close_others(payment)
    scanned.refresh_from_db()
    assert (scanned.status, bank.count("cancel")) == ("canceled", 1)
    assert "355.20 CNY paid" in words(payer.get(at(payment)))


@pytest.mark.parametrize("user_agent", [IPHONE, WECHAT])
def test_a_phone_is_not_asked_to_do_without_a_phone(
    payment: Payment, bank: Bank, user_agent: str
) -> None:
    a_code(payment, bank)
    page = words(Browser(user_agent=user_agent).get(at(payment)))
    assert "in this browser instead" not in page


def test_a_method_that_only_has_a_code_offers_no_page(
    payment: Payment, bank: Bank, payer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    methods = (Method("alipay", (Flow.QR,), frozenset({"CNY"})),)
    monkeypatch.setattr(Till, "capabilities", replace(Till.capabilities, methods=methods))
    a_code(payment, bank)
    assert "in this browser instead" not in words(payer.get(at(payment)))
    assert payer.choose(at(payment), at_alipay(payment.merchant)).status_code == 422


def test_who_has_the_newest_state_is_told_so_in_a_few_bytes(
    payment: Payment, bank: Bank, payer: Browser
) -> None:
    a_code(payment, bank)
    first = payer.get(at(payment, "state/"))
    tag = {"If-None-Match": first.headers["ETag"]}
    unchanged = payer.get(at(payment, "state/"), **tag)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    payments.apply_reports([bank.pay(Attempt.objects.get().public_id)])
    changed = payer.get(at(payment, "state/"), **tag)
    assert (changed.status_code, b"data-final" in changed.content) == (200, True)


def test_coming_back_asks_the_provider_at_once(
    payment: Payment, bank: Bank, payer: Browser, frozen_clock: FrozenClock
) -> None:
    attempt = people.attempt(payment)
    frozen_clock.advance(seconds=30)
    bank.pay(attempt.public_id)
    answer = payer.get(at(payment, "return/?status=failed&paid=no"))
    assert (answer.status_code, answer.headers["Location"]) == (303, at(payment))
    assert "355.20 CNY paid" in words(payer.get(at(payment)))


def test_coming_back_unpaid_is_no_payment_whatever_the_address_says(
    payment: Payment, payer: Browser, frozen_clock: FrozenClock
) -> None:
    people.attempt(payment)
    frozen_clock.advance(seconds=30)
    payer.get(at(payment, "return/?status=succeeded&trade_status=TRADE_SUCCESS"))
    assert "Not paid yet" in words(payer.get(at(payment)))


def test_the_provider_is_asked_at_most_once_in_two_seconds(
    payment: Payment, bank: Bank, frozen_clock: FrozenClock
) -> None:
    attempt = people.attempt(payment)
    for asked, wait_s in ((1, 2.0), (1, 1.0), (2, 1.0), (2, 1.9)):
        frozen_clock.advance(seconds=wait_s)
        for browser in (Browser(), Browser()):
            browser.get(at(payment, "return/"))
        assert bank.count("fetch") == asked
    attempt.refresh_from_db()
    assert attempt.check_count == 0  # the janitor's own schedule is as it was


def test_a_provider_that_hangs_does_not_hold_the_payer(
    payment: Payment, payer: Browser, frozen_clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(Till, "fetch", lambda self, order: release.wait(10))
    monkeypatch.setattr(asking, "PATIENCE_S", 0.05)
    people.attempt(payment)
    frozen_clock.advance(seconds=30)
    assert payer.get(at(payment, "return/")).status_code == 303
    release.set()


def test_a_provider_that_is_down_leaves_the_payment_as_it_was(
    payment: Payment, bank: Bank, payer: Browser, frozen_clock: FrozenClock
) -> None:
    people.attempt(payment)
    frozen_clock.advance(seconds=30)
    bank.is_down = True
    assert payer.get(at(payment, "return/")).status_code == 303
    assert "Not paid yet" in words(payer.get(at(payment)))


def test_money_that_went_back_is_told_as_gone(payment: Payment, bank: Bank, payer: Browser) -> None:
    wrong_amount(payment, bank)
    Attempt.objects.update(
        resolution="returned", resolved_at=payment.created_at + timedelta(hours=1)
    )
    assert "350.00 CNY that came in addition went back" in words(payer.get(at(payment)))
