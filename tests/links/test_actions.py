"""Making, pausing and resuming links."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sleek.audit.models import Record
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.links import actions as links
from sleek.links.actions import InvalidLink, LinkExpired
from sleek.links.models import PaymentLink
from sleek.links.rules import MAX_MINOR, MAX_REASON, Flaw, LinkStatus
from sleek.merchants.models import Merchant, User
from tests import people

pytestmark = pytest.mark.django_db
FIFTY = Money(5000, "USD")


@pytest.fixture
def shop() -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> User:
    return shop.memberships.get().user


def test_a_new_link_is_open_recorded_and_told(shop, lin):
    link = links.create(shop, FIFTY, "  Sample \n fee ", by=lin)

    assert (link.reason, link.money, link.status) == ("Sample fee", FIFTY, LinkStatus.ACTIVE)
    assert not link.is_reusable
    event = Event.objects.get(subject=link.public_id)
    assert (event.kind, event.merchant_id) == ("link.created", shop.pk)
    record = Record.objects.get(subject=link.public_id)
    assert (record.action, record.actor) == ("link.created", lin.public_id)
    assert record.scope == shop.public_id


@pytest.mark.parametrize(
    ("minor", "reason", "flaw"),
    [
        (0, "Sample fee", Flaw.AMOUNT_TOO_SMALL),
        (-1, "Sample fee", Flaw.AMOUNT_TOO_SMALL),
        (MAX_MINOR + 1, "Sample fee", Flaw.AMOUNT_TOO_LARGE),
        (5000, " \t ", Flaw.REASON_MISSING),
        (5000, "x" * (MAX_REASON + 1), Flaw.REASON_TOO_LONG),
    ],
)
def test_an_impossible_link_is_refused_and_nothing_is_written(shop, lin, minor, reason, flaw):
    with pytest.raises(InvalidLink) as refusal:
        links.create(shop, Money(minor, "USD"), reason, by=lin)

    assert refusal.value.flaws == [flaw]
    assert not PaymentLink.objects.exists()
    assert not Event.objects.exists()


def test_a_link_that_ends_before_it_begins_is_refused(shop, lin):
    with pytest.raises(InvalidLink) as refusal:
        links.create(shop, FIFTY, "Sample fee", by=lin, expires_at=clock.now())

    assert refusal.value.flaws == [Flaw.EXPIRY_PASSED]


def test_pausing_twice_is_recorded_once(shop, lin):
    link = links.create(shop, FIFTY, "Sample fee", by=lin)

    for _ in range(2):
        assert links.pause(link, by=lin).status == LinkStatus.PAUSED

    assert Event.objects.filter(kind="link.paused").count() == 1
    assert Record.objects.filter(action="link.paused").count() == 1


def test_a_paused_link_resumes(shop, lin):
    link = links.pause(links.create(shop, FIFTY, "Sample fee", by=lin), by=lin)

    assert links.resume(link, by=lin).status == LinkStatus.ACTIVE
    assert Event.objects.filter(kind="link.resumed").count() == 1


def test_an_expired_link_does_not_resume(shop, lin, frozen_clock):
    end = clock.now() + timedelta(days=1)
    link = links.create(shop, FIFTY, "Sample fee", by=lin, expires_at=end)
    links.pause(link, by=lin)
    frozen_clock.advance(days=1)

    with pytest.raises(LinkExpired):
        links.resume(link, by=lin)

    link.refresh_from_db()
    assert link.status == LinkStatus.PAUSED
