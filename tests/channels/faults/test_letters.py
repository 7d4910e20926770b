"""What becomes of a provider's letters on their way, at every channel: lost, doubled, late, out of
order, about what we never asked for, badly sealed, somebody else's.

None of it costs the payer or the merchant anything: what a letter would have told, the janitor
asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.models import JournalEntry
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Notice, Payment
from sleek.refunds import actions as refunds
from tests.channels.faults import ends
from tests.channels.faults.shop import Shop
from tests.channels.providers import order_for

LATE_S = 70 * 3600  # of the sandbox's time; nobody writes longer than three days
Way: TypeAlias = Callable[[Shop, Attempt], None]


def test_on_their_way(shop: Shop) -> None:
    assert ends.wrong(lambda way: _deliver(shop, way), WAYS) == []


def test_not_to_be_believed(shop: Shop) -> None:
    kinds = {"wrong_signature", "wrong_account"}
    if shop.name == "stripe":
        kinds.remove("wrong_account")  # its letters name no account
    found = ends.wrong(lambda kind: _is_not_believed(shop, kind), {kind: kind for kind in kinds})
    assert found == []


def test_about_what_is_not_ours(shop: Shop) -> None:
    """The money is real and nobody here asked for it: told once, and booked nowhere."""
    order = order_for(shop.provider, notice_url=shop.letters.url)
    order = replace(order, reference=shop.provider.open(order).reference)
    entries, attempts = JournalEntry.objects.count(), Attempt.objects.count()
    shop.provider.meet(order)
    shop.provider.pay(order)
    letters = shop.post()
    assert letters
    for _ in range(2):
        for letter in letters:
            assert shop.deliver(letter) < 300
        while payments.apply_waiting():
            pass
    assert (JournalEntry.objects.count(), Attempt.objects.count()) == (entries, attempts)
    told = Event.objects.filter(kind="payment.orphan_reported", subject=order.key)
    assert [event.data["amount"] for event in told] == [order.amount.minor]


def _deliver(shop: Shop, way: Way) -> None:
    attempt = shop.begin(shop.payment())
    way(shop, attempt)
    ends.is_paid_once(shop, attempt)
    told = Event.objects.filter(kind="payment.succeeded", subject=attempt.payment.public_id)
    assert told.count() == 1


def _lost(shop: Shop, attempt: Attempt) -> None:
    with shop.lying("notify", "lose"):
        shop.pay(attempt)
    assert shop.post() == []


def _doubled(shop: Shop, attempt: Attempt) -> None:
    with shop.lying("notify", "duplicate", copies=3):
        shop.pay(attempt)
    letters = shop.post()
    before = Notice.objects.count()
    ends.apply(shop, letters)
    assert Notice.objects.count() - before == len(letters) / 3


def _late(shop: Shop, attempt: Attempt) -> None:
    """The janitor knows it long before."""
    with shop.lying("notify", "delay", seconds=LATE_S):
        shop.pay(attempt)
    assert shop.post() == []
    ends.is_paid_once(shop, attempt)
    shop.provider.sandbox.flush(ahead_s=LATE_S)
    letters = shop.post()
    assert letters
    ends.apply(shop, letters)


def _backwards(shop: Shop, attempt: Attempt) -> None:
    """Those of a refund before those of its payment."""
    shop.pay(attempt)
    letters = shop.post()
    ends.is_paid_once(shop, attempt)
    paid = ends.fresh(attempt)
    before = shop.provider.booked(shop.order(paid), "money.refunded")
    [refund] = refunds.promise(paid.payment, Money(10, paid.currency), reason="goodwill")
    ends.is_given_back_once(shop, refund, before)
    letters += shop.post()
    ends.apply(shop, letters[::-1])
    ends.follow(paid)
    ends.is_given_back_once(shop, refund, before)


def _overtaken(shop: Shop, attempt: Attempt) -> None:
    """A second payment's letters come before the first one's."""
    other = shop.begin(shop.payment())
    with shop.lying("notify", "reorder"):
        shop.pay(attempt)
    shop.pay(other)
    ends.apply(shop, shop.post())
    ends.is_paid_once(shop, other)


def _cut_off(shop: Shop, attempt: Attempt) -> None:
    """The first time only half of each arrives."""
    shop.pay(attempt)
    letters = shop.post()
    for headers, body in letters:
        assert shop.deliver((headers, body[: len(body) // 2])) == 400
    ends.apply(shop, letters)


def _long_paid(shop: Shop, attempt: Attempt) -> None:
    shop.pay(attempt)
    letters = shop.post()
    ends.apply(shop, letters)
    assert Payment.objects.get(pk=attempt.payment_id).status == "succeeded"
    ends.apply(shop, [*letters, *letters[::-1]])


WAYS: dict[str, Way] = {
    "lost": _lost,
    "three times": _doubled,
    "three days late": _late,
    "backwards": _backwards,
    "overtaken by others": _overtaken,
    "cut off": _cut_off,
    "again when all is done": _long_paid,
}


def _is_not_believed(shop: Shop, kind: str) -> None:
    """Refused at the door, and nothing is known by it."""
    attempt = shop.begin(shop.payment())
    with shop.lying("notify", kind):
        shop.pay(attempt)
        letters = shop.post()
    before = Notice.objects.count()
    assert {shop.deliver(letter) for letter in letters} == {400}
    assert Notice.objects.count() == before
    assert ends.fresh(attempt).status == "requires_action"
    ends.is_paid_once(shop, attempt)
