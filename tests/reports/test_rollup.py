"""The roll-ups hold what the payments say, whatever happened in which order and however it was
read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sleek.channels.base import Failure, Outcome, RefundReport, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.models import Event
from sleek.links import actions as links
from sleek.links.actions import Limits
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, Ask
from sleek.merchants.models import Merchant, User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds.models import Claim, Refund
from sleek.reports import actions as reports
from sleek.reports.models import Outstanding, Rollup, Span
from sleek.reports.queries.figures import news
from sleek.reports.queries.figures.collected import in_each
from sleek.reports.queries.figures.outstanding import Owed, outstanding
from tests import banks, people
from tests.events.reading import consume

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def asked(shop: Merchant, amount: Money, **limits: Any) -> PaymentLink:
    """A link as the office makes it, with its event."""
    ask = Ask(AmountKind.FIXED, amount.currency, amount.minor)
    return links.create(shop, ask, "Sample fee", by=owner(shop), limits=Limits(**limits))


def owner(shop: Merchant) -> User:
    return shop.memberships.get().user


def tried(shop: Merchant, amount: Money) -> Attempt:
    visit = payments.Visit(language="en")
    return people.attempt(payments.open_for_link(asked(shop, amount), visit))


def rolled_up(size: int = events.BATCH) -> None:
    """What the worker does with all events so far."""
    found = list(Event.objects.filter(kind__in=reports.FOLLOWED).order_by("pk"))
    for start in range(0, len(found), size):
        reports.follow(found[start : start + size])
    _stand_at(found[-1] if found else None)


def _stand_at(event: Event | None) -> None:
    """Where the consumer would stand once the test's own transaction were over."""
    place = events.hold(news.CONSUMER)
    if event:
        place.transaction_id, place.event_id = event.transaction_id, event.pk
        place.save()


def rollups(span: Span = Span.QUARTER) -> list[tuple[Any, ...]]:
    rows = Rollup.objects.filter(span=span).order_by("currency", "starts_at", "channel", "method")
    return list(rows.values_list("currency", "starts_at", "method", *news.SUMS))


def test_an_event_counts_once_however_often_the_worker_looks(committed_db, bank, frozen_clock):
    shop = people.merchant()
    attempt = tried(shop, Money(5000, "USD"))
    payments.apply_reports(
        [Report(attempt.public_id, Outcome.SUCCEEDED, Money(5000, "USD"), event_at=NOON)]
    )
    for _ in range(3):
        consume(news.CONSUMER, reports.follow, kinds=reports.FOLLOWED)

    begun = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert rollups() == [
        ("USD", NOON, "card", 5000, 1, 0, 0, 0, 0, 0),
        ("USD", begun, "card", 0, 0, 1, 0, 0, 0, 0),
    ]
    assert in_each(shop, ["USD"], NOON, NOON + DAY)["USD"].total == Money(5000, "USD")


def test_a_failing_consumer_adds_nothing(committed_db, bank, monkeypatch):
    shop = people.merchant()
    attempt = tried(shop, Money(5000, "USD"))
    payments.apply_reports([Report(attempt.public_id, Outcome.FAILED)])

    def stumble(batch: Sequence[Event]) -> None:
        reports.follow(batch)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        consume(news.CONSUMER, stumble, kinds=reports.FOLLOWED)

    assert not Rollup.objects.exists()


def test_what_the_worker_has_not_read_is_in_the_figures_all_the_same(shop, pay):
    pay(shop, Money(5000, "USD"), at=NOON)
    assert not Rollup.objects.exists()

    before = in_each(shop, ["USD"], NOON, NOON + DAY)
    rolled_up()

    assert before["USD"].total == Money(5000, "USD")
    assert in_each(shop, ["USD"], NOON, NOON + DAY) == before


