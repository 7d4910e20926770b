"""What is out of the ordinary about a payment, from its facts, in whatever order they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sleek.channels.base import Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import queries
from sleek.reconciliation.rules.flags import Arrival, Facts, Fate, Flag, flags
from tests import people
from tests.fakes.channel import Bank

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EARLY, LATE = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
FIFTY = Money(5000, "USD")
W, P, L, G = Fate.WAITS, Fate.PAYS, Fate.LEAVES, Fate.GONE


def of(*arrivals: tuple[int, str, datetime, Fate], **more: object) -> Facts:
    return Facts(
        FIFTY,
        NOON,
        tuple(
            Arrival(f"att_{number}", Money(minor, currency), at, fate)
            for number, (minor, currency, at, fate) in enumerate(arrivals)
        ),
        **more,  # type: ignore[arg-type]
    )


def told(facts: Facts) -> list[str]:
    return [f"{one.flag} {one.amount}" for one in flags(facts)]


def open_ones(facts: Facts) -> list[str]:
    return [f"{one.flag} {one.needs_person}" for one in flags(facts) if one.is_open]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (of(), []),
        (of((5000, "USD", EARLY, P)), []),
        (of((4900, "USD", EARLY, W)), ["under 1.00 USD"]),
        (of((5100, "USD", EARLY, W)), ["over 1.00 USD"]),
        (of((2000, "USD", EARLY, W), (2500, "USD", EARLY, W)), ["under 5.00 USD"]),
        (of((2000, "USD", EARLY, W), (3000, "USD", EARLY, W)), ["under 0.00 USD"]),
        (of((5000, "USD", EARLY, W), is_void=True), ["late 50.00 USD"]),
        (of((4900, "USD", EARLY, W), is_void=True), ["late 49.00 USD"]),
        (of((5000, "USD", EARLY, P), (5000, "USD", EARLY, L)), ["duplicate 50.00 USD"]),
        (of((5000, "USD", EARLY, P), (600, "USD", EARLY, W)), ["over 6.00 USD"]),
        (of((5000, "EUR", EARLY, W)), ["wrong_currency 50.00 EUR"]),
        (of((5000, "USD", EARLY, L), is_closed=True), ["late 50.00 USD"]),
        (of((5000, "USD", EARLY, L), is_sold_out=True), ["over 50.00 USD"]),
        (of((4900, "USD", EARLY, G), (5000, "USD", EARLY, P)), []),
        (of(unanswered=("att_9",)), ["stuck 50.00 USD"]),
    ],
)
def test_each_flag_has_its_amount(facts: Facts, expected: list[str]) -> None:
    assert told(facts) == expected


def test_flags_do_not_hide_each_other() -> None:
    """Part on time, then the rest too late and too much: both are told (btcpayserver#4146)."""
    facts = of((2000, "USD", EARLY, W), (4000, "USD", LATE, W))
    assert told(facts) == ["over 10.00 USD", "late 40.00 USD"]


def test_what_was_accepted_stays_a_fact_and_needs_nobody() -> None:
    assert told(of((4900, "USD", EARLY, P))) == ["under 1.00 USD"]
    assert open_ones(of((4900, "USD", EARLY, P))) == []


def test_what_goes_back_by_itself_is_open_and_needs_nobody() -> None:
    assert open_ones(of((5000, "USD", EARLY, P), (5000, "USD", EARLY, L))) == ["duplicate False"]
    assert open_ones(of((5000, "USD", EARLY, P), (5000, "USD", EARLY, W))) == ["duplicate True"]


MINORS = st.sampled_from([1, 2500, 4999, 5000, 5001, 10000])
MONEYS = st.tuples(MINORS, st.sampled_from(["USD", "USD", "EUR"]), st.sampled_from([EARLY, LATE]))


@given(st.lists(st.tuples(MONEYS, st.sampled_from([*Fate])), max_size=5), st.booleans())
def test_no_money_that_pays_nothing_is_without_an_open_flag(
    moneys: list[tuple[tuple[int, str, datetime], Fate]], is_closed: bool
) -> None:
    paying = [(m, "USD", a, f) for (m, _, a), f in moneys if f == P][:1]
    rest = [(m, c, a, f) for (m, c, a), f in moneys if f != P]
    exact_first = [one for one in rest if one[:2] == (5000, "USD")]
    # An exact sum waits only behind one that paid, or for a payment that is over.
    facts = of(*paying, *rest, is_closed=is_closed or bool(exact_first and not paying))
    found = flags(facts)
    for arrival in facts.arrivals:
        covering = [one for one in found if arrival.key in one.keys and one.is_open]
        assert bool(covering) == (arrival.fate in (W, L)) or arrival.fate == P
        if arrival.fate == W:
            assert any(one.needs_person for one in covering)


@given(st.lists(st.tuples(MONEYS, st.sampled_from([W, L, G])), max_size=4))
def test_the_order_in_which_facts_are_listed_changes_nothing(
    moneys: list[tuple[tuple[int, str, datetime], Fate]],
) -> None:
    base = of(*[(m, c, a, f) for (m, c, a), f in moneys])
    outcomes = {
        tuple(told(Facts(FIFTY, NOON, arrivals))) for arrivals in permutations(base.arrivals)
    }
    assert len(outcomes) == 1


@pytest.fixture
def shop(db: None, bank: Bank) -> Merchant:
    with clock.frozen(EARLY - timedelta(hours=1)):
        return people.merchant()


# The database is real and shared by the examples; each makes its own payment.
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MONEYS, min_size=1, max_size=4), st.data())
def test_reports_in_any_order_and_repeated_end_in_the_same_flags(
    shop: Merchant,
    moneys: list[tuple[int, str, datetime]],
    data: st.DataObject,
) -> None:
    order = data.draw(st.permutations(range(len(moneys))))
    repeated = data.draw(st.lists(st.sampled_from(order), max_size=3))
    straight = _after(shop, moneys, list(range(len(moneys))))
    assert _after(shop, moneys, [*order, *repeated]) == straight
    assert verify() == []


