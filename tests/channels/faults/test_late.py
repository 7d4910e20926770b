"""A provider that says no, closed or failed, about money that it has taken, and yes later.

The no is believed, so that the payer may go on; the yes always counts. What it comes to depends on
what has happened since.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import pytest

from sleek.core import clock
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import PaymentStatus
from tests.channels.faults import ends
from tests.channels.faults.shop import Letter, Shop
from tests.channels.providers import past_its_end

# What the provider says, and what we make of it. Alipay has no state that says failed.
NOES = {"says_closed": ("canceled", "pending"), "says_failed": ("failed", "failed")}


def test_after_a_no_to_a_question(shop: Shop) -> None:
    assert ends.wrong(lambda since: since(shop, payments.check), _since(shop)) == []


def test_after_a_no_to_closing(shop: Shop) -> None:
    def close(attempt: Attempt) -> None:
        payments.close_others(attempt.payment)

    assert ends.wrong(lambda since: since(shop, close), _since(shop)) == []


def _since(shop: Shop) -> dict[str, Callable[..., None]]:
    """What may happen between the no and the yes, for each no."""
    noes = [no for no in NOES if (shop.name, no) != ("alipay", "says_failed")]
    lives = {
        "nothing": _nothing,
        "the payer begins again": _begun_again,
        "the payer pays again": _paid_again,
        "the payment expires": _expired,
        "both come twice": _twice,
    }
    return {f"{no}, {what}": partial(life, no) for no in noes for what, life in lives.items()}


def _denied(no: str, shop: Shop, ask: Callable[[Attempt], None]) -> tuple[Attempt, list[Letter]]:
    """Paid at the provider, its letters on their way, and it denies it."""
    attempt = shop.begin(shop.payment())
    shop.pay(attempt)
    letters = shop.post()
    with shop.lying("query", no), _late_enough(shop, attempt):
        ask(ends.fresh(attempt))
    attempt = ends.fresh(attempt)
    assert (attempt.status, attempt.payment.status) == NOES[no]
    assert ends.booked(attempt.public_id) == []
    return attempt, letters


def _late_enough(shop: Shop, attempt: Attempt) -> AbstractContextManager[object]:
    """UnionPay's no is none before the order's end."""
    return nullcontext() if shop.name != "unionpay" else past_its_end(shop.order(attempt))


def _nothing(no: str, shop: Shop, ask: Callable[[Attempt], None]) -> None:
    attempt, letters = _denied(no, shop, ask)
    ends.apply(shop, letters)
    ends.is_paid_once(shop, attempt)


def _begun_again(no: str, shop: Shop, ask: Callable[[Attempt], None]) -> None:
    """The payer stands at the provider a second time when the first money comes."""
    first, letters = _denied(no, shop, ask)
    second = shop.begin(first.payment)
    assert second.pk != first.pk
    order = shop.order(second)
    shop.provider.meet(order)
    ends.apply(shop, letters)
    payments.close_others(first.payment)
    ends.is_paid_once(shop, first)
    if not shop.provider.channel.capabilities.can_close:
        return
    assert ends.fresh(second).status == "canceled"
    with pytest.raises(AssertionError):
        shop.provider.pay(order)


def _paid_again(no: str, shop: Shop, ask: Callable[[Attempt], None]) -> None:
    first, letters = _denied(no, shop, ask)
    second = shop.begin(first.payment)
    shop.pay(second)
    ends.apply(shop, shop.post())
    assert ends.fresh(second).payment.status == "succeeded"
    ends.apply(shop, letters)
    ends.has_gone_back(shop, first, "duplicate")
    payment = ends.fresh(second).payment
    assert (payment.status, payment.amount_paid) == ("succeeded", payment.amount)
    assert ends.booked(second.public_id) == ["payment_succeeded"]


def _expired(no: str, shop: Shop, ask: Callable[[Attempt], None]) -> None:
    attempt, letters = _denied(no, shop, ask)
    Payment.objects.filter(pk=attempt.payment_id).update(expires_at=clock.now())
    payments.expire(attempt.payment)
    assert ends.fresh(attempt).payment.status == "expired"
    ends.apply(shop, letters)
    ends.has_gone_back(shop, attempt, "late")
    payment = ends.fresh(attempt).payment
    assert (payment.status, payment.amount_paid) == (PaymentStatus.EXPIRED, 0)


def _twice(no: str, shop: Shop, ask: Callable[[Attempt], None]) -> None:
    """The yes, the no once more, and the yes again."""
    attempt, letters = _denied(no, shop, ask)
    ends.apply(shop, letters)
    with shop.lying("query", no), _late_enough(shop, attempt):
        ask(ends.fresh(attempt))
        payments.check(ends.fresh(attempt))
    ends.apply(shop, letters)
    ends.is_paid_once(shop, attempt)
