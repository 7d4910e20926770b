"""A session serves a member for as long as it should, and whoever comes next finds it undressed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import InterfaceError

from sleek.core import tenancy
from sleek.merchants.models import Brand, Merchant
from tests import people

OWNER = ("none", "", "")


def dress() -> tuple[str, str, str]:
    """What the session is now, by its own word."""
    assert connection.connection is not None
    role, merchant, person = connection.connection.execute(
        "SELECT current_setting('role'), current_setting('sleek.merchant', true),"
        " current_setting('sleek.person', true)"
    ).fetchone()
    return role, merchant or "", person or ""


@pytest.fixture
def shops(committed_db: str) -> list[Merchant]:
    return [people.merchant(f"Shop {n}", f"shop{n}@example.com") for n in range(3)]


def test_it_ends_with_the_block_and_an_inner_one_gives_back_the_outer(
    shops: list[Merchant],
) -> None:
    with tenancy.acting_for(shops[0].pk, 0):
        assert dress() == ("sleek_member", str(shops[0].pk), "0")
        with tenancy.acting_for(shops[1].pk, 0):
            assert [shop.name for shop in Merchant.objects.all()] == ["Shop 1"]
        assert dress() == ("sleek_member", str(shops[0].pk), "0")
    assert dress() == OWNER
    assert Merchant.objects.count() == 3


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_it_ends_with_an_error(shops: list[Merchant], error: type[BaseException]) -> None:
    with pytest.raises(error), tenancy.acting_for(shops[0].pk, 0), transaction.atomic():
        raise error
    assert dress() == OWNER


def test_a_transaction_that_fails_inside_neither_ends_nor_leaks_it(shops: list[Merchant]) -> None:
    with tenancy.acting_for(shops[0].pk, 0):
        with pytest.raises(IntegrityError), transaction.atomic():
            Brand.objects.create(merchant=shops[0], is_default=True)  # a second default one
        assert dress()[0] == "sleek_member"
    assert dress() == OWNER


def test_a_transaction_around_it_that_is_broken_takes_it_away(shops: list[Merchant]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), tenancy.acting_for(shops[0].pk, 0):
        Brand.objects.create(merchant=shops[0], is_default=True)
    assert dress() == OWNER


def test_a_session_that_cannot_be_brought_back_is_closed(shops: list[Merchant]) -> None:
    with tenancy.acting_for(shops[0].pk, 0):
        session = connection.connection
        assert session is not None
        session.execute("BEGIN")
        with pytest.raises(Exception, match="division by zero"):
            session.execute("SELECT 1/0")  # a broken transaction that nobody knows of
    assert session.closed


def test_a_new_session_in_between_is_not_asked_anything(shops: list[Merchant]) -> None:
    with tenancy.acting_for(shops[0].pk, 0):
        connection.close()
        with pytest.raises(InterfaceError, match="while a member was served"):
            Merchant.objects.count()
    assert Merchant.objects.count() == 3


@pytest.fixture
def pooled(shops: list[Merchant]) -> Iterator[list[Merchant]]:
    """As in production: few sessions that go from hand to hand."""
    connections.close_all()
    options = connections.settings["default"]["OPTIONS"]
    before, options["pool"] = options["pool"], {"min_size": 2, "max_size": 3, "timeout": 30}
    try:
        yield shops
    finally:
        connections.close_all()
        connections["default"].close_pool()  # type: ignore[attr-defined]  # psycopg's
        options["pool"] = before


def test_no_session_goes_back_to_the_pool_dressed(pooled: list[Merchant]) -> None:
    """Members and the owner share three sessions, and a third of the requests fail."""
    wrong: list[str] = []

    def serve(number: int) -> None:
        for turn in range(60):
            shop = pooled[(number + turn) % len(pooled)]
            try:
                if turn % 2:
                    seen = [row.name for row in Merchant.objects.order_by("pk")]
                    right = [each.name for each in pooled]
                else:
                    seen, right = serve_member(shop, fails=turn % 3 == 0), [shop.name]
                if seen != right:
                    wrong.append(f"{seen} instead of {right}")
            except LookupError:
                pass
            connection.close()  # back to the pool

    threads = [threading.Thread(target=serve, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def serve_member(shop: Merchant, *, fails: bool) -> list[str]:
    with tenancy.acting_for(shop.pk, 0):
        seen = [row.name for row in Merchant.objects.all()]
        if fails:
            with transaction.atomic():
                Brand.objects.create(merchant=shop)
                raise LookupError
    return seen