def _after(
    shop: Merchant, moneys: list[tuple[int, str, datetime]], order: list[int]
) -> list[tuple[str, Money | None]]:
    """Through the one door, each report in its own transaction, as notices come."""
    with clock.frozen(EARLY):
        payment = people.payment(shop, FIFTY)
        Payment.objects.filter(pk=payment.pk).update(expires_at=NOON)
        keys = [_try(payment) for _ in moneys]
    with clock.frozen(LATE):
        for place in order:
            minor, currency, at = moneys[place]
            amount = Money(minor, currency)
            payments.apply_reports(
                [Report(keys[place], Outcome.SUCCEEDED, amount, f"T-{place}", event_at=at)]
            )
        payment.refresh_from_db()
        found = flags(queries.facts([payment])[payment.pk])
    return [(str(one.flag), one.amount) for one in found]


def _try(payment: Payment) -> str:
    """Several tabs that began at once."""
    first = payment.attempts.first()
    if first is None:
        return people.attempt(payment).public_id
    fields = ("connection", "channel", "method", "flow", "amount", "currency", "expires_at")
    twin = {name: getattr(first, name) for name in fields}
    return Attempt.objects.create(payment=payment, status=first.status, **twin).public_id


def test_every_flag_is_one_that_facts_can_raise_or_somebody_else_does() -> None:
    from_elsewhere = {Flag.UNKNOWN_PAYER, Flag.ORPHAN, Flag.GIVEN_TWICE}
    raised = {Flag.UNDER, Flag.OVER, Flag.LATE, Flag.DUPLICATE, Flag.WRONG_CURRENCY, Flag.STUCK}
    assert raised | from_elsewhere == {*Flag}
