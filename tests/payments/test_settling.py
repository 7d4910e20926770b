"""Money of another amount than was asked: accepted, kept for its payer, applied, or in parts."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sleek.channels import registry
from sleek.core import ids
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def shop(db: None, bank: Bank) -> Merchant:
    return people.merchant()


@pytest.fixture
def _parts(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._CHANNELS, "till", "tests.fakes.channel:PartsTill")


def paid(payment: Payment, bank: Bank, minor: int, currency: str = "USD") -> Attempt:
    attempt = people.attempt(payment)
    payments.apply_reports([bank.pay(attempt.public_id, Money(minor, currency))])
    return again(attempt)


def again(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("payment").get(pk=attempt.pk)


def arrived(attempt: Attempt, minor: int) -> Attempt:
    amount = Money(minor, "USD")
    return payments.arrive(attempt, amount, reference=f"line {minor}", payer="Chidi", at=NOON)


def books(shop: Merchant) -> dict[str, int]:
    codes = ("clearing:till", "in_transit", "frozen", "credits")
    assert verify() == []
    return {code: people.held(shop, code) for code in codes if people.held(shop, code)}


def successes() -> list[int]:
    facts = Event.objects.filter(kind="payment.succeeded").order_by("pk")
    return [fact.data["amount"] for fact in facts]


def test_too_little_pays_when_the_merchant_accepts_it(shop: Merchant, bank: Bank) -> None:
    short = paid(people.payment(shop, FIFTY), bank, 4850)
    payments.accept(short.payment)
    payment = again(short).payment
    assert (payment.status, payment.amount_paid, again(short).resolution) == (
        "succeeded",
        4850,
        "accepted",
    )
    assert books(shop) == {"clearing:till": -4850, "in_transit": 4850}
    assert successes() == [4850]


def test_nothing_is_accepted_twice_or_where_nothing_waits(shop: Merchant, bank: Bank) -> None:
    over = paid(people.payment(shop, FIFTY), bank, 5100)
    payments.accept(over.payment)
    for payment in (over.payment, people.payment(shop, FIFTY)):
        with pytest.raises(payments.NotAcceptable):
            payments.accept(payment)
    assert books(shop) == {"clearing:till": -5100, "in_transit": 5100}
    assert successes() == [5100]


def test_another_currency_is_never_accepted_as_if_it_were_ours(shop: Merchant, bank: Bank) -> None:
    euros = paid(people.payment(shop, FIFTY), bank, 5000, "EUR")
    with pytest.raises(payments.NotAcceptable):
        payments.accept(euros.payment)
    assert again(euros).payment.status == "processing"


def test_an_overpayment_pays_and_the_rest_stays_the_payers(shop: Merchant, bank: Bank) -> None:
    over = paid(people.payment(shop, FIFTY), bank, 6000)
    payments.credit(over)
    assert again(over).payment.status == "pending"
    assert books(shop) == {"clearing:till": -6000, "credits": 6000}
    payments.apply_credit(over, over.payment)
    assert again(over).payment.status == "succeeded"
    assert again(over).credit == Money(1000, "USD")
    assert books(shop) == {"clearing:till": -6000, "in_transit": 5000, "credits": 1000}
    assert successes() == [5000]


def test_a_credit_that_is_too_small_waits_at_the_other_payment(shop: Merchant, bank: Bank) -> None:
    small = payments.credit(paid(people.payment(shop, FIFTY), bank, 1500))
    other = people.payment(shop, FIFTY)
    part = payments.apply_credit(small, other)
    assert (part.surplus, part.origin_id, again(part).payment.status) == (
        "amount",
        small.pk,
        "processing",
    )
    assert books(shop) == {"clearing:till": -1500, "frozen": 1500}
    with pytest.raises(payments.NotCreditable):
        payments.apply_credit(small, other)


def test_a_credit_never_pays_in_another_currency_shop_or_a_payment_under_way(
    shop: Merchant, bank: Bank
) -> None:
    credit = payments.credit(paid(people.payment(shop, FIFTY), bank, 6000))
    busy = people.attempt(people.payment(shop, FIFTY)).payment
    yuan = people.payment(shop, Money(5000, "CNY"))
    foreign = people.payment(people.merchant("Tea", "tea@example.com"), FIFTY)
    for payment in (busy, yuan, foreign):
        with pytest.raises(payments.NotCreditable):
            payments.apply_credit(credit, payment)
    assert books(shop) == {"clearing:till": -6000, "credits": 6000}


def test_only_a_surplus_is_kept_and_only_once(shop: Merchant, bank: Bank) -> None:
    exact = paid(people.payment(shop, FIFTY), bank, 5000)
    over = paid(people.payment(shop, FIFTY), bank, 6000)
    payments.credit(over)
    for attempt in (exact, over):
        with pytest.raises(payments.NotCreditable):
            payments.credit(attempt)
    assert books(shop) == {"clearing:till": -11000, "in_transit": 5000, "credits": 6000}


@pytest.mark.usefixtures("db", "_parts")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 4999), min_size=1, max_size=4))
def test_parts_that_add_up_pay_by_themselves_in_any_order(cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), 5000]
    sizes = [high - low for low, high in pairwise(edges)]
    shop = people.merchant(email=f"{ids.new('lin')}@example.com")
    attempt = people.attempt(people.payment(shop, FIFTY))
    for count, size in enumerate(sizes, 1):
        arrived(attempt, size)
        status = again(attempt).payment.status
        assert status == ("succeeded" if count == len(sizes) else "processing")
    assert again(attempt).payment.amount_paid == 5000
    assert books(shop) == {"clearing:till": -5000, "in_transit": 5000}


@pytest.mark.usefixtures("_parts")
def test_parts_that_come_after_it_is_paid_are_a_surplus(shop: Merchant) -> None:
    attempt = people.attempt(people.payment(shop, FIFTY))
    for minor in (2000, 3000, 700):
        arrived(attempt, minor)
    assert again(attempt).payment.amount_paid == 5000
    assert books(shop) == {"clearing:till": -5700, "in_transit": 5000, "frozen": 700}


@pytest.mark.parametrize("is_card_last", [True, False])
def test_a_transfer_and_a_card_that_add_up_pay_in_either_order(
    shop: Merchant, bank: Bank, monkeypatch: pytest.MonkeyPatch, is_card_last: bool
) -> None:
    payment = people.payment(shop, FIFTY)
    by_card = people.attempt(payment)
    wire = people.till(shop)
    wire.channel = "wire"
    wire.save()
    monkeypatch.setitem(registry._CHANNELS, "wire", "tests.fakes.channel:PartsTill")
    by_wire = Attempt.objects.get(pk=by_card.pk)
    by_wire.pk, by_wire.public_id = None, "att_wire"
    by_wire.connection, by_wire.channel = wire, "wire"
    by_wire.save()
    tries = [(by_wire, 3000), (by_card, 2000)]
    for attempt, minor in tries if is_card_last else reversed(tries):
        payments.apply_reports([bank.pay(attempt.public_id, Money(minor, "USD"))])
    assert again(by_card).payment.amount_paid == 5000
