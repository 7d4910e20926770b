"""What money for bills was worth at home when it came: kept once, with each payment's own day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from sleek.core.money import Money
from sleek.fx import queries as fx
from sleek.fx.models import Rate
from sleek.invoices.models import Invoice
from sleek.invoices.rules import together
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Allocation, Payment
from sleek.reports.queries import bills as reports
from tests import billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

D = Decimal


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Iterator[Merchant]:
    """Counts in yuan; on Monday 2 March one dollar is 7.16, on Wednesday 7.22."""
    Rate.objects.all().delete()
    rates(date(2026, 3, 2), "7.16")
    rates(date(2026, 3, 4), "7.22")
    fx.forget()
    shop = people.merchant()
    Merchant.objects.filter(pk=shop.pk).update(default_currency="CNY")
    shop.refresh_from_db()
    yield shop
    fx.forget()


def rates(on: date, yuan: str) -> None:
    """For one dollar, which is half a euro here."""
    Rate.objects.create(on=on, currency="USD", per_euro=D(2))
    Rate.objects.create(on=on, currency="CNY", per_euro=D(yuan) * 2)


def issued(shop: Merchant, price: str = "500", rate: str = "7.16", **more: object) -> Invoice:
    """The newest rates hold on issue, so the bill of the second is corrected to its day's."""
    Rate.objects.filter(on=date(2026, 3, 4)).delete()
    fx.forget()
    bill = billing.issued(shop, billing.line(price), **more)
    rates(date(2026, 3, 4), "7.22")
    assert bill.home_rate in (None, D(rate))
    return bill


def pay(bill: Invoice, bank: Bank, minor: int = 0) -> Payment:
    shares = billing.part(bill.instalments.get(), minor) if minor else billing.whole(bill)
    payment = billing.payment(*shares)
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()
    return payment


def gains(bill: Invoice) -> list[str]:
    bill.refresh_from_db()
    found = reports.exchanges([bill]).get(bill.pk, {})
    return [str(each.gain) for each in found.values()]


def test_the_rate_of_the_day_of_payment_is_kept(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    bill = issued(shop)
    frozen_clock.advance(days=2)
    payment = pay(bill, bank)
    assert Allocation.objects.get().home_rate == D("7.22")
    [found] = reports.exchanges([bill])[bill.pk].values()
    assert (found.at_issue, found.at_payment, found.gain) == (
        Money(358000, "CNY"),
        Money(361000, "CNY"),
        Money(3000, "CNY"),
    )
    assert list(reports.exchanges([bill])[bill.pk]) == [payment.pk]


def test_on_the_day_itself_nothing_is_gained(shop: Merchant, bank: Bank) -> None:
    bill = issued(shop)
    pay(bill, bank)
    assert Allocation.objects.get().home_rate == D("7.16")
    assert gains(bill) == ["0.00 CNY"]


def test_a_refund_takes_its_part_of_the_gain_along(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    bill = issued(shop)
    frozen_clock.advance(days=2)
    pay(bill, bank)
    Payment.objects.update(amount_refunded=20000)
    assert gains(bill) == ["18.00 CNY"]
    Payment.objects.update(amount_refunded=50000)
    assert gains(bill) == []


def test_each_part_has_its_own_day(shop: Merchant, bank: Bank, frozen_clock: FrozenClock) -> None:
    bill = issued(shop)
    pay(bill, bank, 20000)
    frozen_clock.advance(days=2)
    pay(bill, bank, 30000)
    assert gains(bill) == ["0.00 CNY", "18.00 CNY"]
    whole = together(list(reports.exchanges([bill])[bill.pk].values()))
    assert (whole.at_issue, whole.gain) == (Money(358000, "CNY"), Money(1800, "CNY"))


def test_a_payment_of_several_bills_is_shared_out(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    one, two = issued(shop), issued(shop, "100")
    frozen_clock.advance(days=2)
    payment = billing.payment(*billing.whole(one), *billing.whole(two))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()
    assert (gains(one), gains(two)) == (["30.00 CNY"], ["6.00 CNY"])


def test_without_a_recent_rate_nothing_is_told_until_one_is_known(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    bill = issued(shop)
    frozen_clock.advance(days=30)
    pay(bill, bank)
    assert Allocation.objects.get().home_rate is None
    assert gains(bill) == ["None"]
    rates(date(2026, 4, 1), "7.30")
    billing.work()
    assert Allocation.objects.get().home_rate == D("7.3")
    rates(date(2026, 3, 31), "7.40")
    billing.work()
    assert gains(bill) == ["70.00 CNY"]


def test_a_rate_is_told_once(shop: Merchant, bank: Bank) -> None:
    pay(issued(shop), bank)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.update(home_rate=D(8))
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.update(home_rate=None)
    assert Allocation.objects.get().home_rate == D("7.16")


def test_in_the_home_currency_there_is_nothing_to_tell(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop, currency="CNY")
    payment = billing.payment(*billing.whole(bill))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()
    assert Allocation.objects.get().home_rate is None
    assert reports.exchanges([bill]) == {}


def test_a_hundred_bills_ask_no_more_than_one(shop: Merchant, bank: Bank) -> None:
    bills = [issued(shop) for _ in range(4)]
    for bill in bills:
        pay(bill, bank)
    counts = []
    for some in (bills[:1], bills):
        with CaptureQueriesContext(connection) as asked:
            assert len(reports.exchanges(some)) == len(some)
        counts.append(len(asked))
    assert counts[0] == counts[1] == 3