def test_a_try_that_succeeds_after_it_failed_has_succeeded(shop, frozen_clock):
    attempt = tried(shop, Money(5000, "USD"))
    payments.apply_reports([Report(attempt.public_id, Outcome.FAILED, failure=Failure.DECLINED)])
    rolled_up()
    assert rollups()[0][3:] == (0, 0, 0, 1, 0, 0, 0)
    seen = Event.objects.latest("pk").pk

    payments.apply_reports([Report(attempt.public_id, Outcome.SUCCEEDED, Money(5000, "USD"))])
    reports.follow(list(Event.objects.filter(pk__gt=seen, kind__in=reports.FOLLOWED)))

    assert rollups()[0][3:] == (5000, 1, 1, 0, 0, 0, 0)


def test_a_refund_that_bounces_is_taken_back(shop, frozen_clock):
    attempt = tried(shop, Money(5000, "USD"))
    payments.apply_reports([Report(attempt.public_id, Outcome.SUCCEEDED, Money(4900, "USD"))])
    wrong = Attempt.objects.get(pk=attempt.pk)
    refund = refunds.promise_surplus(wrong, by=owner(shop))
    given = RefundReport(refund.public_id, Outcome.SUCCEEDED, refund.money)
    refunds.apply_report(given)
    today = (frozen_clock.now - DAY, frozen_clock.now + DAY)
    assert in_each(shop, ["USD"], *today)["USD"].given_back == Money(4900, "USD")

    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED))
    rolled_up()

    figure = in_each(shop, ["USD"], *today)["USD"]
    assert (figure.given_back, figure.refund_count) == (Money(0, "USD"), 0)
    assert reports.rebuild() == []


def test_a_refund_that_its_payer_took_into_a_wallet_is_given_back_once(shop, bank, frozen_clock):
    attempt = tried(shop, Money(5000, "USD"))
    payments.apply_reports([Report(attempt.public_id, Outcome.SUCCEEDED, Money(5000, "USD"))])
    place = shop.memberships.get()
    today = frozen_clock.now.date()
    reconciliation.record_settlement(place, "till", Money(5000, "USD"), arrived_on=today)
    bank.is_short = True
    [refund] = refunds.promise(attempt.payment, Money(2000, "USD"), reason="goodwill")
    refunds.check(refund)
    refunds.reroute(refund, by=place.user)
    banks.wallets()
    hers = people.merchant("Anna Tea", "anna@example.com")
    refunds.take_to_wallet(Claim.objects.get(), by=hers.memberships.get())
    rolled_up()

    span = (frozen_clock.now - DAY, frozen_clock.now + DAY)
    figure = in_each(shop, ["USD"], *span)["USD"]
    assert (figure.given_back, figure.refund_count) == (Money(2000, "USD"), 1)
    assert in_each(hers, ["USD"], *span)["USD"].given_back == Money(0, "USD")
    assert reports.rebuild() == []


def test_a_rebuild_says_what_was_off_and_puts_it_right(committed_db, bank, frozen_clock):
    shop = people.merchant()
    attempt = tried(shop, Money(5000, "USD"))
    payments.apply_reports([Report(attempt.public_id, Outcome.SUCCEEDED, Money(5000, "USD"))])
    consume(news.CONSUMER, reports.follow, kinds=reports.FOLLOWED)
    Rollup.objects.filter(span=Span.DAY).update(amount=1)

    [difference] = reports.rebuild()

    assert (difference.amount, difference.count) == (-4999, 0)
    assert str(difference).startswith(f"{shop.public_id} USD, day from 2026-03-02 00:00, till card")
    assert reports.rebuild() == []


def test_a_rebuild_leaves_to_the_worker_what_it_has_not_read(committed_db, bank, frozen_clock):
    shop = people.merchant()
    attempt = tried(shop, Money(5000, "USD"))
    payments.apply_reports([Report(attempt.public_id, Outcome.SUCCEEDED, Money(5000, "USD"))])

    reports.rebuild()
    assert not Rollup.objects.exclude(amount=0).exists()
    consume(news.CONSUMER, reports.follow, kinds=reports.FOLLOWED)

    assert sum(row[3] for row in rollups()) == 5000
    assert reports.rebuild() == []


