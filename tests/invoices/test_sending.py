"""Sending a bill and reminding of it: what is refused, what stays on record, and how often."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

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


def remind(bill: Invoice) -> Sending:
    return invoices.remind(bill, by=billing.owner(bill.merchant).user)


def test_a_reminder_goes_where_the_bill_went_once_a_day(shop, frozen_clock: FrozenClock):
    bill = billing.issued(shop)
    send(bill, "boss@example.com")
    sent_at = clock.now()
    frozen_clock.advance(hours=3)
    reminder = remind(bill)
    assert (reminder.to, reminder.reminded_on) == ("boss@example.com", date(2026, 3, 2))
    assert reminder.paper == Paper.objects.get(subject=bill.public_id)
    bill.refresh_from_db()
    assert (bill.sent_at, bill.updated_at) == (sent_at, clock.now())
    with pytest.raises(invoices.RemindedToday):
        remind(bill)
    assert Sending.objects.count() == 2
    [event] = Event.objects.filter(kind="invoice.reminded")
    assert event.data == {"number": "SK-2026-00001", "sending": reminder.public_id}
    assert Record.objects.filter(action="invoice.reminded").count() == 1
    frozen_clock.advance(days=1)
    assert remind(bill).reminded_on == date(2026, 3, 3)


def test_a_day_is_the_merchants(shop, frozen_clock: FrozenClock):
    Merchant.objects.update(time_zone="Asia/Shanghai")
    bill = billing.issued(Merchant.objects.get())
    frozen_clock.now = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
    assert remind(bill).reminded_on == date(2026, 3, 2)
    frozen_clock.advance(minutes=1)
    assert remind(bill).reminded_on == date(2026, 3, 3)


def test_who_was_sent_nothing_is_reminded_with_the_bill_itself(shop):
    bill = billing.issued(shop)
    assert remind(bill).to == ADA
    bill.refresh_from_db()
    assert bill.sent_at == clock.now()


def test_nobody_is_reminded_of_what_is_not_to_be_paid(shop):
    by = billing.owner(shop).user
    draft, void, lost = billing.drafted(shop), billing.issued(shop), billing.issued(shop)
    invoices.void(void, "Wrong", by=by)
    invoices.write_off(lost, "Gone", by=by)
    paid = billing.issued(shop)
    Invoice.objects.filter(pk=paid.pk).update(amount_paid=5000)
    for bill in (draft, void, lost, paid):
        with pytest.raises(invoices.NotSendable):
            remind(bill)
    assert not Sending.objects.exists()


def test_reminders_count_among_the_mails_of_an_hour(shop):
    bill = billing.issued(shop)
    for _ in range(sending.MOST_PER_BILL):
        send(bill)
    with pytest.raises(invoices.TooManySendings):
        remind(bill)


def test_the_database_refuses_a_second_reminder_of_a_day(shop):
    reminder = remind(billing.issued(shop))
    reminder.pk, reminder.public_id = None, "snd_2"
    with pytest.raises(IntegrityError), transaction.atomic():
        reminder.save(force_insert=True)
