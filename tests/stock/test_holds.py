"""Nothing is sold twice: what is held and taken never exceeds what there is, whoever races."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from sleek.core import clock
from sleek.merchants.models import Merchant
from sleek.stock import actions as stock
from sleek.stock import queries
from sleek.stock.actions import SoldOut
from sleek.stock.models import Hold, Stock
from sleek.stock.rules import HoldStatus
from tests import people

LATER = timedelta(minutes=40)


@pytest.fixture
def shop(db) -> Merchant:
    return people.merchant()


def _figures(row: Stock) -> tuple[int, int, int]:
    row.refresh_from_db()
    return row.held, row.taken, row.left


def test_a_hold_is_taken_once_and_never_released_after(shop):
    places = stock.create(shop, 5)
    stock.hold("pay_a", {places.pk: 2}, until=clock.now() + LATER)
    assert _figures(places) == (2, 0, 3)

    assert stock.take("pay_a")
    assert stock.take("pay_a")
    assert stock.release("pay_a") == 0
    assert _figures(places) == (0, 2, 3)


def test_a_hold_is_released_exactly_once(shop):
    places = stock.create(shop, 5)
    stock.hold("pay_a", {places.pk: 2}, until=clock.now() + LATER)

    assert [stock.release("pay_a"), stock.release("pay_a")] == [1, 0]
    assert _figures(places) == (0, 0, 5)


def test_holding_again_lasts_longer_and_holds_no_more(shop):
    places = stock.create(shop, 5)
    now = clock.now()
    for minutes in (40, 50, 30):
        stock.hold("pay_a", {places.pk: 2}, until=now + timedelta(minutes=minutes))

    assert _figures(places) == (2, 0, 3)
    assert Hold.objects.get().ends_at == now + timedelta(minutes=50)


def test_two_stocks_are_held_both_or_neither(shop):
    uses, pieces = stock.create(shop, 9), stock.create(shop, 1)

    with pytest.raises(SoldOut), transaction.atomic():
        stock.hold("pay_a", {uses.pk: 1, pieces.pk: 2}, until=clock.now() + LATER)

    assert _figures(uses) == (0, 0, 9)
    assert not Hold.objects.exists()


def test_money_that_comes_late_takes_what_is_left_or_nothing(shop):
    place = stock.create(shop, 1)
    stock.hold("pay_late", {place.pk: 1}, until=clock.now() + LATER)
    stock.release("pay_late")
    stock.hold("pay_other", {place.pk: 1}, until=clock.now() + LATER)
    assert not stock.take("pay_late")

    stock.release("pay_other")
    assert stock.take("pay_late")
    assert not stock.take("pay_other")
    assert _figures(place) == (0, 1, 0)


def test_holds_that_ended_are_found_the_oldest_first(shop, frozen_clock):
    places = stock.create(shop, 9)
    for owner, minutes in (("pay_b", 20), ("pay_a", 10), ("pay_c", 30)):
        stock.hold(owner, {places.pk: 1}, until=clock.now() + timedelta(minutes=minutes))
    frozen_clock.advance(minutes=20)

    assert queries.owners_to_end() == ["pay_a", "pay_b"]


@pytest.mark.parametrize("columns", ["held = 6", "taken = 6", "held = 3, taken = 3", "held = -1"])
def test_the_database_refuses_to_oversell(shop, columns):
    stock.create(shop, 5)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE stock_stock SET {columns}")


def test_any_history_keeps_the_sum(shop, chance: random.Random):
    places = stock.create(shop, 7)
    owners = [f"pay_{n}" for n in range(6)]
    for _ in range(300):
        owner = chance.choice(owners)
        match chance.randrange(4):
            case 0 | 1:
                try:
                    with transaction.atomic():
                        wanted = {places.pk: chance.randint(1, 4)}
                        stock.hold(owner, wanted, until=clock.now() + LATER)
                except SoldOut:
                    assert places.left < 4
            case 2:
                stock.release(owner)
            case 3:
                stock.take(owner)
        held, taken, _left = _figures(places)
        by_status = {status: 0 for status in HoldStatus}
        for hold in Hold.objects.all():
            by_status[HoldStatus(hold.status)] += hold.quantity
        assert (held, taken) == (by_status[HoldStatus.HELD], by_status[HoldStatus.TAKEN])


def test_twenty_payers_race_for_the_last_three(committed_db):
    places = stock.create(people.merchant(), 3)

    def hold(number: int) -> bool:
        try:
            with transaction.atomic():
                stock.hold(f"pay_{number}", {places.pk: 1}, until=clock.now() + LATER)
        except SoldOut:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(hold, range(20)))

    assert sum(got) == 3
    assert _figures(places) == (3, 0, 0)
