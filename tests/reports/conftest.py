"""Payments that were really made, at a moment the test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import pytest
from django.db import transaction

from sleek.channels.base import Outcome, Report
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt
from tests import people
from tests.fakes.channel import Bank

Pay = Callable[..., Attempt]
Rollback = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


@pytest.fixture
def pay() -> Pay:
    def make(
        shop: Merchant, amount: Money, *, at: datetime, received: Money | None = None
    ) -> Attempt:
        attempt = people.attempt(people.payment(shop, amount))
        arrived = received or amount
        payments.apply_reports([Report(attempt.public_id, Outcome.SUCCEEDED, arrived, event_at=at)])
        return Attempt.objects.get(pk=attempt.pk)

    return make


@pytest.fixture
def rollback(bank: Bank, db: None) -> Rollback:
    """A block after which nothing has happened, for tests that try many histories."""

    @contextmanager
    def undone() -> Iterator[None]:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return undone
