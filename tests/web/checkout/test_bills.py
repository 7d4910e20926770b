"""A bill's page: what it says, and paying it with one press."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sleek.channels.base import Flow, Outcome, Report
from sleek.channels.models import Connection
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice, Views
from sleek.invoices.rules import Policy, Stage
from sleek.merchants.models import Brand, Merchant
from sleek.papers import queries as papers
from sleek.papers.models import Paper
from sleek.payments import actions as payments
from sleek.payments import tasks
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.receipts.models import Receipt
from sleek.refunds import tasks as refunds
from sleek.risk.actions import Visitor
from tests import banks, billing
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser, card, words

IN_A_WEEK = date(2026, 3, 9)
STAGES = (
    Stage("Deposit", "Drawings", percent=Decimal(30), due_on=IN_A_WEEK),
    Stage("Balance", "The mould", percent=Decimal(70), due_on=date(2026, 3, 30)),
)


def at(bill: Invoice) -> str:
    return f"/b/{bill.token}/"


def issued(shop: Merchant, **more: object) -> Invoice:
    return billing.issued(shop, **{"title": "Vase sample", "due_on": IN_A_WEEK, **more})


def staged(shop: Merchant, **more: object) -> Invoice:
    return issued(shop, stages=STAGES, due_on=None, **more)


def paid(bank: Bank) -> Attempt:
    """The newest try is paid, and the worker has heard of it."""
    attempt = Attempt.objects.order_by("pk").last()
    assert attempt is not None
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()
    return attempt


def arrives(account: Connection, bill: Invoice, amount: Money) -> Attempt:
    """A transfer for all that the bill asks, of which so much comes."""
    payment = billing.payment(*billing.whole(bill))
    offer = Offer(account, "bank_transfer", Flow.HERE, (Flow.HERE,))
    attempt = payments.begin(payment, offer, Visitor())
    payments.arrive(attempt, amount, reference="x", payer="OKAFOR", at=attempt.created_at)
    billing.work()
    return attempt


@pytest.fixture
def bill(shop: Merchant) -> Invoice:
    return issued(shop)


def test_a_bill_is_paid_with_one_press(shop, bill, payer: Browser, bank: Bank):
    said = words(payer.get(at(bill)))
    for what in ("Lin Ceramics", "SK-2026-00001", "Vase sample", "50.00 USD", "March 9, 2026"):
        assert what in said, what
    gone = payer.choose(at(bill), card(shop), what="all.5000")
    attempt = Attempt.objects.get()
    assert gone.status_code == 303
    assert gone.headers["Location"] == f"https://till.example/{attempt.public_id}"
    paid(bank)
    said = words(payer.get(at(bill)))
    assert "Paid Thank you. There is nothing left to do; Lin Ceramics has the money." in said
    assert "Receipt SJ-2026-00001 · 50.00 USD" in said


def test_its_papers_are_those_that_were_issued(shop, bill, payer: Browser, bank: Bank):
    payer.choose(at(bill), card(shop), what="all.5000")
    payment = paid(bank).payment
    body = payer.get(at(bill)).content.decode()
    hrefs = [part.split('"')[0] for part in body.split('href="')[1:] if ".pdf" in part[:120]]
    assert len(hrefs) == 2
    files = [payer.get(href) for href in hrefs]
    names = [file.headers["Content-Disposition"] for file in files]
    assert names == ['inline; filename="SK-2026-00001.pdf"', 'inline; filename="SJ-2026-00001.pdf"']
    assert all(file.content.startswith(b"%PDF-") for file in files)
    assert payer.get(f"/pay/{payment.public_id}/receipt.pdf").content == files[1].content


def test_nobody_gets_a_paper_by_another_bills_address(shop, bill, payer: Browser):
    other = issued(shop)
    paper_id = Paper.objects.get(subject=other.public_id).public_id
    assert payer.get(f"/b/{other.token}/{paper_id}.pdf").status_code == 200
    assert payer.get(f"/b/{bill.token}/{paper_id}.pdf").status_code == 404


def test_forged_addresses_and_drafts_lead_nowhere(shop, bill, payer: Browser):
    draft = billing.drafted(shop)
    stage = draft.instalments.get()
    for path in ("/b/nosuchtoken1/", "/i/nosuchtoken1/", at(draft), f"/i/{stage.token}/"):
        assert payer.get(path).status_code == 404, path
    assert payer.choose(at(draft), card(shop), what="all.5000").status_code == 404
    assert not Payment.objects.exists()


@pytest.mark.parametrize("what", ["all.4999", "all.5001", "all", "", "ins_x.5000", "part"])
def test_nobody_pays_another_sum_than_the_page_said(shop, bill, payer: Browser, what):
    answer = payer.choose(at(bill), card(shop), what=what, amount="1.00")
    assert answer.status_code == 422
    assert "Please look at the new total" in words(answer)
    assert not Payment.objects.exists()


def test_of_several_stages_the_next_is_chosen_and_each_has_its_own_page(
    shop, payer: Browser, bank: Bank
):
    bill = staged(shop)
    deposit, balance = bill.instalments.all()
    body = payer.get(at(bill)).content.decode()
    assert f'value="{deposit.public_id}.1500" required checked' in body
    assert f'value="{balance.public_id}.3500" required>' in body
    payer.choose(at(bill), card(shop), what=f"{deposit.public_id}.1500")
    assert paid(bank).amount == 1500
    own = words(payer.get(f"/i/{balance.token}/"))
    assert "Balance 35.00 USD" in own
    assert "Deposit" not in own
    payer.choose(f"/i/{balance.token}/", card(shop), what="all.3500")
    paid(bank)
    bill.refresh_from_db()
    assert (bill.status, bill.amount_paid) == ("paid", 5000)
    assert [receipt.amount for receipt in Receipt.objects.order_by("pk")] == [1500, 3500]
    assert "Paid" in words(payer.get(f"/i/{deposit.token}/"))


def test_all_stages_are_paid_together(shop, payer: Browser, bank: Bank):
    bill = staged(shop)
    payer.choose(at(bill), card(shop), what="all.5000")
    payment = paid(bank).payment
    parts = payment.allocations.order_by("pk").values_list("amount", flat=True)
    assert list(parts) == [1500, 3500]
    bill.refresh_from_db()
    assert bill.status == "paid"


def test_a_part_is_paid_and_the_rest_is_asked_for(shop, payer: Browser, bank: Bank):
    bill = issued(shop, takes_parts=True)
    payer.choose(at(bill), card(shop), what="part", amount="12,34")
    assert paid(bank).amount == 1234
    said = words(payer.get(at(bill)))
    assert "12.34 USD is paid already. This is the rest." in said
    assert "37.66 USD" in said
    payer.choose(at(bill), card(shop), what="all.3766")
    paid(bank)
    assert "There is nothing left to do" in words(payer.get(at(bill)))
    assert [one.amount for one in Receipt.objects.order_by("pk")] == [1234, 3766]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Please enter the amount that you would like to pay."),
        ("0", "Please enter the amount that you would like to pay."),
        ("50.01", "Please choose 50.00 USD or less."),
        ("1e3", "Please write the amount in plain digits, like 1234.50."),
        ("-5", "Please enter the amount that you would like to pay."),
    ],
)
def test_a_part_is_at_least_something_and_at_most_what_is_owed(shop, payer: Browser, typed, error):
    bill = issued(shop, takes_parts=True)
    answer = payer.choose(at(bill), card(shop), what="part", amount=typed)
    assert answer.status_code == 422
    assert error in words(answer)
    assert not Payment.objects.exists()


def test_who_may_not_choose_a_part_cannot_send_one(shop, bill, payer: Browser):
    assert payer.choose(at(bill), card(shop), what="part", amount="1").status_code == 422
    assert not Payment.objects.exists()


def test_only_the_methods_that_the_bill_names_pay_it(shop, payer: Browser):
    bill = issued(shop, methods=("bank_transfer",))
    assert "Bank card" not in words(payer.get(at(bill)))
    assert payer.choose(at(bill), card(shop), what="all.5000").status_code == 422
    payment = billing.payment(*billing.whole(bill))
    assert payer.choose(f"/pay/{payment.public_id}/", card(shop)).status_code == 422
    assert not Attempt.objects.exists()


def test_a_second_payer_at_once_comes_to_the_same_payment(shop, bill, bank: Bank):
    ada, ben = Browser(), Browser()
    first = ada.choose(at(bill), card(shop), what="all.5000")
    second = ben.choose(at(bill), card(shop), what="all.5000")
    assert first.headers["Location"] == second.headers["Location"]
    attempt = Attempt.objects.get()
    payments.apply_reports([Report(attempt.public_id, Outcome.PROCESSING)])
    said = words(ben.get(at(bill)))
    assert "A payment is being confirmed" in said
    held = ben.choose(at(bill), card(shop), what="all.5000")
    assert (held.status_code, held.headers["Location"]) == (303, at(bill))
    assert Attempt.objects.count() == 1


def test_a_stage_that_is_being_confirmed_holds_up_no_other_stages_page(shop, payer: Browser):
    deposit, balance = staged(shop).instalments.all()
    payer.choose(f"/i/{deposit.token}/", card(shop), what="all.1500")
    attempt = Attempt.objects.get()
    payments.apply_reports([Report(attempt.public_id, Outcome.PROCESSING)])
    assert "A payment is being confirmed" in words(payer.get(f"/i/{deposit.token}/"))
    other = payer.get(f"/i/{balance.token}/")
    assert "Pay 35.00 USD" in words(other)
    assert attempt.payment.public_id not in other.content.decode()


def test_who_comes_when_it_was_paid_a_moment_ago_pays_nothing(shop, bill, bank: Bank):
    """The bill itself has not heard of it yet."""
    ada, ben = Browser(), Browser()
    ada.choose(at(bill), card(shop), what="all.5000")
    payments.apply_reports([bank.pay(Attempt.objects.get().public_id)])
    assert ben.choose(at(bill), card(shop), what="all.5000").headers["Location"] == at(bill)
    assert Payment.objects.count() == 1


def test_money_for_a_bill_that_was_voided_meanwhile_waits_for_the_payee(
    shop, bill, payer: Browser, bank: Bank, frozen_clock: FrozenClock
):
    payer.choose(at(bill), card(shop), what="all.5000")
    attempt = Attempt.objects.get()
    invoices.void(bill, "Wrong price", by=shop.memberships.get().user)
    billing.work()
    frozen_clock.advance(minutes=2)
    tasks.expire_due(0)
    attempt.payment.refresh_from_db()
    assert attempt.payment.status == "expired"
    said = words(payer.get(f"/pay/{attempt.payment.public_id}/"))
    assert "The bill says what is still to be paid." in said
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()
    from sleek.refunds import actions as giving

    giving.follow(list(Event.objects.filter(kind__in=giving.FOLLOWED).order_by("pk")))
    refunds.check_due(0)
    assert bank.refund_orders == []
    assert not Receipt.objects.exists()
    said = words(payer.get(f"/pay/{attempt.payment.public_id}/"))
    assert "A further 50.00 USD arrived that was not asked for." in said
    bill.refresh_from_db()
    assert (bill.status, bill.amount_paid) == ("void", 0)


def test_a_void_bill_says_so_and_names_the_one_that_counts(shop, bill, payer: Browser):
    owner = shop.memberships.get()
    heir = invoices.replacement(bill, by=owner.user)
    invoices.issue(heir, by=owner)
    answer = payer.get(at(bill))
    assert answer.status_code == 410
    assert "This bill is void It was replaced by bill SK-2026-00002." in words(answer)
    assert f'href="/b/{heir.token}/"' in answer.content.decode()
    assert payer.choose(at(bill), card(shop), what="all.5000").status_code == 303
    assert not Payment.objects.exists()


def test_a_bill_that_was_meant_for_another_leads_nobody_there(shop, bill, payer: Browser):
    """It went to the wrong company, and the right one's bill took its place."""
    owner = shop.memberships.get()
    heir = invoices.replacement(bill, by=owner.user)
    other = billing.customer(shop, "Berg Keramik GmbH")
    said = replace(bills.draft_of(heir), customer=other, payer=bills.payer_of(other))
    heir = invoices.rewrite(heir, said, revision=heir.revision, by=owner.user)
    invoices.issue(heir, by=owner)
    page = payer.get(at(bill)).content.decode()
    assert "Please do not pay it" in page
    assert heir.token not in page
    assert "SK-2026-00002" not in page


