"""What the exchange brought in a period: the database sums what the rule says of each bill."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.models import Instalment, Invoice
from sleek.merchants.models import Merchant
from sleek.payments.models import Allocation, Payment
from sleek.reports.queries import bills as reports
from sleek.reports.queries.bills import Period
from tests import billing, people

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


def bill(
    shop: Merchant, currency: str = "USD", home: str = "CNY", rate: str | None = "7.16"
) -> Instalment:
    """What no more than the report reads; a bill is never changed once it is issued."""
    count = Invoice.objects.filter(merchant=shop).count()
    row = Invoice.objects.create(
        merchant=shop,
        status=rules.InvoiceStatus.DRAFT,
        title=f"Bill {count}",
        currency=currency,
        home_currency=home,
        home_rate=Decimal(rate) if rate else None,
        amount=10**9,
        created_by=billing.owner(shop).user,
    )
    return Instalment.objects.create(invoice=row, position=0, amount=10**9)


def paid(
    at: datetime,
    *parts: tuple[Instalment, int, str | None],
    more: int = 0,
    refunded: int = 0,
) -> Payment:
    first = parts[0][0].invoice
    amount = sum(minor for _stage, minor, _rate in parts)
    payment = Payment.objects.create(
        merchant=first.merchant,
        is_for_bills=True,
        amount=amount,
        currency=first.currency,
        description="Bills",
        status="succeeded",
        amount_paid=amount + more,
        amount_refunded=refunded,
        succeeded_at=at,
    )
    for stage, minor, rate in parts:
        Allocation.objects.create(
            payment=payment,
            instalment=stage,
            amount=minor,
            home_rate=Decimal(rate) if rate else None,
        )
    return payment


def at(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def rows(shop: Merchant, period: Period = MARCH, most: int = 1000) -> list[reports.Realised]:
    return list(reports.realised(shop, period, most=most))


def test_gains_and_losses_stand_apart_and_come_to_the_net(shop: Merchant) -> None:
    one, two = bill(shop), bill(shop)
    paid(at(3), (one, 50000, "7.22"))
    paid(at(4), (two, 10000, "7.06"))
    [found] = reports.gains(shop, MARCH)
    assert (found.currency, found.count, found.unknown) == ("USD", 2, 0)
    assert (found.gains, found.losses) == (Money(3000, "CNY"), Money(-1000, "CNY"))
    assert (found.at_issue, found.at_payment) == (Money(429600, "CNY"), Money(431600, "CNY"))
    assert found.net == Money(2000, "CNY")
    assert reports.together([found]) == []


def test_without_a_rate_a_payment_is_named_and_not_counted(shop: Merchant) -> None:
    paid(at(3), (bill(shop), 50000, "7.22"))
    paid(at(4), (bill(shop), 10000, None))
    paid(at(5), (bill(shop, rate=None), 10000, "7.22"))
    [found] = reports.gains(shop, MARCH)
    assert (found.count, found.unknown, found.net) == (3, 2, Money(3000, "CNY"))
    assert found.at_issue == Money(358000, "CNY")
    assert [row.exchange.gain for row in rows(shop)] == [None, None, Money(3000, "CNY")]


def test_several_pairs_of_one_home_currency_are_added_up(shop: Merchant) -> None:
    paid(at(3), (bill(shop), 50000, "7.22"))
    paid(at(3), (bill(shop, "EUR", rate="8"), 10000, "7.9"))
    paid(at(3), (bill(shop, "CNY", "USD", rate="0.14"), 10000, "0.15"))
    pairs = reports.gains(shop, MARCH)
    assert [(each.currency, str(each.net)) for each in pairs] == [
        ("EUR", "-10.00 CNY"),
        ("USD", "30.00 CNY"),
        ("CNY", "1.00 USD"),
    ]
    [whole] = reports.together(pairs)
    assert (whole.count, whole.net) == (2, Money(2000, "CNY"))
    assert (whole.gains, whole.losses) == (Money(3000, "CNY"), Money(-1000, "CNY"))


def test_what_is_not_foreign_or_not_kept_or_not_theirs_is_no_part_of_it(shop: Merchant) -> None:
    other = people.merchant("Other", "other@example.com")
    paid(at(3), (bill(shop, "CNY", "CNY", None), 100, None))
    paid(at(3), (bill(shop, home=""), 100, None))
    paid(at(3), (bill(shop), 100, "7.22"), refunded=100)
    paid(at(3), (bill(other), 100, "7.22"))
    assert reports.gains(shop, MARCH) == []
    assert rows(shop) == []


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        # Clocks go forward on 29 March in Berlin, so its March is an hour short.
        (
            "Europe/Berlin",
            datetime(2026, 2, 28, 23, tzinfo=UTC),
            datetime(2026, 3, 31, 22, tzinfo=UTC),
        ),
        (
            "Asia/Shanghai",
            datetime(2026, 2, 28, 16, tzinfo=UTC),
            datetime(2026, 3, 31, 16, tzinfo=UTC),
        ),
        (
            "America/New_York",
            datetime(2026, 3, 1, 5, tzinfo=UTC),
            datetime(2026, 4, 1, 4, tzinfo=UTC),
        ),
    ],
)
def test_a_month_begins_and_ends_with_the_merchants_clocks(
    shop: Merchant, zone: str, first: datetime, last: datetime
) -> None:
    Merchant.objects.filter(pk=shop.pk).update(time_zone=zone)
    shop = Merchant.objects.get(pk=shop.pk)
    tick = timedelta(microseconds=1)
    within = [paid(moment, (bill(shop), 100, "7.22")).public_id for moment in (first, last - tick)]
    for moment in (first - tick, last):
        paid(moment, (bill(shop), 100, "7.22"))
    assert sorted(row.payment for row in rows(shop)) == sorted(within)
    assert reports.gains(shop, MARCH)[0].count == 2


@pytest.mark.parametrize("seed", range(5))
def test_the_sums_are_those_of_every_bill_to_the_minor_unit(shop: Merchant, seed: int) -> None:
    """Rates of one digit make many exact halves; payments of several stages, too much, too little
    and partly refunded make every way of sharing out.
    """
    chance = random.Random(seed)
    rates = ["0.5", "1.5", "0.25", "7.16", "0.0333", "12.345", None]
    expected: dict[tuple[str, str], Money] = {}
    for currency in ("USD", "JPY", "KWD"):
        stages = [bill(shop, currency, rate=chance.choice(rates)) for _each in range(6)]
        for _each in range(15):
            some = chance.sample(stages, chance.randint(1, 4))
            day_rate = chance.choice(rates)
            parts = [(stage, chance.randint(1, 30), day_rate) for stage in some]
            asked = sum(minor for _stage, minor, _rate in parts)
            more = chance.randint(1 - asked, 5)
            moment = at(1) + timedelta(days=chance.randint(-3, 33))
            refunded = chance.choice([0, chance.randint(0, asked + more)])
            paid(moment, *parts, more=more, refunded=refunded)
    by_bill = reports.exchanges(list(Invoice.objects.all()))
    paid_in_march = {
        payment.pk
        for payment in Payment.objects.all()
        if payment.succeeded_at and payment.succeeded_at.astimezone(shop.zone).month == 3
    }
    names = dict(Payment.objects.values_list("pk", "public_id"))
    for invoice in Invoice.objects.all():
        for pk, each in by_bill.get(invoice.pk, {}).items():
            if pk in paid_in_march and each.gain is not None:
                expected[names[pk], invoice.public_id] = each.gain
    found = {(row.payment, row.bill): row.exchange.gain for row in rows(shop)}
    assert {key: gain for key, gain in found.items() if gain is not None} == expected
    assert len(expected) > 20
    for sums in reports.gains(shop, MARCH):
        own = [row for row in rows(shop) if row.kept.currency == sums.currency]
        known = [row.exchange.gain.minor for row in own if row.exchange.gain is not None]
        assert sums.gains.minor == sum(gain for gain in known if gain > 0)
        assert sums.losses.minor == sum(gain for gain in known if gain < 0)
        assert sums.at_payment - sums.at_issue == sums.net
        assert (sums.count, sums.unknown) == (len(own), len(own) - len(known))


def test_pages_of_rows_follow_each_other_without_a_gap(shop: Merchant) -> None:
    names = [paid(at(day), (bill(shop), 100, "7.22")).public_id for day in range(1, 8)]
    first = rows(shop, most=4)
    rest = list(reports.realised(shop, MARCH, most=4, after=4))
    assert [row.payment for row in first + rest] == names[::-1]
