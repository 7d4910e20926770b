"""When a line is crossed, when a message is tried again, and which addresses may be called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.notifications import rules
from sleek.notifications.rules import Direction, Line, Medium

BELOW = Line(Direction.BELOW, threshold=1000, rearm=1100, is_armed=True)
ABOVE = Line(Direction.ABOVE, threshold=1000, rearm=900, is_armed=True)


def crossings(line: Line, *balances: int) -> list[int]:
    """The balances at which somebody is told."""
    return [balance for _, balance in rules.walk(line, enumerate(balances))[1]]


@pytest.mark.parametrize(
    ("line", "balances", "told"),
    [
        (BELOW, (1000,), []),
        (BELOW, (999, 500, 0), [999]),
        (BELOW, (999, 1099, 998), [999]),
        (BELOW, (999, 1100, 998), [999, 998]),
        (BELOW, (5000, 999, 1100, 999, 1100, 1), [999, 999, 1]),
        (ABOVE, (1000,), []),
        (ABOVE, (1001, 901, 1001), [1001]),
        (ABOVE, (1001, 900, 1002), [1001, 1002]),
    ],
)
def test_a_line_is_told_once_until_the_balance_was_back(line, balances, told):
    assert crossings(line, *balances) == told


def test_to_and_fro_within_the_margin_is_told_once():
    assert crossings(BELOW, *([999, 1099] * 500)) == [999]


@given(st.lists(st.integers(0, 3000)), st.integers(0, 20))
def test_it_does_not_matter_in_how_many_looks_balances_are_seen(balances, cut):
    whole = rules.walk(BELOW, enumerate(balances))
    first, early = rules.walk(BELOW, list(enumerate(balances))[:cut])
    second, late = rules.walk(first, list(enumerate(balances))[cut:])

    assert (second, early + late) == whole


@given(st.lists(st.integers(0, 3000)))
def test_between_two_alerts_the_balance_was_back(balances):
    _, crossed = rules.walk(BELOW, enumerate(balances))
    places = [place for place, _ in crossed]

    for before, after in pairwise(places):
        assert max(balances[before:after]) >= BELOW.rearm


def test_a_message_is_tried_six_times_in_eleven_hours():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    moments = [rules.next_try(now, tries) for tries in range(1, 7)]

    assert moments[0] == now + timedelta(minutes=1)
    assert moments[4] == now + timedelta(hours=8)
    assert moments[5] is None


@pytest.mark.parametrize(
    ("address", "medium"),
    [
        ("wecombot://abcdef/", Medium.IM),
        ("slack://T1/B2/c3", Medium.IM),
        ("twilio://SID:TOKEN@+15550100/+8613800138000", Medium.SMS),
    ],
)
def test_services_with_hosts_of_their_own_may_be_called(address, medium):
    assert rules.is_safe_address(address, medium, may_be_sandbox=False)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://169.254.169.254/latest",
        "https://example.com/hook",
        "jsons://example.com/hook",
        "json://127.0.0.1:8001/inbox/im",
        "file:///etc/passwd",
        "syslog://",
        "mailto://user:pass@example.com",
        "twilio://SID:TOKEN@+15550100/",  # sends SMS, no chat
        "slack://T1/B2/c3?template=/etc/passwd",
        "slack://T1/B2/c3?verify=no",
        "slack://T1/B2/c3#channel",
        "slack://T1/B2/\nc3",
        "slack://[T1",
        "slack://" + "x" * 500,
    ],
)
def test_nothing_else_may_be_called(address):
    assert not rules.is_safe_address(address, Medium.IM, may_be_sandbox=False)


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("json://127.0.0.1:8001/inbox/im", True),
        ("json://127.0.0.1:8001/control/faults", False),
        ("json://localhost:8001/inbox/im", False),
        ("json://user:pw@127.0.0.1:8001/inbox/im", False),
        ("json://10.0.0.1/inbox/im", False),
        ("json://127.0.0.1:99999/inbox/im", False),
    ],
)
def test_outside_of_production_the_sandbox_may_be_called(address, is_safe):
    assert rules.is_safe_address(address, Medium.IM, may_be_sandbox=True) is is_safe
