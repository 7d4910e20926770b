"""Counting in PostgreSQL: what passes, what is refused, and that no more passes than may."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from sleek.core import clock
from sleek.events.models import Event
from sleek.risk import actions as risk
from sleek.risk.actions import ChallengeNeeded, TooManyTries, Visitor
from sleek.risk.models import Admission, Tally
from sleek.risk.rules import Action, Scope
from tests.conftest import FrozenClock

LINK = "lnk_1"


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest, frozen_clock: FrozenClock) -> None:
    """The test's own where it commits, the common one else."""
    if "committed_db" not in request.fixturenames:
        request.getfixturevalue("db")


def _pay(visitor: Visitor | None = None, *, link: str = LINK, reference: str = "") -> None:
    risk.admit(Action.PAY, link, visitor or Visitor(), reference=reference)


def _tries(count: int, visitor: Visitor | None = None) -> None:
    for _ in range(count):
        _pay(visitor)


def _proven(number: int, level: int = 5) -> Visitor:
    return Visitor(proof=f"proof {number}", proof_level=level)


def test_a_try_is_counted_by_all_that_is_known_of_it() -> None:
    _pay(Visitor("203.0.113.7", "phone"), reference="att_1")
    assert list(Tally.objects.values_list("tries", "wins", "losses")) == [(1, 0, 0)] * 5
    keys = set(Tally.objects.values_list("key", flat=True))
    assert set(Admission.objects.get(reference="att_1").keys) == keys


def test_nothing_that_is_kept_names_an_address_or_a_device() -> None:
    _pay(Visitor("203.0.113.7", "phone"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM risk_tally t")
        kept = cursor.fetchone()[0]
    assert "203.0" not in kept
    assert "phone" not in kept
    assert LINK not in kept


def test_looking_counts_nothing() -> None:
    risk.look(Action.PAY, LINK, Visitor("203.0.113.7", "phone"))
    assert not Tally.objects.exists()


def test_after_sixteen_that_nobody_paid_a_proof_is_needed() -> None:
    _tries(16)
    for ask in (risk.look, risk.admit):
        with pytest.raises(ChallengeNeeded) as refusal:
            ask(Action.PAY, LINK, Visitor())
        assert (refusal.value.level, refusal.value.scope) == (1, Scope.SUBJECT)
    _pay(_proven(1))
    _pay(link="lnk_2")


def test_a_refused_try_is_not_counted() -> None:
    _tries(16)
    before = list(Tally.objects.values_list("key", "tries"))
    with pytest.raises(ChallengeNeeded):
        _pay(Visitor("203.0.113.7", "phone"), reference="att_17")
    assert list(Tally.objects.values_list("key", "tries")) == before
    assert not Admission.objects.exists()


def test_a_proof_is_good_for_one_try() -> None:
    _tries(16)
    _pay(_proven(1))
    for ask in (risk.look, risk.admit):
        with pytest.raises(ChallengeNeeded):
            ask(Action.PAY, LINK, _proven(1))


def test_after_twenty_nothing_helps_until_the_hour_is_over(frozen_clock: FrozenClock) -> None:
    begin = clock.now()
    _tries(16)
    for number in range(4):
        _pay(_proven(number))
    with pytest.raises(TooManyTries) as refusal:
        _pay(_proven(99))
    assert begin < refusal.value.until - timedelta(hours=1) <= begin + timedelta(seconds=40)
    frozen_clock.now = refusal.value.until - timedelta(seconds=1)
    with pytest.raises(TooManyTries):
        _pay(_proven(99))
    frozen_clock.now = refusal.value.until
    _pay()


def test_kinds_of_action_have_their_own_limits() -> None:
    device = Visitor(device="phone")
    for _ in range(3):
        risk.admit(Action.ASK_FOR_LINK, LINK, device)
    with pytest.raises(ChallengeNeeded):
        risk.admit(Action.ASK_FOR_LINK, LINK, device)
    _pay(device)
    for _ in range(3):
        risk.admit(Action.SEND_CODE, "payer@example.com", Visitor())
    with pytest.raises(TooManyTries):
        risk.admit(Action.SEND_CODE, "payer@example.com", Visitor())


def test_the_merchant_is_told_once_an_hour(frozen_clock: FrozenClock) -> None:
    _tries(16)
    with pytest.raises(ChallengeNeeded) as refusal:
        _pay()
    for _ in range(3):
        risk.tell(refusal.value, merchant_id=7, public_id=LINK)
    event = Event.objects.get()
    assert (event.kind, event.subject, event.merchant_id) == ("link.guarded", LINK, 7)
    assert event.data == {"tries": 16, "paid": 0, "declined": 0}
    frozen_clock.advance(hours=1, minutes=1)
    risk.tell(refusal.value, merchant_id=7, public_id=LINK)
    assert Event.objects.count() == 2


def test_what_is_about_one_device_is_no_news_for_the_merchant() -> None:
    _tries(12, Visitor(device="phone"))
    with pytest.raises(ChallengeNeeded) as refusal:
        _pay(Visitor(device="phone"))
    risk.tell(refusal.value, merchant_id=7, public_id=LINK)
    assert not Event.objects.exists()


def test_of_thousands_at_one_link_twenty_pass_in_an_hour(frozen_clock: FrozenClock) -> None:
    """Everybody from elsewhere, as somebody else, and with a fresh proof."""
    passed = []
    for number in range(2_500):
        if number % 25 == 0:
            frozen_clock.advance(seconds=60)
        address = f"{11 + number % 200}.{number // 200}.7.7"
        visitor = Visitor(address, f"device {number}", f"proof {number}", 5)
        try:
            risk.look(Action.PAY, LINK, visitor)
            _pay(visitor)
        except TooManyTries:
            continue
        passed.append(clock.now())
    assert len(passed) == 40  # in 100 minutes
    assert max(sum(0 <= (b - a).total_seconds() < 3600 for b in passed) for a in passed) == 20


def test_of_many_at_once_no_more_pass_than_may(committed_db: str) -> None:
    def click(number: int) -> bool:
        try:
            _pay(Visitor(f"203.0.113.{number}", str(number)))
        except ChallengeNeeded:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(12) as pool:
        passed = sum(pool.map(click, range(60)))
    assert passed == 16
