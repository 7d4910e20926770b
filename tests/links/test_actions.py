"""Making, pausing and resuming links."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sleek.audit.models import Record
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.links import actions as links
from sleek.links.actions import InvalidLink, Limits, LinkArchived, LinkExpired, Look
from sleek.links.models import PaymentLink
from sleek.links.rules import (
    MAX_MINOR,
    MAX_REASON,
    AmountKind,
    Ask,
    Field,
    FieldKey,
    Flaw,
    LinkStatus,
)
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
    link = links.create(shop, Ask.fixed(FIFTY), "  Sample \n fee ", by=lin)

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
        links.create(shop, Ask.fixed(Money(minor, "USD")), reason, by=lin)

    assert refusal.value.flaws == [flaw]
    assert not PaymentLink.objects.exists()
    assert not Event.objects.exists()


def test_a_link_that_ends_before_it_begins_is_refused(shop, lin):
    with pytest.raises(InvalidLink) as refusal:
        links.create(
            shop, Ask.fixed(FIFTY), "Sample fee", by=lin, limits=Limits(expires_at=clock.now())
        )

    assert refusal.value.flaws == [Flaw.EXPIRY_PASSED]


def test_pausing_twice_is_recorded_once(shop, lin):
    link = links.create(shop, Ask.fixed(FIFTY), "Sample fee", by=lin)

    for _ in range(2):
        assert links.pause(link, by=lin).status == LinkStatus.PAUSED

    assert Event.objects.filter(kind="link.paused").count() == 1
    assert Record.objects.filter(action="link.paused").count() == 1


def test_a_paused_link_resumes(shop, lin):
    link = links.pause(links.create(shop, Ask.fixed(FIFTY), "Sample fee", by=lin), by=lin)

    assert links.resume(link, by=lin).status == LinkStatus.ACTIVE
    assert Event.objects.filter(kind="link.resumed").count() == 1


def test_an_expired_link_does_not_resume(shop, lin, frozen_clock):
    end = clock.now() + timedelta(days=1)
    link = links.create(shop, Ask.fixed(FIFTY), "Sample fee", by=lin, limits=Limits(expires_at=end))
    links.pause(link, by=lin)
    frozen_clock.advance(days=1)

    with pytest.raises(LinkExpired):
        links.resume(link, by=lin)

    link.refresh_from_db()
    assert link.status == LinkStatus.PAUSED


def test_an_archived_link_stays_as_it_is(shop, lin):
    link = links.archive(links.create(shop, Ask.fixed(FIFTY), "Sample fee", by=lin), by=lin)

    for verb in (links.pause, links.resume):
        with pytest.raises(LinkArchived):
            verb(link, by=lin)
    with pytest.raises(LinkArchived):
        links.customise(link, Look(description="New"), by=lin)

    link.refresh_from_db()
    assert (link.status, link.description) == (LinkStatus.ARCHIVED, "")
    links.archive(link, by=lin)
    assert Event.objects.filter(kind="link.archived").count() == 1


def test_a_link_wears_the_default_brand_until_it_is_dressed(shop, lin):
    link = links.create(shop, Ask.fixed(FIFTY), "Sample fee", by=lin)
    assert link.brand == shop.brands.get(is_default=True)

    other = shop.brands.create(name="Lin Studio", accent_color="#7a1f1f")
    fields = [Field(FieldKey.EMAIL, is_required=True), Field(FieldKey.OWN_1, label="VAT id")]
    look = Look(brand=other, thank_you=" Thank you! ", fields=fields, tags=["fair", "fair"])
    links.customise(link, look, by=lin)

    link.refresh_from_db()
    assert (link.brand, link.thank_you, link.tags) == (other, "Thank you!", ["fair"])
    assert link.fields_asked == fields


@pytest.mark.parametrize(
    ("look", "flaw"),
    [
        (Look(redirect_url="http://shop.example"), Flaw.REDIRECT_NOT_HTTPS),
        (Look(redirect_url="https://bank.example@evil.example"), Flaw.REDIRECT_NOT_HTTPS),
        (Look(redirect_url="https:/\\evil.example"), Flaw.REDIRECT_NOT_HTTPS),
        (Look(redirect_url="javascript:alert(1)"), Flaw.REDIRECT_NOT_HTTPS),
        (Look(fields=[Field(FieldKey.NAME), Field(FieldKey.NAME)]), Flaw.FIELD_TWICE),
        (Look(fields=[Field(FieldKey.OWN_1)]), Flaw.FIELD_WITHOUT_LABEL),
        (Look(tags=["x"] * 11), Flaw.TOO_MANY_TAGS),
        (Look(tags=["x" * 41]), Flaw.TAG_TOO_LONG),
    ],
)
def test_a_look_that_cannot_be_shown_is_refused(shop, lin, look, flaw):
    link = links.create(shop, Ask.fixed(FIFTY), "Sample fee", by=lin)

    with pytest.raises(InvalidLink) as refusal:
        links.customise(link, look, by=lin)

    assert refusal.value.flaws == [flaw]
    assert not Event.objects.filter(kind="link.customised").exists()


def test_a_chosen_amount_that_is_paid_once_is_a_limit_of_one(shop, lin):
    ask = Ask(AmountKind.OPEN, "USD", minimum=100, maximum=900)
    link = links.create(shop, ask, "Tip", by=lin)

    assert link.is_reusable
    assert link.uses
    assert (link.uses.total, link.pieces) == (1, None)


def test_a_stolen_sticker_is_revoked_alone(shop, lin):
    ask = Ask(AmountKind.OPEN, "CNY", minimum=100, maximum=90000)
    link = links.create(shop, ask, "Counter", by=lin, limits=Limits(is_reusable=True))
    door, till = links.add_stickers(link, ["Door", "Till"], by=lin)

    for _ in range(2):
        links.revoke_sticker(door, by=lin)

    till.refresh_from_db()
    assert till.revoked_at is None
    assert Event.objects.filter(kind="sticker.revoked").count() == 1


def test_asking_twice_for_a_new_link_is_one_plea_until_it_is_answered(shop, lin):
    link = links.create(shop, Ask.fixed(FIFTY), "Sample fee", by=lin)
    words = {"email": "Ama@example.com", "note": "", "language": "en"}

    first = links.ask_for_new(link, **words)
    assert links.ask_for_new(link, **words) == first
    assert Event.objects.filter(kind="link.asked_for").count() == 1

    links.answer_plea(first, by=lin)
    assert links.ask_for_new(link, **words) != first


def test_views_are_counted_by_day_and_sticker(shop, lin):
    link = links.create(shop, Ask.fixed(FIFTY), "Sample fee", by=lin)
    [sticker] = links.add_stickers(link, ["Door"], by=lin)
    today = clock.now().date()

    for where in (None, None, sticker, None):
        links.count_view(link, where, on=today)

    counted = link.views.order_by("sticker_id").values_list("sticker_id", "count")
    assert [*counted] == [(sticker.pk, 1), (None, 3)]