def test_what_was_written_off_can_still_be_paid(shop, bill, payer: Browser, bank: Bank):
    invoices.write_off(bill, "Insolvent", by=shop.memberships.get().user)
    assert "Insolvent" not in words(payer.get(at(bill)))
    payer.choose(at(bill), card(shop), what="all.5000")
    paid(bank)
    bill.refresh_from_db()
    assert bill.status == "paid"


def test_after_a_credit_note_only_the_rest_is_asked(shop, payer: Browser, bank: Bank):
    bill = staged(shop)
    owner = shop.memberships.get().user
    invoices.credit(bill, Money(2000, "USD"), "A flaw in the glaze", by=owner)
    said = words(payer.get(at(bill)))
    assert "30.00 USD" in said
    assert "Taken back −20.00 USD" in said
    payer.choose(at(bill), card(shop), what="all.3000")
    parts = Payment.objects.get().allocations.order_by("pk").values_list("amount", flat=True)
    assert list(parts) == [1500, 1500]


def test_a_bill_that_was_taken_back_whole_asks_for_nothing(shop, bill, payer: Browser):
    invoices.credit(bill, Money(5000, "USD"), "All of it", by=shop.memberships.get().user)
    assert "Nothing is left to pay" in words(payer.get(at(bill)))


def test_transfers_are_shown_while_awaited_and_their_parts_count(shop, payer: Browser):
    account = banks.account(shop)
    bill = issued(shop)
    attempt = arrives(account, bill, Money(2000, "USD"))
    said = words(payer.get(at(bill)))
    assert "20.00 USD is paid already" in said
    rest = billing.payment(*billing.whole(Invoice.objects.get(pk=bill.pk)))
    offer = Offer(account, "bank_transfer", Flow.HERE, (Flow.HERE,))
    awaited = payments.begin(rest, offer, Visitor())
    said = words(payer.get(at(bill)))
    reference = awaited.next_data["reference"]
    assert f"A bank transfer of 30.00 USD is awaited, with the reference {reference}." in said
    payments.arrive(
        awaited, Money(3000, "USD"), reference="y", payer="OKAFOR", at=attempt.created_at
    )
    billing.work()
    assert "There is nothing left to do" in words(payer.get(at(bill)))
    assert [one.amount for one in Receipt.objects.order_by("pk")] == [2000, 3000]


