"""What the exchange brought in a period, as the accountant reads and saves it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from sleek.fx import queries as fx
from sleek.fx.models import Rate
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.reports.queries.bills import Period
from tests import billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.dashboard import office

FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Iterator[Merchant]:
    """In March. It counts in yuan: one dollar is 7.16 until the 3rd of March, then 7.22."""
    Rate.objects.all().delete()
    shop = people.merchant()
    Merchant.objects.filter(pk=shop.pk).update(default_currency="CNY", time_zone="Asia/Shanghai")
    yield Merchant.objects.get(pk=shop.pk)
    fx.forget()


def rates(on: date, yuan: str) -> None:
    """For one dollar, which is half a euro here."""
    Rate.objects.create(on=on, currency="USD", per_euro=Decimal(2))
    Rate.objects.create(on=on, currency="CNY", per_euro=Decimal(yuan) * 2)
    fx.forget()


def paid(shop: Merchant, bank: Bank, clock: FrozenClock) -> Invoice:
    """On the third day after it was issued, for 30 yuan more."""
    rates(date(2026, 3, 2), "7.16")
    bill = billing.issued(shop, billing.line("500"))
    clock.advance(days=2)
    rates(date(2026, 3, 4), "7.22")
    payment = billing.payment(*billing.whole(bill))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()
    return bill


def test_without_anything_it_says_so_of_the_last_month(shop):
    visitor = office.at_work(shop)
    page = visitor.get("/bills/exchange")
    assert page.context["period"] == FEBRUARY
    assert "Nothing was paid in another currency" in page.content.decode()
    assert "bills/exchange" not in visitor.read("/bills")


def test_the_next_month_it_is_there_with_its_rows(shop, bank, frozen_clock):
    bill = paid(shop, bank, frozen_clock)
    visitor = office.at_work(shop)
    assert "Nothing was paid in another currency" in visitor.read("/bills/exchange")
    assert 'href="/bills/exchange"' in visitor.read("/bills")
    frozen_clock.advance(days=31)
    visitor = office.at_work(shop)
    page = visitor.get("/bills/exchange")
    assert page.context["period"] == Period(date(2026, 3, 1), date(2026, 3, 31))
    [sums] = page.context["pairs"]
    assert [str(each) for each in (sums.gains, sums.losses, sums.net)] == [
        "30.00 CNY",
        "0.00 CNY",
        "30.00 CNY",
    ]
    text = page.content.decode()
    assert bill.number in text
    assert "USD → CNY" in text


def test_the_files_have_the_rows_of_the_period(shop, bank, frozen_clock):
    bill = paid(shop, bank, frozen_clock)
    visitor = office.at_work(shop)
    query = {"since": "2026-03-01", "until": "2026-03-31"}
    text = b"".join(visitor.get("/bills/exchange.csv", query)).decode("utf-8-sig")
    head, row, *rest = text.splitlines()
    assert head.startswith("Paid (Asia/Shanghai),Number,Currency,")
    assert f",{bill.number},USD,500.00,CNY," in row
    assert ",3580.00,3610.00,30.00,pay_" in row
    assert rest == []
    content = visitor.get("/bills/exchange.xlsx", query).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[2]][7:10] == [3580, 3610, 30]
    nothing = b"".join(visitor.get("/bills/exchange.csv")).decode("utf-8-sig")
    assert nothing.splitlines() == [head]


@pytest.mark.parametrize(
    ("query", "period", "said"),
    [
        ({"since": "2026-01-05", "until": "2026-01-20"}, ("2026-01-05", "2026-01-20"), ""),
        ({"since": "2026-02-10"}, ("2026-02-10", "2026-03-02"), ""),
        ({"until": "2026-02-10"}, ("2026-02-01", "2026-02-10"), ""),
        ({"since": "2026-02-10", "until": "9999-12-31"}, ("2026-02-10", "2026-03-02"), ""),
        ({"since": "x", "until": ""}, ("2026-02-01", "2026-02-28"), ""),
        ({"since": "2026-02-10", "until": "2026-02-09"}, ("2026-02-01", "2026-02-28"), "after the"),
        ({"until": "0001-01-01"}, ("2000-01-01", "2000-01-01"), ""),
        ({"since": "2025-03-02"}, ("2025-03-02", "2026-03-02"), ""),
        ({"since": "2025-03-01"}, ("2026-02-01", "2026-02-28"), "at most a year"),
    ],
)
def test_a_period_is_read_or_said_to_make_no_sense(shop, query, period, said):
    page = office.at_work(shop).get("/bills/exchange", query)
    since, until = map(date.fromisoformat, period)
    assert page.context["period"] == Period(since, until)
    assert said in page.content.decode()


def test_who_may_not_export_reads_without_files(shop, bank, frozen_clock):
    paid(shop, bank, frozen_clock)
    viewer = office.colleague(shop, "viewer")
    text = viewer.read("/bills/exchange?since=2026-03-01&until=2026-03-31")
    assert "USD → CNY" in text
    assert "exchange.csv" not in text
    assert viewer.get("/bills/exchange.csv").status_code == 403
