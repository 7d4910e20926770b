"""Methods that payers let a merchant keep: agreed to, learned, charged, let go of."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from sleek.audit.models import Record
from sleek.channels.base import Refused, Saved, Unavailable
from sleek.core import crypto
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries, tasks
from sleek.payments.actions import Consent
from sleek.payments.actions.saving import learn
from sleek.payments.models import Attempt, Payment, SavedMethod
from sleek.payments.queries import Offer
from sleek.payments.rules import saving
from sleek.risk.actions import Visitor
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")
SECRET = "of this browser"


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def consent(shop: Merchant, secret: str = SECRET, known_as: str = "") -> Consent:
    return Consent(
        text_hash="a" * 64,
        language="de",
        browser=queries.browser_hash(shop, secret),
        address="192.0.2.7",
        known_as=queries.browser_hash(shop, known_as) if known_as else "",
    )


def keep(shop: Merchant, bank: Bank, secret: str = SECRET, known_as: str = "") -> SavedMethod:
    """Paid once, by a payer who ticked the box."""
    agreed = consent(shop, secret, known_as)
    attempt = payments.begin(
        people.payment(shop, FIFTY), people.card(shop), Visitor(), consent=agreed
    )
    payments.apply_reports([bank.pay(attempt.public_id)])
    return SavedMethod.objects.get(attempt=attempt)


def offered(shop: Merchant, secret: str = SECRET, amount: Money = FIFTY) -> list[Offer]:
    return queries.saved_offers(Merchant.objects.get(pk=shop.pk), amount, secret)


def charge(shop: Merchant, payment: Payment | None = None) -> Attempt:
    return payments.begin(payment or people.payment(shop, FIFTY), offered(shop)[0], Visitor())


def kinds(payment: Payment) -> list[str]:
    rows = Event.objects.filter(subject=payment.public_id).order_by("pk")
    return [event.kind for event in rows]


def test_what_was_agreed_to_is_kept_once_it_is_paid(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    assert (row.hint, row.channel, row.method) == ("Visa •4242", "till", "card")
    assert (row.text_hash, row.language, row.address) == ("a" * 64, "de", "192.0.2.7")
    assert row.unseal() == f"token-{row.attempt.public_id}"
    assert b"token-" not in bytes(row.token or b"")
    assert [offer.saved for offer in offered(shop)] == [row]
    fact = Event.objects.get(kind="method.saved")
    assert fact.subject == row.attempt.payment.public_id
    assert fact.data == {"saved": row.public_id, "channel": "till", "hint": "Visa •4242"}


def test_without_a_tick_nothing_is_asked_for_or_kept(shop: Merchant, bank: Bank) -> None:
    attempt = people.attempt(people.payment(shop, FIFTY))
    assert bank.orders[attempt.public_id].saves is False
    payments.apply_reports([bank.pay(attempt.public_id)])
    assert not SavedMethod.objects.exists()


def test_what_a_provider_keeps_without_an_agreement_is_not_written_down(
    shop: Merchant, bank: Bank
) -> None:
    attempt = people.attempt(people.payment(shop, FIFTY))
    learn({attempt.pk: Saved("t", "Visa •4242")})
    assert not SavedMethod.objects.exists()


def test_until_it_is_paid_nothing_is_offered(shop: Merchant, bank: Bank) -> None:
    payment = people.payment(shop, FIFTY)
    payments.begin(payment, people.card(shop), Visitor(), consent=consent(shop))
    assert SavedMethod.objects.get().token is None
    assert offered(shop) == []


def test_the_same_news_twice_keeps_once(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    payments.apply_reports([bank.reports[row.attempt.public_id]] * 2)
    assert SavedMethod.objects.count() == 1
    assert kinds(row.attempt.payment).count("method.saved") == 1


def test_a_token_is_good_on_its_own_row_only(shop: Merchant, bank: Bank) -> None:
    row, other = keep(shop, bank), keep(shop, bank, "another browser")
    other.token = row.token
    with pytest.raises(crypto.Undecryptable):
        other.unseal()


def test_one_token_stands_on_one_row(shop: Merchant, bank: Bank) -> None:
    row, other = keep(shop, bank), keep(shop, bank, "another browser")
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedMethod.objects.filter(pk=other.pk).update(token_hash=row.token_hash)


def test_it_is_charged_where_it_is_kept(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    attempt = charge(shop)
    order = bank.orders[attempt.public_id]
    assert (order.saved, order.saves, attempt.saved_method_id) == (row.unseal(), False, row.pk)
    payments.apply_reports([bank.pay(attempt.public_id)])
    assert Payment.objects.get(pk=attempt.payment_id).status == "succeeded"
    assert people.held(shop, "clearing:till") == -10000
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_a_double_click_charges_once(shop: Merchant, bank: Bank) -> None:
    keep(shop, bank)
    payment = people.payment(shop, FIFTY)
    first, second = charge(shop, payment), charge(shop, payment)
    assert first.pk == second.pk
    assert bank.count("start") == 2  # the payment that kept it, and this one


def test_two_clicks_at_the_same_moment_charge_once(committed_db: str, bank: Bank) -> None:
    shop = people.merchant()
    keep(shop, bank)
    payment = people.payment(shop, FIFTY)

    def click() -> None:
        try:
            charge(shop, payment)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert payment.attempts.count() == 1
    assert bank.count("start") == 2


def test_an_answer_that_is_lost_lets_nobody_pay_again_yet(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    keep(shop, bank)
    payment = people.payment(shop, FIFTY)
    bank.is_down = True
    attempt = charge(shop, payment)
    assert attempt.status == "processing"
    bank.is_down = False
    with pytest.raises(payments.OutcomeUnknown):
        people.attempt(payment)
    bank.orders[attempt.public_id] = bank.orders[next(iter(bank.orders))]
    bank.pay(attempt.public_id)
    frozen_clock.advance(seconds=15)
    tasks.check_due(0)
    payment.refresh_from_db()
    assert payment.status == "succeeded"


def test_while_it_is_being_charged_nobody_pays_another_way(shop: Merchant, bank: Bank) -> None:
    keep(shop, bank)
    payment = people.payment(shop, FIFTY)
    attempt = charge(shop, payment)
    Attempt.objects.filter(pk=attempt.pk).update(status="started")
    with pytest.raises(payments.OutcomeUnknown):
        people.attempt(payment)
    assert payment.attempts.count() == 1


def test_a_decline_is_told_and_another_way_is_open(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    payment = people.payment(shop, FIFTY)
    bank.refuses = True
    attempt = charge(shop, payment)
    assert (attempt.status, attempt.failure_code) == ("failed", "till_says_no")
    bank.refuses = False
    assert people.attempt(payment).status == "requires_action"
    assert [offer.saved for offer in offered(shop)] == [row]


def test_what_the_provider_keeps_no_more_is_offered_no_more(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    bank.forgotten.append(row.unseal())
    attempt = charge(shop)
    assert (attempt.status, offered(shop)) == ("failed", [])
    fact = Event.objects.get(kind="method.revoked")
    assert fact.data["by"] == "provider"


def test_another_browser_and_another_merchant_are_offered_nothing(
    shop: Merchant, bank: Bank
) -> None:
    row = keep(shop, bank)
    other = people.merchant("Berg", "berg@example.com")
    assert offered(shop, "another browser") == offered(shop, "") == []
    assert offered(other) == []
    assert queries.known_in(other, SECRET) == []
    SavedMethod.objects.filter(pk=row.pk).update(browser_hash="")
    assert offered(shop, "") == []


def test_a_new_tick_makes_the_old_secret_worthless(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    newer = keep(shop, bank, "fresh", known_as=SECRET)
    assert offered(shop) == []
    assert {offer.saved for offer in offered(shop, "fresh")} == {row, newer}


@pytest.mark.parametrize(("days", "is_offered"), [(395, True), (397, False)])
def test_a_browser_is_known_for_thirteen_months(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock, days: int, is_offered: bool
) -> None:
    keep(shop, bank)
    frozen_clock.advance(days=days)
    assert bool(offered(shop)) == is_offered


def test_each_payment_renews_it(shop: Merchant, bank: Bank, frozen_clock: FrozenClock) -> None:
    keep(shop, bank)
    frozen_clock.advance(days=300)
    charge(shop)
    frozen_clock.advance(days=300)
    assert len(offered(shop)) == 1


@pytest.mark.parametrize(("last_day", "is_offered"), [(2, True), (1, False)])
def test_an_expired_card_is_not_offered(
    shop: Merchant, bank: Bank, last_day: int, is_offered: bool
) -> None:
    row = keep(shop, bank)
    SavedMethod.objects.filter(pk=row.pk).update(expires_on=date(2026, 3, last_day))
    assert bool(offered(shop)) == is_offered


@pytest.mark.parametrize(
    "change", [{"is_enabled": False}, {"methods": ["alipay"]}, {"methods": []}]
)
def test_where_its_connection_is_out_of_use_it_is_not_offered(
    shop: Merchant, bank: Bank, change: dict[str, object]
) -> None:
    keep(shop, bank)
    shop.connections.update(**change)
    assert offered(shop) == []


def test_a_merchant_may_switch_it_off(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    shop.saves_methods = False
    shop.save(update_fields=["saves_methods"])
    assert offered(shop) == []
    assert queries.may_save(shop, [people.card(shop)]) == []
    assert queries.known_in(shop, SECRET) == [row]


def test_what_is_let_go_of_between_look_and_click_is_not_charged(
    shop: Merchant, bank: Bank
) -> None:
    row = keep(shop, bank)
    offer = offered(shop)[0]
    payments.revoke_as_payer(row)
    payment = people.payment(shop, FIFTY)
    with pytest.raises(payments.NotSaved):
        payments.begin(payment, offer, Visitor())
    assert (payment.attempts.count(), bank.count("start")) == (0, 1)


def test_letting_go_keeps_the_agreement_and_nothing_else(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    token = row.unseal()
    payments.revoke_as_payer(row)
    assert offered(shop) == []
    payments.forget_due()
    assert bank.forgotten == [token]
    row.refresh_from_db()
    assert (row.token, row.token_hash, row.hint, row.email, row.browser_hash) == (None, *[""] * 4)
    assert (row.text_hash, row.language) == ("a" * 64, "de")
    payments.forget_due()
    assert bank.count("forget") == 1


def test_a_provider_that_does_not_answer_is_told_later(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    row = keep(shop, bank)
    payments.revoke_as_payer(row)
    for fault in (Unavailable("no answer"), Refused("no")):
        bank.faults = {"s3cret": fault}
        payments.forget_due()
        payments.forget_due()
        frozen_clock.advance(hours=1)
    assert bank.count("forget") == 2
    bank.faults = {}
    payments.forget_due()
    row.refresh_from_db()
    assert (row.token, len(bank.forgotten)) == (None, 1)


def test_it_is_not_forgotten_under_a_payment_that_is_under_way(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    row = keep(shop, bank)
    attempt = charge(shop)
    payments.revoke_as_payer(row)
    payments.forget_due()
    assert bank.forgotten == []
    payments.apply_reports([bank.pay(attempt.public_id)])
    frozen_clock.advance(hours=1)
    payments.forget_due()
    assert len(bank.forgotten) == 1


def test_a_member_lets_go_of_it_in_their_name(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    owner = shop.memberships.get().user
    payments.revoke(row, by=owner, address="192.0.2.9")
    payments.revoke(row, by=owner)
    record = Record.objects.get(action="method.revoked")
    assert (record.actor, record.subject) == (owner.public_id, row.public_id)
    assert Event.objects.get(kind="method.revoked").data["by"] == "member"


@pytest.mark.parametrize(
    ("worth", "uses", "asks"),
    [
        (Money(10_000, "EUR"), 0, False),
        (Money(10_001, "EUR"), 0, True),
        (Money(100, "EUR"), 2, False),
        (Money(100, "EUR"), 3, True),
        (None, 0, True),
    ],
)
def test_the_bank_is_asked_above_a_sum_and_after_some_payments(
    worth: Money | None, uses: int, asks: bool
) -> None:
    assert saving.needs_proof(worth, uses) == asks


@pytest.mark.parametrize(("minor", "asks"), [(5000, False), (500_000, True)])
def test_the_channel_is_told_when_proof_is_asked(
    shop: Merchant, bank: Bank, minor: int, asks: bool
) -> None:
    keep(shop, bank)
    attempt = charge(shop, people.payment(shop, Money(minor, "USD")))
    assert bank.orders[attempt.public_id].is_proof_asked is asks
    assert attempt.is_proof_asked is asks


def test_tokens_move_to_the_newest_master_key(shop: Merchant, bank: Bank) -> None:
    row = keep(shop, bank)
    before = bytes(row.token or b"")
    assert payments.rewrap_saved() == 1
    row.refresh_from_db()
    assert bytes(row.token or b"") != before
    assert row.unseal() == f"token-{row.attempt.public_id}"


def test_who_goes_takes_what_was_kept_along(shop: Merchant, bank: Bank) -> None:
    mine, other = keep(shop, bank), keep(shop, bank, "of another browser")
    SavedMethod.objects.filter(pk=mine.pk).update(email="Anna@example.com")
    SavedMethod.objects.filter(pk=other.pk).update(email="wei@example.com")
    with transaction.atomic():
        payments.forget_payer(["anna@example.com"])
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.hint, mine.email, mine.address, mine.browser_hash) == ("", "", None, "")
    assert mine.revoked_at
    assert (other.email, other.address, other.revoked_at) == ("wei@example.com", "192.0.2.7", None)
    tasks.forget_due(0)
    mine.refresh_from_db()
    assert mine.token is None
