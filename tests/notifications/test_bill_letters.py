"""What payers and colleagues are written about bills: once, in their language, as things stand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.models import CreditNote, Invoice, Sending
from sleek.invoices.rules import Condition, Stage
from sleek.merchants.models import Brand, Membership, Merchant, User
from sleek.notifications import tasks
from sleek.notifications.models import Message
from sleek.papers import queries as papers
from sleek.payments import actions as payments
from sleek.receipts.models import Receipt
from tests import billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

ADA = "ada@example.com"


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    shop = people.merchant()
    shop.memberships.get().user.__class__.objects.update(name="Lin", language="en")
    return shop


def send(bill: Invoice, **more: str) -> Sending:
    shop = bill.merchant
    return invoices.send(bill, ADA, by=billing.owner(shop).user, **more)


def letters(template: str) -> list[Message]:
    billing.work()
    return list(Message.objects.filter(template=template).order_by("pk"))


def posted() -> EmailMultiAlternatives:
    """The only mail that leaves."""
    tasks.send_due(0)
    [sent] = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    return sent


def test_a_bill_is_sent_with_its_paper(shop):
    bill = billing.issued(shop, title="Vase, sample", due_days=7)
    send(bill, message="Thank you for your visit.\n50 % off next time!")
    [letter] = letters("bill_sent")
    assert letter.subject == "[Lin Ceramics] Bill SK-2026-00001 is ready"
    assert letter.text.replace("\xa0", " ") == (
        "To pay: 50.00 USD, due on March 9, 2026.\nFor: Vase, sample\n\n"
        "They write: Thank you for your visit.\n50 % off next time!\n\n"
        "The bill is attached as a PDF. It is not a tax invoice (发票)."
    )
    assert (letter.button, letter.url) == ("Open the bill and pay", bills.pay_url(bill))
    sent = posted()
    [(name, content, kind)] = sent.attachments
    kept = papers.newest(bill.public_id)
    assert kept is not None
    assert (name, kind, content) == ("SK-2026-00001.pdf", "application/pdf", bytes(kept.content))
    assert letter.url in sent.body
    assert sent.to == [ADA]
    html = str(sent.alternatives[0][0])
    assert html.count("<a href=") == 1
    assert "&lt;" not in html


def test_it_speaks_the_payers_language_and_names_the_brand(shop):
    brand = Brand.objects.create(merchant=shop, name="林工作室")
    bill = billing.issued(shop, brand=brand, language="zh-hans", due_days=7)
    send(bill)
    [letter] = letters("bill_sent")
    assert letter.subject == "【林工作室】收款单 SK-2026-00001 已生成"
    assert letter.text.startswith("应付 50.00\xa0USD，请于 2026年3月9日前付款。")


def test_of_stages_the_next_one_stands_first(shop):
    days = Decimal(30), Decimal(70)
    stages = tuple(Stage(str(share), percent=share) for share in days)
    bill = billing.issued(shop, stages=stages, due_days=7)
    stage = bill.instalments.all()[1]
    type(stage).objects.filter(pk=stage.pk).update(due_on="2026-04-01")
    send(bill)
    [letter] = letters("bill_sent")
    text = letter.text.replace("\xa0", " ")
    assert "To pay: 15.00 USD, due on March 9, 2026." in text
    assert "The rest is due later; in all it is 50.00 USD." in text


def test_what_a_payer_writes_in_a_message_stays_words(shop):
    send(billing.issued(shop), message="<b>%(due)s</b> {{ x }}")
    [letter] = letters("bill_sent")
    assert "<b>%(due)s</b> {{ x }}" in letter.text
    assert "&lt;b&gt;%(due)s&lt;/b&gt; {{ x }}" in str(posted().alternatives[0][0])


def test_a_bill_that_is_paid_meanwhile_is_not_asked_for_and_a_void_one_not_sent(shop, bank):
    paid, void = billing.issued(shop), billing.issued(shop)
    for bill in (paid, void):
        send(bill)
    attempt = people.attempt(billing.payment(*billing.whole(paid)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    payments_follow(paid)
    invoices.void(void, "Wrong", by=billing.owner(shop).user)
    [letter] = letters("bill_sent")
    assert letter.about == paid.public_id
    assert letter.text.startswith("This bill is paid. There is nothing left to do.")
    assert letter.button == "Open the bill"


def payments_follow(bill: Invoice) -> None:
    from sleek.payments.actions import billing as news

    news.tell(bill)


def test_thanks_come_with_the_receipt(shop, bank):
    bill = billing.issued(shop, takes_parts=True, due_days=7)
    attempt = people.attempt(billing.payment(*billing.part(bill.instalments.get(), 2000)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    [letter] = letters("receipt")
    assert letter.recipient == ADA
    subject = letter.subject.replace("\xa0", " ")
    assert subject == "[Lin Ceramics] Receipt SJ-2026-00001 for 20.00 USD"
    text = letter.text.replace("\xa0", " ")
    assert "Thank you. Lin Ceramics has received 20.00 USD for bill SK-2026-00001." in text
    assert "To pay: 30.00 USD, due on March 9, 2026." in text
    [(name, content, _kind)] = posted().attachments
    kept = papers.newest(Receipt.objects.get().public_id)
    assert kept is not None
    assert (name, content) == ("SJ-2026-00001.pdf", bytes(kept.content))


def test_a_payer_without_an_address_is_written_nothing(shop, bank):
    payer = billing.customer(shop)
    type(payer).objects.update(email="")
    bill = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    assert letters("receipt") == []
    assert Receipt.objects.count() == 1


def colleague(shop: Merchant, role: str) -> Membership:
    user = User.objects.create_user(f"{role}@example.com", name=role, language="en")
    return Membership.objects.create(user=user, merchant=shop, role=role)


def test_who_may_approve_hears_of_a_bill_in_review_and_its_author_of_the_end(shop, bank):
    sales, reviewer = colleague(shop, "sales"), colleague(shop, "reviewer")
    wanted = Condition(amount_from=Money(1, "USD"))
    invoices.set_review_rules(shop, [wanted], by=billing.owner(shop).user)
    payer = billing.customer(shop)
    bill = invoices.create(shop, billing.draft(payer), by=sales.user)
    invoices.submit(bill, by=sales)
    assert {each.recipient for each in letters("invoice_submitted")} == {
        "lin@example.com",
        "reviewer@example.com",
    }
    invoices.send_back(bill, "The price is wrong", by=reviewer)
    [back] = letters("invoice_returned")
    assert back.recipient == "sales@example.com"
    assert "The price is wrong" in back.text
    bill = invoices.submit(Invoice.objects.get(pk=bill.pk), by=sales)
    invoices.approve(bill, seen_hash=bills.content_hash(bill), by=reviewer)
    [yes] = letters("invoice_approved")
    assert (yes.recipient, yes.subject) == (
        "sales@example.com",
        "Bill SK-2026-00001 is approved and issued",
    )


def test_who_wrote_a_bill_hears_that_it_is_paid(shop, bank):
    attempt = people.attempt(billing.payment(*billing.whole(billing.issued(shop))))
    payments.apply_reports([bank.pay(attempt.public_id)])
    [letter] = letters("invoice_paid")
    assert letter.recipient == "lin@example.com"
    assert letter.subject.replace("\xa0", " ") == "Bill SK-2026-00001 is paid: 50.00 USD"


def test_nothing_personal_stays_in_the_events(shop, bank):
    bill = billing.issued(shop)
    send(bill, message="Hello Ada")
    told = " ".join(str(event.data) for event in Event.objects.all())
    assert ADA not in told
    assert "Hello" not in told


@pytest.mark.parametrize(
    ("later", "subject", "first"),
    [
        (
            0,
            "[Lin Ceramics] A reminder: bill SK-2026-00001 is due on March 9, 2026",
            "This is a friendly reminder. For bill SK-2026-00001, 50.00 USD is due on"
            " March 9, 2026.",
        ),
        (
            7,
            "[Lin Ceramics] A reminder: bill SK-2026-00001 is due today",
            "This is a friendly reminder. For bill SK-2026-00001, 50.00 USD is due today.",
        ),
        (
            8,
            "[Lin Ceramics] A reminder: bill SK-2026-00001 was due on March 9, 2026",
            "Perhaps it has slipped your mind: for bill SK-2026-00001, 50.00 USD was due on"
            " March 9, 2026 and has not arrived yet.",
        ),
    ],
)
def test_a_reminder_says_how_late_it_is(shop, frozen_clock, later, subject, first):
    bill = billing.issued(shop, title="Vase, sample", due_days=7)
    frozen_clock.advance(days=later)
    invoices.remind(bill, by=billing.owner(shop).user)
    [letter] = letters("bill_reminder")
    assert letter.subject == subject
    assert letter.text.replace("\xa0", " ") == (
        f"{first}\nFor: Vase, sample\n\n"
        "If you have just paid, thank you; there is nothing left to do.\n\n"
        "The bill is attached as a PDF. It is not a tax invoice (发票)."
    )
    assert letter.button == "Open the bill and pay"
    [(name, _content, _kind)] = posted().attachments
    assert name == "SK-2026-00001.pdf"
    assert letters("bill_sent") == []


def test_a_reminder_speaks_the_language_of_the_mail_before(shop):
    bill = billing.issued(shop, due_days=7)
    send(bill, language="zh-hans")
    invoices.remind(bill, by=billing.owner(shop).user)
    [letter] = letters("bill_reminder")
    assert letter.subject == "【Lin Ceramics】提醒：收款单 SK-2026-00001 将于 2026年3月9日 到期"


def test_nobody_is_reminded_who_paid_before_the_letter_left(shop, bank):
    bill = billing.issued(shop)
    invoices.remind(bill, by=billing.owner(shop).user)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    payments_follow(bill)
    assert letters("bill_reminder") == []


def credit(bill: Invoice, minor: int = 1250) -> CreditNote:
    by = billing.owner(bill.merchant).user
    return invoices.credit(bill, Money(minor, "USD"), "One broke on the way", by=by)


def test_a_credit_note_is_told_with_its_paper(shop):
    bill = billing.issued(shop, due_days=7)
    note = credit(bill)
    [letter] = letters("credit_note")
    assert letter.subject.replace("\xa0", " ") == (
        "[Lin Ceramics] Credit note HC-2026-00001: 12.50 USD less to pay"
    )
    assert letter.text.replace("\xa0", " ") == (
        "Lin Ceramics takes 12.50 USD off bill SK-2026-00001. You need not pay that any more.\n"
        "To pay: 37.50 USD, due on March 9, 2026.\n\n"
        "They write: One broke on the way\n\n"
        "The credit note is attached as a PDF. It is not a tax invoice (发票)."
    )
    [(name, content, _kind)] = posted().attachments
    kept = papers.newest(note.public_id)
    assert kept is not None
    assert (name, content) == ("HC-2026-00001.pdf", bytes(kept.content))


def test_it_goes_where_the_bill_went_in_that_language_and_says_when_nothing_is_left(shop):
    bill = billing.issued(shop, due_days=7)
    invoices.send(bill, "books@example.com", language="de", by=billing.owner(shop).user)
    credit(bill, 5000)
    [letter] = letters("credit_note")
    assert (letter.recipient, letter.language) == ("books@example.com", "de")
    assert "Es ist nichts mehr zu zahlen." in letter.text


def test_nobody_is_told_of_a_credit_note_on_a_bill_that_was_voided_meanwhile(shop):
    bill = billing.issued(shop, due_days=7)
    credit(bill)
    invoices.void(bill, "typo", by=billing.owner(shop).user)
    assert letters("credit_note") == []


def test_a_number_stays_on_one_line_and_keeps_its_hyphens(shop):
    send(billing.issued(shop, title="PO-2301 <b>"))
    billing.work()
    sent = posted()
    page, whole = str(sent.alternatives[0][0]), '<span style="white-space:nowrap">{}</span>'
    assert f"Bill {whole.format('SK-2026-00001')} is ready</h1>" in page
    assert f"For: {whole.format('PO-2301')} &lt;b&gt;" in page
    assert "Bill SK-2026-00001 is ready\n" in sent.body
