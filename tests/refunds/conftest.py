"""Lin's shop with a colleague, and what the books say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from sleek.core.money import Money
from sleek.merchants.models import Membership, Merchant, User
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")
ACCOUNTS = ("in_transit", "available", "refunds:in_flight", "clearing:till")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are compared by their words; another test may have left its language."""
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> User:
    return shop.memberships.get(role="owner").user


@pytest.fixture
def wang(shop: Merchant) -> User:
    """She keeps the books."""
    return colleague(shop, "finance", "wang@example.com")


def colleague(shop: Merchant, role: str, email: str) -> User:
    user = User.objects.create_user(email)
    Membership.objects.create(user=user, merchant=shop, role=role)
    return user


def paid(shop: Merchant, bank: Bank, amount: Money = FIFTY) -> Payment:
    attempt = people.attempt(people.payment(shop, amount))
    payments.apply_reports([bank.pay(attempt.public_id)])
    return Payment.objects.get(pk=attempt.payment_id)


def books(shop: Merchant) -> tuple[int, ...]:
    """In transit, available, going back, and with the channel."""
    return tuple(people.held(shop, code) for code in ACCOUNTS)
