"""Setting alerts and gateways on the page: what is entered is read, and nonsense is told kindly."""

from __future__ import annotations

from typing import Any

import pytest

from sleek.merchants.models import Merchant
from sleek.notifications.models import BalanceAlert, Gateway, Message
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

SLACK = "slack://aaaaaaaaa/bbbbbbbbb/cccccccccccccccccccccccc"


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock) -> Merchant:
    return people.merchant()


def entered(shop: Merchant, **more: Any) -> dict[str, Any]:
    place = shop.memberships.get(role="owner").public_id
    return {
        "direction": "below",
        "threshold": "1,000",
        "currency": "USD",
        "rearm": "",
        "people": [place],
        **more,
    }


def send(shop: Merchant, to: str, **fields: Any) -> str:
    """Where it leads to, or the page that complains."""
    answer = office.at_work(shop).post(to, fields)
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def gateway(shop: Merchant) -> Gateway:
    fields = {"medium": "im", "name": "Office", "address": SLACK}
    assert send(shop, "/settings/alerts/gateways/new", **fields) == "/settings/alerts"
    return Gateway.objects.latest("pk")


def test_an_alert_is_set_with_a_margin_of_a_tenth(shop):
    assert send(shop, "/settings/alerts/new", **entered(shop)) == "/settings/alerts"

    alert = BalanceAlert.objects.get()
    assert (alert.direction, alert.threshold, alert.rearm) == ("below", 100_000, 110_000)
    assert [place.user.email for place in alert.people.all()] == ["lin@example.com"]
    page = office.at_work(shop).get("/settings/alerts").content.decode()
    assert "Falls below 1,000.00\N{NO-BREAK SPACE}USD" in page


def test_an_alert_above_is_watched_again_a_tenth_lower(shop):
    send(shop, "/settings/alerts/new", **entered(shop, direction="above"))

    assert BalanceAlert.objects.get().rearm == 90_000


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"threshold": ""}, "Enter an amount."),
        ({"threshold": "much"}, "Write the amount in digits"),
        ({"threshold": "-5"}, "A balance is never negative."),
        ({"rearm": "999"}, "Enter the threshold or more"),
        ({"direction": "above", "rearm": "1001"}, "Enter the threshold or less"),
        ({"people": []}, "Choose at least one person"),
    ],
)
def test_what_makes_no_alert_is_told(shop, wrong, said):
    assert said in send(shop, "/settings/alerts/new", **entered(shop, **wrong))
    assert not BalanceAlert.objects.exists()


def test_an_alert_is_changed_and_removed(shop):
    send(shop, "/settings/alerts/new", **entered(shop))
    address = f"/settings/alerts/{BalanceAlert.objects.get().public_id}"
    assert 'value="1000.00"' in office.at_work(shop).get(address).content.decode()

    room = gateway(shop)
    send(shop, address, **entered(shop, threshold="500", people=[], gateways=[room.public_id]))
    alert = BalanceAlert.objects.get()
    assert (alert.threshold, list(alert.people.all())) == (50_000, [])
    assert list(alert.gateways.all()) == [room]

    send(shop, f"{address}/remove")
    assert not BalanceAlert.objects.exists()


def test_a_gateway_is_tried_and_removed_and_its_address_never_shown(shop):
    room = gateway(shop)
    page = office.at_work(shop).get("/settings/alerts").content.decode()
    assert "Office" in page
    assert "ccccc" not in page

    send(shop, f"/settings/alerts/gateways/{room.public_id}/try")
    assert Message.objects.get().gateway == room

    send(shop, f"/settings/alerts/gateways/{room.public_id}/remove")
    room.refresh_from_db()
    assert (bytes(room.address), room.removed_at is not None) == (b"", True)


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/", "jsons://example.com", f"{SLACK}?verify=no"]
)
def test_an_address_that_may_not_be_called_is_told(shop, address):
    fields = {"medium": "im", "name": "Office", "address": address}

    page = send(shop, "/settings/alerts/gateways/new", **fields)

    assert "This is no address of the services below." in page
    assert not Gateway.objects.exists()


def test_another_merchants_alerts_and_gateways_are_not_there(shop):
    send(shop, "/settings/alerts/new", **entered(shop))
    alert, room = BalanceAlert.objects.get(), gateway(shop)
    stranger = people.merchant("Wei Tea", "wei@example.com")
    wei = office.at_work(stranger)

    assert wei.get(f"/settings/alerts/{alert.public_id}").status_code == 404
    for address in (
        f"/settings/alerts/{alert.public_id}/remove",
        f"/settings/alerts/gateways/{room.public_id}/try",
        f"/settings/alerts/gateways/{room.public_id}/remove",
    ):
        assert wei.post(address).status_code == 404
    place = stranger.memberships.get().public_id
    foreign = entered(shop, people=[place], gateways=[room.public_id])
    assert wei.post("/settings/alerts/new", foreign).status_code == 200
    assert BalanceAlert.objects.count() == 1
    assert not Message.objects.exists()


def test_who_may_not_set_alerts_is_turned_away(shop):
    support = office.colleague(shop, "support")

    assert support.get("/settings/alerts").status_code == 403
    assert support.post("/settings/alerts/new", entered(shop)).status_code == 403
    assert not BalanceAlert.objects.exists()
