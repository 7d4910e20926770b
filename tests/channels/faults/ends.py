"""Where a fault may end, and the janitor who brings it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

from django.db import transaction

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.models import JournalEntry
from sleek.payments import actions as payments
from sleek.payments.actions import attempts
from sleek.payments.models import Attempt, Waiting
from sleek.refunds import actions as refunds
from sleek.refunds.actions import sending
from sleek.refunds.models import Refund
from tests.channels.faults.shop import Letter, Shop

ROUNDS = 8  # of the janitor
PATIENCE = timedelta(minutes=11)  # after which an answer that was lost is given up
Cell = TypeVar("Cell")


def wrong(check: Callable[[Cell], None], cells: Mapping[str, Cell]) -> list[str]:
    """Each cell that does not come to its right end, with what it came to."""
    found = []
    for name, cell in cells.items():
        try:
            check(cell)
        except Exception as error:  # whatever a cell dies of is its result; the others go on
            found.append(f"{name}: {type(error).__name__}: {error}")
    return found


def fresh(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("payment", "connection").get(pk=attempt.pk)


def apply(shop: Shop, letters: list[Letter]) -> None:
    for letter in letters:
        shop.deliver(letter)
    while payments.apply_waiting():
        pass


def is_paid_once(shop: Shop, attempt: Attempt) -> None:
    """After the janitor: one charge at the provider, one payment in the books, to the cent."""
    attempt = fresh(attempt)
    for _ in range(ROUNDS):
        if attempt.payment.status == "succeeded":
            break
        payments.check(attempt)
        attempt = fresh(attempt)
    payment = attempt.payment
    assert (payment.status, payment.amount_paid) == ("succeeded", payment.amount)
    assert (attempt.status, attempt.surplus) == ("succeeded", "")
    captured = {
        each.pk: shop.provider.booked(attempts.order_of(each), "money.captured")
        for each in payment.attempts.select_related("payment", "connection")
    }
    assert captured[attempt.pk] == 1
    assert [*captured.values()].count(1) == 1
    assert booked(attempt.public_id, "payment_succeeded", "surplus_received") == [
        "payment_succeeded"
    ]
    assert not Waiting.objects.exists()


def is_held(shop: Shop, attempt: Attempt, said: Money, surplus: str) -> None:
    """Whatever the provider says from now on: what it said first waits for a person, as it was
    said, pays nothing and does not go back by itself.
    """
    for _ in range(3):
        payments.check(fresh(attempt))
    follow(attempt)
    attempt = fresh(attempt)
    payment = attempt.payment
    assert (payment.status, payment.amount_paid) == ("processing", 0)
    assert (attempt.status, attempt.surplus, attempt.resolution) == ("succeeded", surplus, "")
    assert attempt.money_received == said
    assert booked(attempt.public_id) == ["surplus_received"]
    assert shop.provider.booked(shop.order(attempt), "money.captured") == 1
    assert not attempt.refunds.exists()
    assert not Waiting.objects.exists()


def has_gone_back(shop: Shop, attempt: Attempt, surplus: str) -> None:
    """It pays nothing, and its payer has it again without asking."""
    follow(attempt)
    attempt = fresh(attempt)
    assert (attempt.status, attempt.surplus) == ("succeeded", surplus)
    refund = attempt.refunds.get()
    settle(shop, refund)
    refund.refresh_from_db()
    assert (refund.status, refund.money) == ("succeeded", attempt.money)
    order = shop.order(attempt)
    assert shop.provider.booked(order, "money.captured") == 1
    assert shop.provider.booked(order, "money.refunded") == 1
    assert booked(attempt.public_id) == ["surplus_received"]
    assert booked(refund.public_id) == ["refund_promised", "refund_succeeded"]


def is_given_back_once(shop: Shop, refund: Refund, before: int) -> None:
    """After the janitor. `before` is how often its payment was given back in parts by then."""
    settle(shop, refund)
    order = shop.order(refund.attempt)
    made = shop.provider.booked(order, "money.refunded") - before
    assert (Refund.objects.get(pk=refund.pk).status, made) == ("succeeded", 1)
    assert booked(refund.public_id) == ["refund_promised", "refund_succeeded"]


def settle(shop: Shop, refund: Refund) -> None:
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


def follow(attempt: Attempt) -> None:
    """What the news of its payment leads to."""
    with transaction.atomic():
        refunds.follow(list(Event.objects.filter(subject=attempt.payment.public_id)))


def booked(subject: str, *kinds: str) -> list[str]:
    """The kinds of the entries about one thing, in order; of those named only, if any are."""
    entries = JournalEntry.objects.filter(subject=subject).order_by("pk")
    found = entries.exclude(kind__startswith="channel_fee").values_list("kind", flat=True)
    return [kind for kind in found if not kinds or kind in kinds]
