"""Two at the same moment: each lock is needed, and each holds."""

from __future__ import annotations

import pytest

from sleek.merchants.models import Merchant
from tests import people
from tests.fakes.channel import Bank
from tests.races import batches, dividing, paying, returning, tables, voiding
from tests.races.locks import RACES

ENOUGH = 15


@pytest.fixture
def shop(committed_db: str, bank: Bank) -> Merchant:
    return people.merchant()


def test_enough_meet() -> None:
    assert paying.TEN == returning.TEN == dividing.TEN
    assert batches.COUNTING
    assert voiding.FIFTY
    assert tables.TABLE
    assert len(RACES) >= ENOUGH


@pytest.mark.parametrize("name", RACES)
def test_at_once_comes_to_the_same_as_one_after_the_other(
    shop: Merchant, bank: Bank, name: str
) -> None:
    RACES[name].race(shop, bank)


@pytest.mark.parametrize("name", RACES)
def test_without_its_lock_it_is_found(
    shop: Merchant, bank: Bank, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    RACES[name].unlock(monkeypatch)
    with pytest.raises(AssertionError):
        RACES[name].race(shop, bank)
