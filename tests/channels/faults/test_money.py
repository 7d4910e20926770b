"""A provider that says another amount or currency than the truth: by notice, by its answer to a
question, to taking the money, to closing, to giving back.

Nothing is ever paid with it. What can be money is kept as it was said and waits for a person, even
if the provider says otherwise later; what cannot be is no news, and we ask again. A refund is done
when its provider says exactly what was asked. Bank transfers come in parts on purpose: theirs is
the table at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from sleek.core.money import Money
from sleek.payments import actions as payments
from sleek.payments.actions import OutcomeUnknown
from sleek.payments.models import Attempt, Payment
from sleek.refunds import actions as refunds
from tests import people
from tests.channels.faults import ends
from tests.channels.faults.shop import Letter, Shop

WRITTEN_OUT = ("alipay", "paypal")  # whose amounts are decimals, "50.00"; the others' are 5000
# What lies when it takes the money; of an order that lies before that, PayPal's takes none.
TAKING = {"paypal": "capture"}
Books: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True)
class Lie:
    """What is said for an amount of money, and what of it is wrong where it can be money."""

    says: Callable[[int], int | str]
    surplus: str = ""

    def told_by(self, shop: Shop, operation: str, asked: Money) -> AbstractContextManager[None]:
        if self.surplus == "currency":
            return shop.lying(operation, "wrong_currency")
        raw = self.says(asked.minor)
        if isinstance(raw, int) and shop.name in WRITTEN_OUT:
            raw = f"{Money(raw, asked.currency).decimal:f}"
        return shop.lying(operation, "wrong_amount", amount=raw)

    def as_money(self, asked: Money) -> Money:
        if self.surplus == "currency":
            return Money(asked.minor, "EUR" if asked.currency == "USD" else "USD")
        return Money(int(self.says(asked.minor)), asked.currency)


LIES: dict[str, Lie] = {
    "a minor unit less": Lie(lambda minor: minor - 1, "amount"),
    "a minor unit more": Lie(lambda minor: minor + 1, "amount"),
    "ten times as much": Lie(lambda minor: minor * 10, "amount"),
    "another currency": Lie(lambda minor: minor, "currency"),
    "nothing": Lie(lambda minor: 0),
    "less than nothing": Lie(lambda minor: -minor),
    "no number": Lie(lambda minor: "many"),
}


def test_by_a_notice(shop: Shop) -> None:
    assert ends.wrong(lambda lie: _pay(shop, lie, _by_notice), LIES) == []


def test_by_the_answer_to_a_question(shop: Shop) -> None:
    """At PayPal the first question after the payer's yes takes the money."""
    assert ends.wrong(lambda lie: _pay(shop, lie, _by_question), LIES) == []


def test_by_the_answer_to_closing(shop: Shop) -> None:
    assert ends.wrong(lambda lie: _pay(shop, lie, _by_closing), LIES) == []


def test_by_the_answer_to_giving_back(shop: Shop) -> None:
    paid = _paid(shop)
    assert ends.wrong(lambda lie: _give_back(paid, shop, lie), LIES) == []


def test_by_the_answer_to_a_question_about_a_refund(shop: Shop) -> None:
    paid = _paid(shop)
    assert ends.wrong(lambda lie: _ask_about_refund(paid, shop, lie), LIES) == []


def _pay(shop: Shop, lie: Lie, tell: Callable[[Shop, Attempt, Lie], list[Letter]]) -> None:
    attempt = shop.begin(shop.payment())
    said = lie.as_money(attempt.money) if lie.surplus else attempt.money
    before = _books(shop, said.currency)
    truth = tell(shop, attempt, lie)
    in_transit, frozen, clearing = _books(shop, said.currency)
    moved = (in_transit - before[0], frozen - before[1], clearing - before[2])
    assert moved == ((0, said.minor, -said.minor) if lie.surplus else (0, 0, 0))
    ends.apply(shop, truth)
    if not lie.surplus:
        return ends.is_paid_once(shop, attempt)
    ends.is_held(shop, attempt, said, lie.surplus)
    with pytest.raises(OutcomeUnknown):
        shop.begin(Payment.objects.get(pk=attempt.payment_id))


def _by_notice(shop: Shop, attempt: Attempt, lie: Lie) -> list[Letter]:
    with lie.told_by(shop, "notify", attempt.money):
        shop.pay(attempt)
        letters = shop.post()
    ends.apply(shop, letters)
    return []


def _by_question(shop: Shop, attempt: Attempt, lie: Lie) -> list[Letter]:
    order = shop.order(attempt)
    shop.provider.meet(order)
    shop.provider.agree(order)
    letters = shop.post()
    with lie.told_by(shop, TAKING.get(shop.name, "*"), attempt.money):
        payments.check(ends.fresh(attempt))
    return letters


def _by_closing(shop: Shop, attempt: Attempt, lie: Lie) -> list[Letter]:
    shop.pay(attempt)
    letters = shop.post()
    with lie.told_by(shop, "*", attempt.money):
        payments.close_others(attempt.payment)
    return letters


def _books(shop: Shop, currency: str) -> Books:
    codes = ("in_transit", "frozen", f"clearing:{shop.name}")
    in_transit, frozen, clearing = (people.held(shop.merchant, code, currency) for code in codes)
    return in_transit, frozen, clearing


def _paid(shop: Shop) -> Attempt:
    attempt = shop.begin(shop.payment())
    shop.pay(attempt)
    ends.apply(shop, shop.post())
    ends.is_paid_once(shop, attempt)
    return ends.fresh(attempt)


def _give_back(paid: Attempt, shop: Shop, lie: Lie) -> None:
    before = shop.provider.booked(shop.order(paid), "money.refunded")
    [refund] = refunds.promise(paid.payment, Money(10, paid.currency), reason="goodwill")
    with lie.told_by(shop, "*", refund.money):
        refunds.check(refund)
    refund.refresh_from_db()
    assert refund.status == "pending"
    ends.is_given_back_once(shop, refund, before)


def _ask_about_refund(paid: Attempt, shop: Shop, lie: Lie) -> None:
    """Its answer was lost, its provider's letter about it lies, and so does the next answer."""
    before = shop.provider.booked(shop.order(paid), "money.refunded")
    [refund] = refunds.promise(paid.payment, Money(10, paid.currency), reason="goodwill")
    with lie.told_by(shop, "notify", refund.money), shop.lying("refund", "error_500", effect=True):
        refunds.check(refund)
        ends.apply(shop, shop.post())
    with lie.told_by(shop, "*", refund.money):
        refunds.check(refund)
    refund.refresh_from_db()
    assert refund.status == "pending"
    ends.is_given_back_once(shop, refund, before)
