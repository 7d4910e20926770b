"""Every fault in every answer of every channel: each comes to the one right end.

A cell is one fault at one operation. Whatever it does to us, the payer is charged once, for exactly
what was asked, and the books say so in the end; or not at all.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from sleek.channels.base import ChannelError, Outcome
from sleek.core.money import Money
from sleek.ledger.models import JournalEntry
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment, Waiting
from sleek.refunds import actions as refunds
from sleek.refunds.actions import sending
from sleek.refunds.models import Refund
from tests.channels.faults.shop import OPENINGS, Letter, Shop, channels_with_a_provider
from tests.channels.faults.wire import FAULTS, Fault, Wire

ROUNDS = 8  # of the janitor
PATIENCE = timedelta(minutes=11)  # after which an answer that was lost is given up


def test_no_channel_is_missing() -> None:
    assert set(OPENINGS) == channels_with_a_provider()
    assert len(FAULTS) >= 24


def cells(check: object, shop: Shop, line: Wire) -> list[str]:
    """Each fault that does not come to its right end, with what it came to."""
    wrong = []
    for name, fault in FAULTS.items():
        try:
            check(shop, line, fault)  # type: ignore[operator]
        except Exception as error:  # whatever a cell dies of is its result; the others go on
            wrong.append(f"{name}: {type(error).__name__}: {error}")
    return wrong


def test_starting(shop: Shop, line: Wire) -> None:
    assert cells(_start, shop, line) == []


def test_asking(shop: Shop, line: Wire) -> None:
    assert cells(_ask, shop, line) == []


def test_closing(shop: Shop, line: Wire) -> None:
    assert cells(_close, shop, line) == []


def test_refunding(shop: Shop, line: Wire) -> None:
    paid = _paid(shop)
    assert cells(lambda *cell: _refund(paid, *cell), shop, line) == []


def test_asking_about_a_refund(shop: Shop, line: Wire) -> None:
    paid = _paid(shop)
    refund = _sent(shop, paid)
    assert cells(lambda *cell: _ask_refund(refund, *cell), shop, line) == []


def _start(shop: Shop, line: Wire, fault: Fault) -> None:
    payment = shop.payment()
    with line.harmed(fault):
        attempt = shop.begin(payment)
    for _ in range(3):
        if _is_open(attempt):
            break
        attempt = shop.begin(Payment.objects.get(pk=payment.pk))  # the payer tries again
    shop.pay(attempt)
    _apply(shop, shop.post())
    _is_paid_once(shop, attempt)


def _is_open(attempt: Attempt) -> bool:
    return attempt.status == "requires_action" and bool(attempt.next_url or attempt.next_qr)


def _ask(shop: Shop, line: Wire, fault: Fault) -> None:
    attempt = shop.begin(shop.payment())
    shop.pay(attempt)
    shop.post()  # and lost
    with line.harmed(fault):
        payments.check(_fresh(attempt))
    _is_not_wrong(attempt)
    _is_paid_once(shop, attempt)


def _close(shop: Shop, line: Wire, fault: Fault) -> None:
    attempt = shop.begin(shop.payment())
    order = shop.order(attempt)
    shop.provider.meet(order)
    with line.harmed(fault):
        payments.close_others(attempt.payment)
    payments.close_others(attempt.payment)
    if not shop.provider.channel.capabilities.can_close:
        shop.provider.pay(order)
        _is_paid_once(shop, attempt)
        return
    attempt = _fresh(attempt)
    assert (attempt.status, attempt.payment.status) == ("canceled", "pending")
    with pytest.raises(AssertionError):
        shop.provider.pay(order)
    assert shop.provider.booked(order, "money.captured") == 0


def _paid(shop: Shop) -> Attempt:
    attempt = shop.begin(shop.payment())
    shop.pay(attempt)
    _apply(shop, shop.post())
    _is_paid_once(shop, attempt)
    return attempt


def _refund(attempt: Attempt, shop: Shop, line: Wire, fault: Fault) -> None:
    order = shop.order(attempt)
    before = shop.provider.booked(order, "money.refunded")
    [refund] = _promised(shop, attempt)
    with line.harmed(fault):
        refunds.check(refund)
    _settle(shop, refund)
    booked = shop.provider.booked(order, "money.refunded") - before
    assert (Refund.objects.get(pk=refund.pk).status, booked) == ("succeeded", 1)
    entries = JournalEntry.objects.filter(subject=refund.public_id).order_by("pk")
    assert [entry.kind for entry in entries] == ["refund_promised", "refund_succeeded"]


def _promised(shop: Shop, attempt: Attempt) -> list[Refund]:
    amount = Money(1, attempt.currency)
    return refunds.promise(attempt.payment, amount, reason="goodwill")


def _settle(shop: Shop, refund: Refund) -> None:
    """The janitor goes on until it is over, and time with it."""
    for _ in range(ROUNDS):
        refund = Refund.objects.select_related("attempt").get(pk=refund.pk)
        if refund.status != "pending":
            return
        if refund.sent_at:
            Refund.objects.filter(pk=refund.pk).update(sent_at=refund.sent_at - PATIENCE)
        if shop.provider.refunds_later and refund.reference:
            shop.provider.settle(sending.order_of(refund))
        refunds.check(refund)


def _sent(shop: Shop, attempt: Attempt) -> Refund:
    [refund] = _promised(shop, attempt)
    refunds.check(refund)
    _settle(shop, refund)
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


def _apply(shop: Shop, letters: list[Letter]) -> None:
    for letter in letters:
        shop.deliver(letter)
    while payments.apply_waiting():
        pass


def _fresh(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("payment", "connection").get(pk=attempt.pk)


def _is_not_wrong(attempt: Attempt) -> None:
    payment = _fresh(attempt).payment
    assert (payment.status, payment.amount_paid) in (
        ("processing", 0),
        ("succeeded", payment.amount),
    )


def _is_paid_once(shop: Shop, attempt: Attempt) -> None:
    """After the janitor: one charge at the provider, one payment in the books, to the cent."""
    for _ in range(ROUNDS):
        if _fresh(attempt).payment.status == "succeeded":
            break
        payments.check(_fresh(attempt))
    attempt = _fresh(attempt)
    payment = attempt.payment
    assert (payment.status, payment.amount_paid) == ("succeeded", payment.amount)
    assert (attempt.status, attempt.surplus) == ("succeeded", "")
    tries = [shop.order(each) for each in payment.attempts.all()]
    assert [shop.provider.booked(order, "money.captured") for order in tries].count(1) == 1
    assert shop.provider.booked(shop.order(attempt), "money.captured") == 1
    kinds = JournalEntry.objects.filter(subject=attempt.public_id)
    assert kinds.filter(kind="payment_succeeded").count() == 1
    assert not Waiting.objects.exists()
