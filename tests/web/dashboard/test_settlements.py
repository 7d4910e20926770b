"""Recording in the back office what a channel paid out to the bank."""

from __future__ import annotations

import re
from datetime import date

import pytest

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.reconciliation.models import Settlement
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

FORM = "/wallet/USD/settle/till"


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock) -> Merchant:
    """Lin, for whom the till holds 50 dollars."""
    shop = people.merchant()
    office.paid(shop)
    return shop


def fill(visitor, url: str = FORM, **changes: str):
    """What the form holds when it is opened, with some of it typed over, sent."""
    office.prove(visitor)
    page = visitor.get(url).content.decode()
    known = {name: value(page, name) for name in ("amount", "arrived_on", "reference", "ticket")}
    return visitor.post(url, known | changes)


def value(page: str, name: str) -> str:
    [tag] = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def test_the_form_begins_with_what_the_channel_holds_and_today(shop):
    lin = office.at_work(shop)
    assert f'href="{FORM}"' in lin.read("/wallet")

    page = lin.read(FORM)

    assert (value(page, "amount"), value(page, "arrived_on")) == ("50.00", "2026-03-02")
    assert "paid out to your bank account" in page


def test_today_is_the_merchants(shop, frozen_clock):
    frozen_clock.advance(hours=7)  # 16:00 UTC is midnight in Shanghai
    assert value(office.at_work(shop).read(FORM), "arrived_on") == "2026-03-03"


def test_what_is_recorded_can_be_used_and_is_listed(shop):
    lin = office.at_work(shop)
    answer = fill(lin, amount="４0.00", arrived_on="2026-03-01", reference=" TILL  PAYOUT ")
    assert answer.headers["Location"] == "/wallet"
    assert (people.held(shop, "in_transit"), people.held(shop, "available")) == (1000, 4000)

    page, [settlement] = lin.read("/wallet"), Settlement.objects.all()

    assert "Recorded. 40.00\N{NO-BREAK SPACE}USD from till can be used now." in page
    assert page.count(f"/wallet/settlements/{settlement.public_id}") == 2  # list and journal
    assert (settlement.reference, settlement.arrived_on) == ("TILL PAYOUT", date(2026, 3, 1))
    for url in ("settlements", f"settlements/{settlement.public_id}", "USD/available", "journal"):
        assert "TILL PAYOUT" in lin.read(f"/wallet/{url}")


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("amount", "", "Enter the amount on the bank statement."),
        ("amount", "50.01", "The channel holds 50.00\N{NO-BREAK SPACE}USD for you."),
        ("amount", "9" * 20, "The channel holds 50.00\N{NO-BREAK SPACE}USD for you."),
        ("amount", "0", "The amount must be at least 0.01\N{NO-BREAK SPACE}USD."),
        ("amount", "-1", "The amount must be at least 0.01\N{NO-BREAK SPACE}USD."),
        ("amount", "fifty", "Write the amount in digits, like 1234.50."),
        ("amount", "1.001", "USD has at most 2 decimals."),
        ("arrived_on", "", "Enter the day on the bank statement."),
        ("arrived_on", "2026-03-03", "That day has not come yet."),
        ("arrived_on", "2026-02-30", "Enter a day of the calendar"),
        ("reference", "x" * 141, "140"),
    ],
)
def test_bad_input_is_explained_at_its_field_and_moves_nothing(shop, field, typed, complaint):
    page = fill(office.at_work(shop), **{field: typed}).content.decode()

    error = re.search(rf'id="id_{field}_error">(.*?)</p>', page, re.DOTALL)
    assert error is not None
    assert complaint in error[1]
    assert people.held(shop, "available") == 0


def test_yen_have_no_decimals(shop):
    office.paid(shop, Money(5000, "JPY"))
    url = "/wallet/JPY/settle/till"

    assert "JPY has no decimals." in fill(office.at_work(shop), url, amount="1.5").content.decode()
    assert fill(office.at_work(shop), url, amount="5,000").status_code == 302
    assert people.held(shop, "available", "JPY") == 5000


def test_a_double_click_records_one_arrival(shop):
    lin = office.at_work(shop)
    office.prove(lin)
    ticket = value(lin.read(FORM), "ticket")

    for amount in ("20.00", "20.00", "50.00"):
        answer = lin.post(FORM, {"amount": amount, "arrived_on": "2026-03-02", "ticket": ticket})
        assert answer.headers["Location"] == "/wallet"

    assert people.held(shop, "available") == 2000


def test_a_ticket_that_we_did_not_write_names_nothing(shop):
    assert fill(office.at_work(shop), ticket="set_mine").status_code == 302
    assert not Settlement.objects.filter(public_id="set_mine").exists()


def test_frozen_money_is_not_offered(shop):
    office.wrongly_paid(shop, Money(4900, "USD"))
    assert value(office.at_work(shop).read(FORM), "amount") == "50.00"


def test_who_was_overtaken_reads_why(shop, monkeypatch):
    lin = office.at_work(shop)
    ticket = value(lin.read(FORM), "ticket")
    fill(lin, amount="30.00")

    page = lin.post(FORM, {"amount": "50.00", "arrived_on": "2026-03-02", "ticket": ticket})

    assert "The channel holds 20.00" in page.content.decode()


@pytest.mark.parametrize(
    "path", ["USD/settle/alipay", "EUR/settle/till", "QQQ/settle/till", "USD/settle/bank"]
)
def test_a_channel_that_holds_nothing_is_not_there(shop, path):
    lin = office.at_work(shop)
    office.prove(lin)
    sent = {"amount": "1.00", "arrived_on": "2026-03-02"}

    assert lin.get(f"/wallet/{path}").status_code == 404
    assert lin.post(f"/wallet/{path}", sent).status_code == 404


@pytest.mark.parametrize("role", ["sales", "reviewer", "support", "viewer"])
def test_arrivals_are_recorded_by_owner_and_finance_only(shop, role):
    colleague = office.colleague(shop, role)
    assert FORM not in colleague.read("/wallet")
    sent = {"amount": "1.00", "arrived_on": "2026-03-02"}
    assert (colleague.get(FORM).status_code, colleague.post(FORM, sent).status_code) == (403, 403)
    assert people.held(shop, "available") == 0

    assert fill(office.colleague(shop, "finance")).status_code == 302
    assert people.held(shop, "available") == 5000


def test_another_merchants_money_and_arrivals_are_not_there(shop):
    fill(office.at_work(shop), amount="10.00")
    [settlement] = Settlement.objects.all()
    stranger = office.at_work(people.merchant("Wei Tea", "wei@example.com"))

    for url in (FORM, f"/wallet/settlements/{settlement.public_id}"):
        assert stranger.get(url).status_code == 404
    assert settlement.public_id not in stranger.read("/wallet/settlements")
    assert people.held(shop, "available") == 1000
