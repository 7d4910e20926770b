"""Real notices, each ten times, shuffled, up to three days late, to four workers at once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection

from sleek.core import clock
from sleek.events.models import Event
from sleek.ledger.models import JournalEntry
from sleek.payments import actions as payments
from sleek.payments.actions import Kept
from sleek.payments.models import Attempt, Notice, Payment, Waiting
from tests.channels.faults.shop import Shop

PAYMENTS, COPIES, WORKERS = 8, 10, 4
LATEST = timedelta(hours=72)
SEED = 20_260_302


def test_each_is_booked_once(shop: Shop) -> None:
    attempts = [shop.begin(shop.payment()) for _ in range(PAYMENTS)]
    for attempt in attempts:
        shop.pay(attempt)
    letters = [(shop.provider.channel.read_notice(*each), each[1]) for each in shop.post()]
    assert len(letters) >= PAYMENTS

    _deliver(shop, [letter for letter in letters for _ in range(COPIES)])

    keys = [attempt.public_id for attempt in attempts]
    booked = JournalEntry.objects.filter(kind="payment_succeeded", subject__in=keys)
    assert Counter(booked.values_list("subject", flat=True)) == Counter(keys)
    paid = Payment.objects.filter(attempts__public_id__in=keys)
    assert set(paid.values_list("status", flat=True)) == {"succeeded"}
    assert all(payment.amount_paid == payment.amount for payment in paid)
    told = Event.objects.filter(kind="payment.succeeded", subject__in=paid.values("public_id"))
    assert told.count() == PAYMENTS
    assert not Attempt.objects.filter(public_id__in=keys).exclude(surplus="").exists()
    assert Notice.objects.count() == len({message.id for message, _ in letters})
    assert not Waiting.objects.exists()


def _deliver(shop: Shop, letters: list[tuple[object, bytes]]) -> None:
    chance = random.Random(f"{SEED} {shop.name}")
    chance.shuffle(letters)
    start, taken, lock = clock.now(), 0, threading.Lock()

    def moment() -> object:
        return start + LATEST * (taken / len(letters))

    def work() -> None:
        nonlocal taken
        try:
            while True:
                with lock:
                    if taken == len(letters):
                        break
                    message, body = letters[taken]
                    taken += 1
                payments.keep([Kept(shop.name, shop.connection.pk, message, body, clock.now())])  # type: ignore[arg-type]
                payments.apply_waiting()
            while payments.apply_waiting():
                pass
        finally:
            connection.close()

    with clock.use(moment), ThreadPoolExecutor(WORKERS) as pool:  # type: ignore[arg-type]
        for done in [pool.submit(work) for _ in range(WORKERS)]:
            done.result()