def test_too_much_is_said_honestly(shop, payer: Browser):
    bill = issued(shop)
    arrives(banks.account(shop), bill, Money(6000, "USD"))
    said = words(payer.get(at(bill)))
    assert "10.00 USD more than asked has arrived." in said
    assert Receipt.objects.get().amount == 6000


def test_what_is_promised_and_what_was_deducted_stand_there(shop, payer: Browser, bank: Bank):
    customer = billing.customer(shop)
    policy = Policy(Money(5000, "USD"), Money(10000, "USD"))
    first = issued(shop, policy=policy)
    assert "50.00 USD is deducted from a later bill of 100.00 USD or more" in words(
        payer.get(at(first))
    )
    payer.choose(at(first), card(shop), what="all.5000")
    paid(bank)
    later = billing.issued(shop, billing.line("200"), customer=customer)
    said = words(payer.get(at(later)))
    assert "150.00 USD" in said
    assert f"Deducted: paid with bill {first.number} −50.00 USD" in said


def test_the_payments_page_wears_the_bills_brand_and_leads_back(shop, payer: Browser, bank: Bank):
    brand = Brand.objects.create(merchant=shop, name="Lin Studio")
    bill = issued(shop, brand=brand)
    payer.choose(at(bill), card(shop), what="all.5000")
    attempt = Attempt.objects.get()
    page = payer.get(f"/pay/{attempt.payment.public_id}/")
    assert "Lin Studio" in words(page)
    assert f'<a href="{at(bill)}">Back to bill SK-2026-00001</a>' in page.content.decode()


