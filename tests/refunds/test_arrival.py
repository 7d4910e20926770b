"""When a refund arrives, and what happens when it does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sleek.channels.base import Outcome, RefundReport
from sleek.events.models import Event
from sleek.payments import actions as payments
from sleek.payments.actions import Answers
from sleek.refunds import actions as refunds
from sleek.refunds import rules, tasks
from sleek.refunds.rules import RefundReason
from tests.refunds.conftest import FIFTY, paid

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("method", "route", "first", "last"),
    [
        ("card", "channel", date(2026, 3, 9), date(2026, 3, 23)),
        ("debit", "channel", date(2026, 3, 3), date(2026, 3, 5)),
        ("alipay", "channel", date(2026, 3, 3), date(2026, 3, 5)),
        ("wechatpay", "channel", date(2026, 3, 3), date(2026, 3, 5)),
        ("paypal", "channel", date(2026, 3, 5), date(2026, 3, 9)),
        ("balance", "channel", MONDAY, MONDAY),
        ("card", "bank", date(2026, 3, 3), date(2026, 3, 5)),
        ("card", "balance", MONDAY, MONDAY),
        ("never heard of", "channel", date(2026, 3, 9), date(2026, 3, 23)),
    ],
)
def test_each_way_takes_its_time(method, route, first, last):
    span = rules.window(method, route)
    assert rules.arrives_between(MONDAY, span, "CN") == (first, last)


def test_the_payers_own_holidays_count(shop, bank, lin, frozen_clock):
    """From Germany, where nobody keeps the Spring Festival."""
    frozen_clock.now = frozen_clock.now.replace(day=12, month=2)
    payment = paid(shop, bank)
    [at_home] = refunds.promise(payment, FIFTY, reason=RefundReason.OTHER, by=lin)
    abroad = paid(shop, bank)
    payments.note_payer(abroad, Answers(phone="+493012345678"))
    [away] = refunds.promise(abroad, FIFTY, reason=RefundReason.OTHER, by=lin)
    assert (at_home.lands_from, away.lands_from) == (date(2026, 2, 26), date(2026, 2, 19))


def test_the_days_are_counted_anew_when_it_is_sent(shop, bank, lin, frozen_clock):
    payment = paid(shop, bank)
    bank.is_down = True
    [refund] = refunds.promise(payment, FIFTY, reason=RefundReason.OTHER, by=lin)
    tasks.check_due(0)
    bank.is_down = False
    frozen_clock.advance(days=7)
    tasks.check_due(0)
    refund.refresh_from_db()
    assert refund.lands_by == date(2026, 3, 30)


def test_a_refund_that_is_not_confirmed_in_time_is_late_by_itself(shop, bank, lin, frozen_clock):
    payment = paid(shop, bank)
    bank.is_down = True
    [refund] = refunds.promise(payment, FIFTY, reason=RefundReason.OTHER, by=lin)

    def late() -> int:
        tasks.watch_clocks(0)
        return Event.objects.filter(kind="refund.late").count()

    frozen_clock.now = frozen_clock.now.replace(day=23)
    assert late() == 0
    frozen_clock.advance(days=1)
    assert (late(), late()) == (1, 1)
    refund.refresh_from_db()
    assert refund.is_late

    bank.is_down = False
    refunds.apply_report(RefundReport(refund.public_id, Outcome.SUCCEEDED, FIFTY, trace="ARN-1"))
    refund.refresh_from_db()
    assert (refund.is_late, refund.trace) == (False, "ARN-1")


def test_a_payer_may_miss_it_only_when_it_should_be_there(shop, bank, lin, frozen_clock):
    [refund] = refunds.promise(paid(shop, bank), FIFTY, reason=RefundReason.OTHER, by=lin)
    with pytest.raises(refunds.NotRefundable):
        refunds.report_missing(refund)
    tasks.check_due(0)
    with pytest.raises(refunds.NotRefundable):
        refunds.report_missing(refund)
    frozen_clock.advance(days=30)
    tasks.watch_clocks(0)
    assert not Event.objects.filter(kind="refund.late").exists()

    refunds.report_missing(refund)
    refunds.report_missing(refund)

    assert Event.objects.get(kind="refund.late").data["said_by"] == "payer"
    refund.refresh_from_db()
    assert refund.is_late
    assert refund.late_at == refund.created_at + timedelta(days=30)
