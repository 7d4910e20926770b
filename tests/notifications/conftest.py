"""A shop whose people want to be told, and what the worker would do."""

from __future__ import annotations

from datetime import date

import pytest

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.merchants.models import Merchant
from sleek.notifications import actions as notifications
from sleek.notifications.models import Message
from sleek.reconciliation import actions as reconciliation
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def told() -> list[str]:
    """After the worker has read all news: the subjects of what is written, in order."""
    seen = Event.objects.filter(kind__in=reconciliation.FOLLOWED).order_by("pk")
    reconciliation.follow(list(seen))
    kinds = notifications.FOLLOWED
    notifications.follow(list(Event.objects.filter(kind__in=kinds).order_by("pk")))
    return list(Message.objects.order_by("pk").values_list("subject", flat=True))


def arrived(shop: Merchant, amount: Money) -> None:
    """Money that was paid reaches the bank, and is available."""
    from tests.web.dashboard import office

    office.paid(shop, amount)
    reconciliation.record_settlement(
        shop.memberships.get(role="owner"), "till", amount, arrived_on=date(2026, 3, 2)
    )


def spent(shop: Merchant, amount: Money, subject: str) -> None:
    """Money leaves the available balance."""
    postings = recipes.payout_requested(amount)
    ledger.post([Entry(shop.pk, "payout_requested", subject, postings, shop.created_at)])
