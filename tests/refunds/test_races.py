"""Two people, or a person and a provider, at the same moment: exactly one of them wins."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from sleek.channels.base import Outcome, RefundReport
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant, User
from sleek.payments.models import Payment
from sleek.refunds import actions as refunds
from sleek.refunds import queries
from sleek.refunds.models import BankAccount, Refund
from sleek.refunds.rules import Limits, RefundReason
from tests import people
from tests.refunds.conftest import books, colleague, paid

ASKED = RefundReason.REQUESTED
TEN, SIX = Money(1000, "USD"), Money(600, "USD")
ANNA = BankAccount("Anna Berg", "DE", "DE89370400440532013000")


@pytest.fixture
def shop(committed_db: str, bank) -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> User:
    return shop.memberships.get(role="owner").user


def together(*acts: Callable[[], object]) -> list[bool]:
    """All at once; whether each was let through."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], object]) -> bool:
        barrier.wait()
        try:
            act()
        except SleekError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_of_two_refunds_of_600_out_of_1000_one_wins(shop, bank, lin):
    payment = paid(shop, bank, TEN)

    def give() -> object:
        return refunds.promise(payment, SIX, reason=ASKED, by=lin)

    assert sorted(together(give, give)) == [False, True]
    payment.refresh_from_db()
    assert (payment.amount_refunded, books(shop)) == (600, (400, 0, 600, -1000))


def test_of_two_people_whose_refunds_of_two_payments_share_one_balance_one_waits_for_nothing(
    shop, bank, lin
):
    wang = colleague(shop, "finance", "wang@example.com")
    one, two = paid(shop, bank, TEN), paid(shop, bank, TEN)
    done = together(
        lambda: refunds.promise(one, TEN, reason=ASKED, by=lin),
        lambda: refunds.promise(two, TEN, reason=ASKED, by=wang),
    )
    assert done == [True, True]
    assert (books(shop), verify()) == ((0, 0, 2000, -2000), [])


def test_a_days_limit_holds_for_two_clicks_at_once(shop, bank, lin):
    refunds.set_rule(shop, "USD", "owner", Limits(most_daily=600), by=lin)
    one, two = paid(shop, bank, TEN), paid(shop, bank, TEN)
    done = together(
        lambda: refunds.promise(one, SIX, reason=ASKED, by=lin),
        lambda: refunds.promise(two, SIX, reason=ASKED, by=lin),
    )
    assert sorted(done) == [False, True]
    assert Refund.objects.get().amount == 600


def test_approving_and_declining_at_once_is_one_decision(shop, bank, lin):
    wang = colleague(shop, "finance", "wang@example.com")
    chen = colleague(shop, "reviewer", "chen@example.com")
    refunds.set_rule(shop, "USD", "finance", Limits(review_from=1), by=lin)
    [refund] = refunds.promise(paid(shop, bank, TEN), TEN, reason=ASKED, by=wang)
    done = together(
        lambda: refunds.approve(refund, by=lin),
        lambda: refunds.decline(refund, why="No", by=chen),
    )
    assert sorted(done) == [False, True]
    refund.refresh_from_db()
    kinds = Event.objects.filter(kind__in=["refund.approved", "refund.failed"])
    assert kinds.count() == 1
    expected = {"pending": (0, 0, 1000, -1000), "failed": (1000, 0, 0, -1000)}
    assert books(shop) == expected[refund.status]


def test_the_providers_answer_and_its_repetition_at_once_are_one_posting(shop, bank, lin):
    [refund] = refunds.promise(paid(shop, bank, TEN), TEN, reason=ASKED, by=lin)
    report = RefundReport(refund.public_id, Outcome.SUCCEEDED, TEN, reference="R-1")
    assert together(*[lambda: refunds.apply_report(report)] * 4) == [True] * 4
    assert (books(shop), verify()) == ((0, 0, 0, 0), [])
    assert Event.objects.filter(kind="refund.succeeded").count() == 1


def test_sending_and_going_another_way_at_once_pays_once(shop, bank, lin):
    """Whichever comes first: the channel pays, or the payer's page opens, never both."""
    bank.is_short = True
    [refund] = refunds.promise(paid(shop, bank, TEN), TEN, reason=ASKED, by=lin)
    refunds.check(refund)
    bank.is_short = False
    sent, rerouted = together(
        lambda: refunds.check(refund), lambda: refunds.reroute(refund, by=lin)
    )
    assert sent
    refund.refresh_from_db()
    has_paid = refund.public_id in bank.refunds
    assert has_paid is not rerouted
    assert (refund.status, refund.route) == (
        ("succeeded", "channel") if has_paid else ("pending", "bank")
    )


def test_two_who_answer_a_claim_at_once_are_one_account(shop, bank, lin):
    bank.is_short = True
    [refund] = refunds.promise(paid(shop, bank, TEN), TEN, reason=ASKED, by=lin)
    refunds.check(refund)
    refund = refunds.reroute(Refund.objects.get(), by=lin)
    claim = queries.live_claim(refund)
    assert claim
    done = together(*[lambda: refunds.fill_claim(claim, ANNA)] * 2)
    assert sorted(done) == [False, True]
    assert Payment.objects.get().amount_refunded == 1000
