"""What can run out is held while somebody pays for it, and goes to one payer only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sleek.channels.base import Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.links import actions as links
from sleek.links.actions import Limits
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, Ask, Wish, WishFlaw
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import tasks
from sleek.payments.actions import Visit, WishRefused
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import PaymentStatus, Surplus
from sleek.stock.actions import SoldOut
from sleek.stock.models import Stock
from tests import people

pytestmark = pytest.mark.django_db
MUG = Ask(AmountKind.QUANTITY, "USD", amount=1200, quantity_max=5)


@pytest.fixture
def shop(bank) -> Merchant:
    return people.merchant()


def _link(shop: Merchant, *, uses: int | None = None, pieces: int | None = None) -> PaymentLink:
    limits = Limits(is_reusable=True, uses=uses, pieces=pieces)
    return links.create(shop, MUG, "Mug", by=shop.memberships.get().user, limits=limits)


def _begun(link: PaymentLink, quantity: int) -> Attempt:
    payment = payments.open_for_link(link, Visit(language="en", wish=Wish(quantity=quantity)))
    return people.attempt(payment)


def _figures(link: PaymentLink) -> tuple[int, int, int]:
    link.refresh_from_db(fields=["pieces"])
    pieces = link.pieces
    assert pieces
    return pieces.held, pieces.taken, pieces.left


def _end_holds() -> None:
    tasks.end_holds.func(0)


def test_the_price_of_pieces_is_the_links_own(shop):
    attempt = _begun(_link(shop, pieces=9), 3)

    assert attempt.money == Money(3600, "USD")
    assert attempt.payment.quantity == 3


def test_a_wish_the_link_does_not_take_makes_no_payment(shop):
    with pytest.raises(WishRefused) as refusal:
        _begun(_link(shop), 6)

    assert refusal.value.flaw == WishFlaw.QUANTITY_ABOVE
    assert not Payment.objects.exists()


def test_who_comes_second_is_told_before_a_provider_is(shop, bank):
    link = _link(shop, pieces=4)
    _begun(link, 3)
    with pytest.raises(SoldOut):
        _begun(link, 2)

    assert bank.count("start") == 1
    assert _figures(link) == (3, 0, 1)


def test_paying_takes_what_was_held_once(shop, bank):
    link = _link(shop, uses=2, pieces=4)
    attempt = _begun(link, 3)

    for _ in range(3):
        payments.apply_reports([bank.pay(attempt.public_id)])

    assert _figures(link) == (0, 3, 1)
    assert Stock.objects.get(total=2).taken == 1


def test_a_decline_keeps_the_hold_through_the_retry_window_and_no_longer(shop, bank, frozen_clock):
    link = _link(shop, pieces=4)
    attempt = _begun(link, 3)
    payments.apply_reports([Report(attempt.public_id, Outcome.FAILED)])
    _end_holds()
    assert _figures(link) == (3, 0, 1)

    frozen_clock.advance(minutes=41)
    _end_holds()
    assert _figures(link) == (0, 0, 4)


def test_a_hold_stays_while_the_outcome_is_unknown(shop, bank, frozen_clock):
    link = _link(shop, pieces=4)
    _begun(link, 3)
    frozen_clock.advance(minutes=41)
    _end_holds()

    assert _figures(link) == (3, 0, 1)


def test_trying_again_after_the_release_holds_again(shop, bank, frozen_clock):
    link = _link(shop, pieces=4)
    attempt = _begun(link, 3)
    payments.apply_reports([Report(attempt.public_id, Outcome.FAILED)])
    frozen_clock.advance(minutes=41)
    _end_holds()

    people.attempt(attempt.payment)
    assert _figures(link) == (3, 0, 1)


def test_money_for_what_is_gone_is_a_surplus_that_goes_back_by_itself(shop, bank, frozen_clock):
    link = _link(shop, pieces=4)
    late = _begun(link, 3)
    payments.apply_reports([Report(late.public_id, Outcome.CANCELED)])
    frozen_clock.advance(minutes=41)
    _end_holds()
    other = _begun(link, 2)
    payments.apply_reports([bank.pay(other.public_id)])

    payments.apply_reports([bank.pay(late.public_id)])

    late.refresh_from_db()
    assert (late.surplus, late.payment.status) == (Surplus.SOLD_OUT, PaymentStatus.PENDING)
    assert _figures(link) == (0, 2, 2)
    assert people.held(shop, "frozen") == 3600
    [news] = Event.objects.filter(kind="payment.surplus_received")
    assert news.data["surplus"] == "sold_out"


def test_late_money_is_good_while_enough_is_left(shop, bank, frozen_clock):
    link = _link(shop, pieces=4)
    late = _begun(link, 3)
    payments.apply_reports([Report(late.public_id, Outcome.CANCELED)])
    frozen_clock.advance(minutes=41)
    _end_holds()

    payments.apply_reports([bank.pay(late.public_id)])

    late.refresh_from_db()
    assert (late.surplus, late.payment.status) == ("", PaymentStatus.SUCCEEDED)
    assert _figures(link) == (0, 3, 1)


def test_two_late_sums_for_the_last_piece_in_one_batch_pay_once(shop, bank, frozen_clock):
    link = _link(shop, pieces=3)
    late = []
    for _ in range(2):
        late.append(_begun(link, 2))
        payments.apply_reports([Report(late[-1].public_id, Outcome.CANCELED)])
        frozen_clock.advance(minutes=41)
        _end_holds()

    payments.apply_reports([bank.pay(attempt.public_id) for attempt in late])

    found = Attempt.objects.order_by("pk").values_list("surplus", flat=True)
    assert sorted(found) == ["", Surplus.SOLD_OUT]
    assert _figures(link) == (0, 2, 1)


def test_an_expired_payment_gives_back_its_hold(shop, bank, frozen_clock):
    link = _link(shop, pieces=4)
    attempt = _begun(link, 3)
    payments.apply_reports([Report(attempt.public_id, Outcome.CANCELED)])
    Payment.objects.update(expires_at=clock.now() + timedelta(minutes=5))
    frozen_clock.advance(minutes=5)

    payments.expire(Payment.objects.get())
    assert _figures(link) == (0, 0, 4)


def test_a_credit_takes_what_it_pays_for_though_its_payer_never_began(shop, bank):
    credit = _credit(shop, bank)
    link = _link(shop, pieces=2)
    paid = payments.apply_credit(credit, _opened(link, 2))
    assert Payment.objects.get(pk=paid.payment_id).status == PaymentStatus.SUCCEEDED
    assert _figures(link) == (0, 2, 0)


def test_a_credit_pays_nothing_that_is_sold_out(shop, bank):
    credit = _credit(shop, bank)
    link = _link(shop, pieces=2)
    _begun(link, 1)
    late = _opened(link, 2)
    with pytest.raises(payments.NotCreditable):
        payments.apply_credit(credit, late)
    late.refresh_from_db()
    assert (late.status, late.has_hold) == (PaymentStatus.PENDING, False)
    assert _figures(link) == (1, 0, 1)
    assert Attempt.objects.get(pk=credit.pk).amount_applied == 0


def _credit(shop: Merchant, bank) -> Attempt:
    """36 dollars that were paid instead of 50, kept for their payer."""
    attempt = people.attempt(people.payment(shop, Money(5000, "USD")))
    payments.apply_reports([bank.pay(attempt.public_id, Money(3600, "USD"))])
    return payments.credit(Attempt.objects.get(pk=attempt.pk))


def _opened(link: PaymentLink, quantity: int) -> Payment:
    return payments.open_for_link(link, Visit(language="en", wish=Wish(quantity=quantity)))
