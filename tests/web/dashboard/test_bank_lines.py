"""The list of bank lines as a file: the filtered ones, safe in a spreadsheet, for few eyes."""

from __future__ import annotations

import csv
import io

import pytest

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments.models import Payment
from sleek.reconciliation import actions as reconciliation
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.dashboard import office

FIFTY = Money(5000, "USD")


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def rows(shop: Merchant, query: str = "", role: str = "owner") -> list[dict[str, str]]:
    place = shop.memberships.filter(role=role).first()
    visitor = office.at_work(shop) if place else office.colleague(shop, role)
    answer = visitor.get(f"/wallet/bank.csv{query}")
    assert answer["Content-Disposition"].startswith('attachment; filename="bank-lines-')
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode().removeprefix("\ufeff"))))


def test_each_line_stands_with_its_payment(shop: Merchant) -> None:
    account = banks.account(shop)
    attempt = banks.transfer(people.payment(shop, FIFTY), account)
    told = {"payer_name": "Anna Berg", "payer_account": "DE89370400440532013000"}
    line = banks.line(account, FIFTY, attempt.reference, reference="00012345", **told)
    reconciliation.match_by_itself(shop.pk)
    [row] = rows(shop)
    assert row["Bank line"] == line.public_id
    assert (row["On the bank statement"], row["Amount"], row["Currency"]) == (
        "2026-03-02",
        "50.00",
        "USD",
    )
    assert (row["Payer"], row["Payer's account"]) == ("Anna Berg", "DE89370400440532013000")
    assert row["Bank's reference"] == "00012345\t"
    assert (row["Status"], row["Payment"]) == ("Matched", Payment.objects.get().public_id)


def test_what_payers_write_never_runs_in_a_spreadsheet(shop: Merchant) -> None:
    spite = "=HYPERLINK(1)"
    banks.line(
        banks.account(shop), FIFTY, spite, payer_name="@SUM(1)", reference="+1", account="-2"
    )
    [row] = rows(shop)
    assert (row["Purpose"], row["Payer"]) == ("'=HYPERLINK(1)", "'@SUM(1)")
    assert (row["Bank's reference"], row["Paid to"]) == ("'+1", "'-2")


def test_the_file_is_what_the_filters_leave_and_no_other_merchants(shop: Merchant) -> None:
    account = banks.account(shop)
    banks.line(account, FIFTY, "tea", booked_on="2026-03-01")
    late = banks.line(account, FIFTY, "tea cups", booked_on="2026-03-02")
    put_aside = banks.line(account, FIFTY, "rent")
    owner = shop.memberships.get(role="owner").user
    reconciliation.ignore_line(put_aside, reason="Rent", by=owner)
    other = people.merchant("Wei Tea", "wei@example.com")
    banks.line(banks.account(other), FIFTY, "tea")
    assert [row["Purpose"] for row in rows(shop, "?q=tea")] == ["tea cups", "tea"]
    assert [row["Bank line"] for row in rows(shop, "?q=cups&status=open", "reviewer")] == [
        late.public_id
    ]
    [row] = rows(shop, "?status=ignored")
    assert row["Why it is for no payment"] == "Rent"


@pytest.mark.parametrize("role", ["sales", "support", "viewer"])
def test_who_may_not_see_bank_accounts_gets_no_file(shop: Merchant, role: str) -> None:
    banks.line(banks.account(shop), FIFTY, "tea")
    visitor = office.colleague(shop, role)
    assert visitor.get("/wallet/bank.csv").status_code == 403
    if role == "viewer":
        assert "/wallet/bank.csv" not in visitor.read("/wallet/bank")


def test_the_page_offers_the_file_with_its_filters(shop: Merchant) -> None:
    banks.line(banks.account(shop), FIFTY, "tea")
    page = office.at_work(shop).read("/wallet/bank?q=tea&status=open")
    assert 'href="/wallet/bank.csv?q=tea&amp;status=open"' in page
