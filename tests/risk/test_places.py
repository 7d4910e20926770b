"""What a visitor is counted by."""

from __future__ import annotations

import pytest

from sleek.risk import rules
from sleek.risk.rules import Action, Scope


def _places(address: str, device: str = "") -> dict[Scope, str]:
    return rules.places(Action.PAY, "lnk", address, device)


@pytest.mark.parametrize(
    ("address", "whole", "network"),
    [
        ("203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
    ],
)
def test_addresses_are_counted_alone_and_by_network(address: str, whole: str, network: str) -> None:
    assert _places(address) == {
        Scope.SUBJECT: "pay subject lnk",
        Scope.VISIT: f"pay visit lnk {whole}",
        Scope.ADDRESS: f"pay address {whole}",
        Scope.NETWORK: f"pay network {network}",
    }


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "127.0.0.1", "10.1.2.3", "192.168.0.9", "172.17.0.1", "::1", "fd00::1"],
)
def test_what_tells_nobody_apart_is_not_counted(address: str) -> None:
    assert _places(address) == {Scope.SUBJECT: "pay subject lnk"}


def test_a_device_is_counted_when_it_is_known() -> None:
    assert _places("", "phone")[Scope.DEVICE] == "pay device phone"


def test_kinds_of_action_do_not_mix() -> None:
    mine = set(rules.places(Action.PAY, "lnk", "203.0.113.7", "phone").values())
    others = set(rules.places(Action.ASK_FOR_LINK, "lnk", "203.0.113.7", "phone").values())
    assert mine.isdisjoint(others)
