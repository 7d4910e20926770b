"""Every fault in every answer of every channel: each comes to the one right end.

A cell is one fault at one operation. Whatever it does to us, the payer is charged once, for exactly
what was asked, and the books say so in the end; or not at all.
"""

from __future__ import annotations

import pytest

from sleek.channels.base import ChannelError, Outcome
from sleek.core.money import Money
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.refunds import actions as refunds
from sleek.refunds.actions import sending
from sleek.refunds.models import Refund
from tests.channels.faults import ends
from tests.channels.faults.shop import OPENINGS, Shop, channels_with_a_provider
from tests.channels.faults.wire import FAULTS, Fault, Wire


def test_no_channel_is_missing() -> None:
    assert set(OPENINGS) == channels_with_a_provider()
    assert len(FAULTS) >= 24


def test_starting(shop: Shop, line: Wire) -> None:
    assert ends.wrong(lambda fault: _start(shop, line, fault), FAULTS) == []


def test_asking(shop: Shop, line: Wire) -> None:
    assert ends.wrong(lambda fault: _ask(shop, line, fault), FAULTS) == []


def test_closing(shop: Shop, line: Wire) -> None:
    assert ends.wrong(lambda fault: _close(shop, line, fault), FAULTS) == []


def test_refunding(shop: Shop, line: Wire) -> None:
    paid = _paid(shop)
    assert ends.wrong(lambda fault: _refund(paid, shop, line, fault), FAULTS) == []


def test_asking_about_a_refund(shop: Shop, line: Wire) -> None:
    paid = _paid(shop)
    refund = _sent(shop, paid)
    assert ends.wrong(lambda fault: _ask_refund(refund, shop, line, fault), FAULTS) == []


def _start(shop: Shop, line: Wire, fault: Fault) -> None:
    payment = shop.payment()
    with line.harmed(fault):
        attempt = shop.begin(payment)
    for _ in range(3):
        if _is_open(attempt):
            break
        attempt = shop.begin(Payment.objects.get(pk=payment.pk))  # the payer tries again
    shop.pay(attempt)
    ends.apply(shop, shop.post())
    ends.is_paid_once(shop, attempt)


def _is_open(attempt: Attempt) -> bool:
    return attempt.status == "requires_action" and bool(attempt.next_url or attempt.next_qr)


def _ask(shop: Shop, line: Wire, fault: Fault) -> None:
    attempt = shop.begin(shop.payment())
    shop.pay(attempt)
    shop.post()  # and lost
    with line.harmed(fault):
        payments.check(ends.fresh(attempt))
    _is_not_wrong(attempt)
    ends.is_paid_once(shop, attempt)


def _close(shop: Shop, line: Wire, fault: Fault) -> None:
    attempt = shop.begin(shop.payment())
    order = shop.order(attempt)
    shop.provider.meet(order)
    with line.harmed(fault):
        payments.close_others(attempt.payment)
    payments.close_others(attempt.payment)
    if not shop.provider.channel.capabilities.can_close:
        shop.provider.pay(order)
        ends.is_paid_once(shop, attempt)
        return
    attempt = ends.fresh(attempt)
    assert (attempt.status, attempt.payment.status) == ("canceled", "pending")
    with pytest.raises(AssertionError):
        shop.provider.pay(order)
    assert shop.provider.booked(order, "money.captured") == 0


def _paid(shop: Shop) -> Attempt:
    attempt = shop.begin(shop.payment())
    shop.pay(attempt)
    ends.apply(shop, shop.post())
    ends.is_paid_once(shop, attempt)
    return attempt


def _refund(attempt: Attempt, shop: Shop, line: Wire, fault: Fault) -> None:
    order = shop.order(attempt)
    before = shop.provider.booked(order, "money.refunded")
    [refund] = _promised(shop, attempt)
    with line.harmed(fault):
        refunds.check(refund)
    ends.is_given_back_once(shop, refund, before)


def _promised(shop: Shop, attempt: Attempt) -> list[Refund]:
    amount = Money(1, attempt.currency)
    return refunds.promise(attempt.payment, amount, reason="goodwill")


def _sent(shop: Shop, attempt: Attempt) -> Refund:
    [refund] = _promised(shop, attempt)
    refunds.check(refund)
    ends.settle(shop, refund)
    return Refund.objects.get(pk=refund.pk)


def _ask_refund(refund: Refund, shop: Shop, line: Wire, fault: Fault) -> None:
    """Whatever happens to the answer, it tells nothing but the truth."""
    order = sending.order_of(refund)
    truth = shop.provider.channel.fetch_refund(order)
    assert (truth.outcome, truth.amount) == (Outcome.SUCCEEDED, refund.money)
    with line.harmed(fault):
        try:
            told = shop.provider.channel.fetch_refund(order)
        except ChannelError:
            return
    assert told in (truth, _pending_of(told))


def _pending_of(told: object) -> object:
    return told if getattr(told, "outcome", None) == Outcome.PENDING else None


def _is_not_wrong(attempt: Attempt) -> None:
    payment = ends.fresh(attempt).payment
    assert (payment.status, payment.amount_paid) in (
        ("processing", 0),
        ("succeeded", payment.amount),
    )
