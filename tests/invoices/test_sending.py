"""Sending a bill: what is refused, what stays on record, and how often it may go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sleek.audit.models import Record
from sleek.core import clock
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices.actions import sending
from sleek.invoices.models import Invoice, Sending
from sleek.merchants.models import Merchant
from sleek.papers.models import Paper
from tests import billing, people
from tests.conftest import FrozenClock

ADA = "ada@example.com"


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def send(bill: Invoice, to: str = ADA, message: str = "") -> Sending:
    return invoices.send(bill, to, message, by=billing.owner(bill.merchant).user)


def test_every_sending_stays_with_its_words_and_its_paper(shop):
    bill = billing.issued(shop, language="fr")
    first = send(bill, f" {ADA} ", "Bonjour\r\nAda ")
    second = send(bill, "boss@example.com")
    assert list(bill.sendings.order_by("pk")) == [first, second]
    assert (first.to, first.message, first.language) == (ADA, "Bonjour\nAda", "fr")
    assert first.paper == Paper.objects.get(subject=bill.public_id)
    assert first.by == billing.owner(shop).user
    bill.refresh_from_db()
    assert bill.sent_at == clock.now()
    [event, _other] = Event.objects.filter(kind="invoice.sent").order_by("pk")
    assert event.data == {"number": "SK-2026-00001", "sending": first.public_id}
    assert Record.objects.filter(action="invoice.sent").count() == 2


def test_drafts_and_void_bills_are_not_sent(shop):
    draft, void = billing.drafted(shop), billing.issued(shop)
    invoices.void(void, "Wrong", by=billing.owner(shop).user)
    for bill in (draft, void):
        with pytest.raises(invoices.NotSendable):
            send(bill)
    assert not Sending.objects.exists()
    assert not Event.objects.filter(kind="invoice.sent").exists()


@pytest.mark.parametrize(
    ("to", "message"),
    [("", ""), ("ada", ""), ("a@example.com,b@example.com", ""), (ADA, "x" * 2001)],
)
def test_it_goes_to_one_address_with_few_words(shop, to, message):
    with pytest.raises(invoices.NotSendable):
        send(billing.issued(shop), to, message)
    assert not Sending.objects.exists()


def test_one_bill_goes_out_five_times_an_hour(shop, frozen_clock: FrozenClock):
    bill = billing.issued(shop)
    for _ in range(sending.MOST_PER_BILL):
        send(bill)
    with pytest.raises(invoices.TooManySendings):
        send(bill)
    assert Sending.objects.count() == 5
    send(billing.issued(shop))
    frozen_clock.now += timedelta(hours=1)
    send(bill)


def test_all_of_a_merchants_are_bounded_too(shop):
    first = send(billing.issued(shop))
    rows = [
        Sending(merchant=shop, invoice=first.invoice, paper=first.paper, to=ADA, language="en")
        for _ in range(sending.MOST_PER_MERCHANT - 1)
    ]
    Sending.objects.bulk_create(rows)
    with pytest.raises(invoices.TooManySendings):
        send(billing.issued(shop))