def test_the_first_look_of_a_person_is_noted_once(shop, bill, payer: Browser):
    bots = Browser(user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    bots.get(at(bill))
    colleague = Browser()
    colleague.client.force_login(shop.memberships.get().user)
    colleague.get(at(bill))
    bill.refresh_from_db()
    assert bill.viewed_at is None
    payer.get(at(bill))
    payer.get(at(bill))
    Browser().get(at(bill))
    bill.refresh_from_db()
    assert bill.viewed_at is not None
    assert Views.objects.get().count == 2
    [event] = Event.objects.filter(kind="invoice.viewed")
    assert event.data == {"number": "SK-2026-00001"}


def test_many_tries_at_one_bill_are_held_up_whatever_the_amount(shop, payer: Browser):
    bill = issued(shop, takes_parts=True)
    answers = [
        Browser().choose(at(bill), card(shop), what="part", amount=f"{cents / 100:.2f}")
        for cents in range(100, 122)
    ]
    assert 429 in {answer.status_code for answer in answers}
    assert Payment.objects.count() <= 20
    held = answers[-1]
    assert "Lin Ceramics" in words(held)


def test_a_chinese_payer_reads_chinese(shop, bill):
    said = words(Browser(language="zh-CN").get(at(bill)))
    assert "收款单 SK-2026-00001" in said
    assert "付款单位 Okafor Imports Ltd" in said
    assert "打样费" in said


def test_the_papers_of_credit_notes_are_to_be_had_there_and_nowhere_else(
    shop, bill, payer: Browser
):
    by = shop.memberships.get().user
    note = invoices.credit(bill, Money(1250, "USD"), "A flaw in the glaze", by=by)
    kept = papers.newest(note.public_id)
    assert kept is not None
    address = f"{at(bill)}{kept.public_id}.pdf"
    page = payer.get(at(bill))
    assert "Credit note HC-2026-00001 · 12.50 USD" in words(page)
    assert address in page.content.decode()
    file = payer.get(address)
    assert (file.status_code, file.content) == (200, bytes(kept.content))
    assert payer.get(f"{at(issued(shop))}{kept.public_id}.pdf").status_code == 404
