"""Balance alerts: once for each crossing, whatever is read again, late, or at once."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.notifications import actions as notifications
from sleek.notifications.actions import InvalidAlert, Watch, alerts
from sleek.notifications.models import BalanceAlert, Gateway, Message
from sleek.notifications.rules import Direction, Medium
from tests import people
from tests.ledger.journal import at_once
from tests.notifications.conftest import arrived, spent, told


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def watch(shop: Merchant, direction: Direction = Direction.BELOW, **more: object) -> Watch:
    levels = {"threshold": usd(1000), "rearm": usd(1100 if direction == "below" else 900)}
    return Watch(direction, **{**levels, "people": [shop.memberships.get()], **more})  # type: ignore[arg-type]


def alert(shop: Merchant, direction: Direction = Direction.BELOW, **more: object) -> BalanceAlert:
    owner = shop.memberships.get().user
    return notifications.set_alert(shop, watch(shop, direction, **more), by=owner)


def test_a_balance_that_falls_below_is_told_once(shop):
    arrived(shop, usd(5000))
    low = alert(shop)
    spent(shop, usd(4100), "po_1")
    alerts.look([shop.pk])
    spent(shop, usd(100), "po_2")
    alerts.look([shop.pk])

    [message] = Message.objects.all()
    assert message.subject == "Lin Ceramics：可用余额低于 10.00 USD"
    assert "9.00" in message.text
    assert "11.00" in message.text
    assert (message.recipient, message.medium) == ("lin@example.com", "mail")
    assert message.url.endswith("/wallet")
    low.refresh_from_db()
    assert (low.is_armed, low.crossed_at) == (False, message.created_at)


def test_money_that_arrives_wakes_the_alert(shop):
    alert(shop, Direction.ABOVE)
    arrived(shop, usd(900))
    assert told() == []

    arrived(shop, usd(101))

    assert len(told()) == 1
    assert len(told()) == 1  # the same events again


def test_a_balance_that_goes_to_and_fro_a_thousand_times_is_told_once(shop):
    arrived(shop, usd(1000))
    alert(shop, Direction.ABOVE)
    arrived(shop, usd(500_000))
    spent(shop, usd(500_000), "po_0")
    for number in range(1, 501):
        _turn(shop, number)
    alerts.look([shop.pk])

    assert Message.objects.count() == 1


def _turn(shop: Merchant, number: int) -> None:
    """From 1000 to 950 and back, within the margin."""
    from sleek.core import clock
    from sleek.ledger import actions as ledger
    from sleek.ledger import recipes
    from sleek.ledger.actions import Entry

    ref, amount = f"ref_{number}", usd(50)
    promised = recipes.refund_promised("available", amount)
    failed = recipes.refund_failed("available", amount)
    ledger.post([Entry(shop.pk, "refund_promised", ref, promised, clock.now())])
    ledger.post([Entry(shop.pk, "refund_failed", ref, failed, clock.now())])


def test_it_tells_again_after_the_balance_was_back(shop):
    arrived(shop, usd(5000))
    alert(shop)
    for number, minor in enumerate([4500, 200]):
        spent(shop, usd(minor), f"po_{number}")
    arrived(shop, usd(800))
    spent(shop, usd(200), "po_9")

    assert len(told()) == 2


def test_a_balance_that_is_beyond_the_line_already_is_not_told(shop):
    arrived(shop, usd(500))

    low = alert(shop)

    assert not low.is_armed
    assert told() == []


def test_workers_that_look_at_once_tell_once(committed_db, bank):
    shop = people.merchant()
    arrived(shop, usd(5000))
    alert(shop)
    spent(shop, usd(4500), "po_1")

    def look() -> None:
        with transaction.atomic():
            alerts.look([shop.pk])

    assert at_once([partial(look) for _ in range(4)]) == [None] * 4
    assert Message.objects.count() == 1


def test_another_currency_or_merchant_is_not_looked_at(shop):
    stranger = people.merchant("Wei Tea", "wei@example.com")
    arrived(stranger, usd(5000))
    arrived(shop, Money(500_000, "JPY"))
    alert(shop, Direction.ABOVE)

    assert told() == []


def test_a_changed_line_counts_from_the_present_balance(shop):
    arrived(shop, usd(5000))
    low = alert(shop)
    owner = shop.memberships.get().user
    changed = watch(shop, threshold=usd(6000), rearm=usd(6000))
    notifications.change_alert(low, changed, by=owner)
    spent(shop, usd(100), "po_1")
    alerts.look([shop.pk])

    assert not Message.objects.exists()
    arrived(shop, usd(2000))
    spent(shop, usd(2000), "po_2")
    assert len(told()) == 1


def test_everyone_is_told_in_their_own_language(shop):
    owner = shop.memberships.get()
    owner.user.language = "en"
    owner.user.save()
    room = notifications.add_gateway(
        shop, Medium.IM, "Office", "json://127.0.0.1:1/inbox/im", by=owner.user
    )
    alert(shop, Direction.ABOVE, people=[owner], gateways=[room])
    arrived(shop, usd(1001))

    assert told() == [
        "Lin Ceramics: available balance above 10.00 USD",
        "Lin Ceramics：可用余额高于 10.00 USD",
    ]
    assert list(Message.objects.values_list("medium", "gateway")) == [
        ("mail", None),
        ("im", room.pk),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rearm": usd(999)},
        {"threshold": usd(-1), "rearm": usd(0)},
        {"people": []},
    ],
)
def test_an_alert_that_makes_no_sense_is_refused(shop, wrong):
    with pytest.raises(InvalidAlert):
        alert(shop, **wrong)
    assert not BalanceAlert.objects.exists()


def test_nobody_elses_people_or_rooms_are_told(shop):
    stranger = people.merchant("Wei Tea", "wei@example.com")
    room = Gateway(merchant=stranger, medium="im", name="Tea", service="slack")
    room.seal("slack://a/b/c")
    room.save()

    for wrong in ({"people": [stranger.memberships.get()]}, {"gateways": [room]}):
        with pytest.raises(InvalidAlert):
            alert(shop, **wrong)


def test_the_database_refuses_an_alert_that_could_never_tell_again(shop):
    low = alert(shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        BalanceAlert.objects.filter(pk=low.pk).update(rearm=1)