def test_outstanding_are_single_use_links_that_can_still_be_paid(shop, frozen_clock):
    asked(shop, Money(1000, "USD"))
    asked(shop, Money(100, "USD"), expires_at=frozen_clock.now + DAY)
    asked(shop, Money(7, "USD"), is_reusable=True)
    paused = asked(shop, Money(10, "USD"))
    links.pause(paused, by=owner(shop))
    assert outstanding(shop, "USD") == Owed(Money(1100, "USD"), 2)
    rolled_up()
    assert outstanding(shop, "USD") == Owed(Money(1100, "USD"), 2)

    frozen_clock.advance(days=2)

    assert outstanding(shop, "USD") == Owed(Money(1000, "USD"), 1)
    links.resume(paused, by=owner(shop))
    assert outstanding(shop, "USD") == Owed(Money(1010, "USD"), 2)


def test_a_paid_link_is_no_longer_outstanding(shop):
    attempt = tried(shop, Money(5000, "USD"))
    rolled_up()
    assert outstanding(shop, "USD").count == 1

    payments.apply_reports([Report(attempt.public_id, Outcome.SUCCEEDED, Money(5000, "USD"))])
    assert outstanding(shop, "USD").count == 0
    rolled_up()

    assert not Outstanding.objects.exists()


# What may befall a try.
ACTS = st.sampled_from(
    ("paid", "wrong", "failed", "canceled", "late", "returned", "bounced", "nothing")
)
HISTORIES = st.lists(st.tuples(ACTS, st.integers(0, 200), st.integers(1, 9999)), max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, st.integers(1, 7), st.integers(0, 8))
def test_rolled_up_equals_recomputed_whatever_happened(rollback, histories, size, behind):
    """Also while the worker is some events behind."""
    with rollback():
        shop = people.merchant()
        for act, quarter, minor in histories:
            with clock.frozen(NOON + quarter * timedelta(minutes=15)):
                _live(shop, act, Money(minor, "USD"))
        whole = in_each(shop, ["USD"], NOON - DAY, NOON + 3 * DAY)

        found = list(Event.objects.filter(kind__in=reports.FOLLOWED).order_by("pk"))
        read = found[: max(0, len(found) - behind)]
        for start in range(0, len(read), size):
            reports.follow(read[start : start + size])
        _stand_at(read[-1] if read else None)

        assert in_each(shop, ["USD"], NOON - DAY, NOON + 3 * DAY) == whole
        assert reports.rebuild() == []
        assert whole["USD"].total.minor == _booked(shop)


def _live(shop: Merchant, act: str, amount: Money) -> None:
    attempt = tried(shop, amount)
    key = attempt.public_id
    came = Report(key, Outcome.SUCCEEDED, amount)
    if act in ("failed", "late"):
        payments.apply_reports([Report(key, Outcome.FAILED)])
    if act == "canceled":
        payments.apply_reports([Report(key, Outcome.CANCELED)])
    if act in ("paid", "late"):
        payments.apply_reports([came, came])
    if act in ("wrong", "returned", "bounced"):
        wrong = Money(amount.minor + 1, "USD")
        payments.apply_reports([Report(key, Outcome.SUCCEEDED, wrong)])
    if act in ("returned", "bounced"):
        _return(Attempt.objects.get(pk=attempt.pk), shop, bounces=act == "bounced")


def _return(attempt: Attempt, shop: Merchant, *, bounces: bool) -> None:
    refund: Refund = refunds.promise_surplus(attempt, by=owner(shop))
    refunds.apply_report(RefundReport(refund.public_id, Outcome.SUCCEEDED, refund.money))
    if bounces:
        refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED))


def _booked(shop: Merchant) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.amount), 0) FROM ledger_posting p"
            " JOIN ledger_account a ON a.id = p.account_id AND a.code = 'in_transit'"
            " JOIN ledger_journalentry e ON e.id = p.entry_id AND e.kind = 'payment_succeeded'"
            " WHERE a.merchant_id = %s",
            [shop.pk],
        )
        return int(cursor.fetchone()[0])
