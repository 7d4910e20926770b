"""Receipts: issued once for each payment of bills, numbered without holes, never changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Reference
from sleek.invoices.rules import DocumentKind, Stage
from sleek.merchants.models import Merchant
from sleek.papers.models import Design, Number, Paper
from sleek.papers.signing import Condition, check
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.receipts import actions as receipts
from sleek.receipts import queries, tasks
from sleek.receipts.models import Receipt
from tests import billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

D = Decimal


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def pay(bank: Bank, *bills: Invoice) -> Payment:
    payment = billing.payment(*(share for bill in bills for share in billing.whole(bill)))
    attempt = people.attempt(payment)
    payments.apply_reports([bank.pay(attempt.public_id)])
    payment.refresh_from_db()
    return payment


def test_a_paid_bill_has_a_receipt_of_a_series_of_its_own(shop, bank):
    bill = billing.issued(shop, title="Vase, sample")
    receipt = receipts.issue(pay(bank, bill))
    assert (receipt.number, bill.number) == ("SJ-2026-00001", "SK-2026-00001")
    assert (receipt.money, receipt.method) == (Money(5000, "USD"), "card")
    assert receipt.payer_name == "Okafor Imports Ltd"
    assert receipt.bills == ["SK-2026-00001"]
    assert str(receipt.issued_on) == "2026-03-02"
    [event] = Event.objects.filter(kind="receipt.issued")
    assert event.data["bills"] == [bill.public_id]
    assert queries.of_bill(bill) == [receipt]


def test_its_paper_says_all_that_a_receipt_says(shop, bank):
    Merchant.objects.update(legal_name="景德镇林家陶瓷有限公司")
    shop.memberships.get().user.__class__.objects.update(name="林清")
    documents = (Reference(DocumentKind.PURCHASE_ORDER, "PO-7"),)
    bill = billing.issued(shop, title="花瓶样品", documents=documents)
    receipt = receipts.issue(pay(bank, bill))
    said = Paper.objects.get(subject=receipt.public_id).sheet
    assert said["title"] == ["收据"]
    assert said["payer"]["name"] == "Okafor Imports Ltd"
    assert said["payee"]["name"] == "景德镇林家陶瓷有限公司"
    facts = {label[0]: text for label, text in said["facts"]}
    assert facts["收款方式"] == "银行卡"
    assert facts["款项性质"] == "打样费"
    assert facts["对应收款单"] == "SK-2026-00001"
    assert said["rows"][0]["cells"] == ["SK-2026-00001", "花瓶样品", "50.00"]
    assert said["totals"][0]["amount"].replace("\xa0", " ") == "50.00 USD"
    assert said["in_words"][0][1] == "美元伍拾元整"
    assert said["signers"] == [[["经办人"], "林清"]]
    assert "发票" in said["notice"]
    assert said["pay"] is None
    assert said["verify"]["code"]


def test_its_paper_is_signed(shop, bank):
    receipt = receipts.issue(pay(bank, billing.issued(shop)))
    paper = Paper.objects.get(subject=receipt.public_id)
    assert check(bytes(paper.content)).condition == Condition.INTACT


def test_asking_again_gives_the_same_one(shop, bank):
    payment = pay(bank, billing.issued(shop))
    assert len({receipts.issue(payment).pk for _ in range(3)}) == 1
    billing.work()
    assert Receipt.objects.count() == Number.objects.filter(kind="receipt").count() == 1
    assert Event.objects.filter(kind="receipt.issued").count() == 1


def test_each_part_payment_has_its_own(shop, bank):
    bill = billing.issued(shop, takes_parts=True)
    stage = bill.instalments.get()
    for minor in (2000, 3000):
        attempt = people.attempt(billing.payment(*billing.part(stage, minor)))
        payments.apply_reports([bank.pay(attempt.public_id)])
        billing.work()
    rows = Receipt.objects.order_by("pk").values_list("number", "amount")
    assert list(rows) == [("SJ-2026-00001", 2000), ("SJ-2026-00002", 3000)]


def test_one_payment_of_two_bills_has_one_that_names_both(shop, bank):
    halves = (Stage("First", percent=D(50)), Stage("Second", percent=D(50)))
    one, two = billing.issued(shop), billing.issued(shop, stages=halves)
    receipt = receipts.issue(pay(bank, one, two))
    assert receipt.bills == [one.number, two.number]
    assert receipt.amount == 10000
    rows = Paper.objects.get(subject=receipt.public_id).sheet["rows"]
    assert [(row["cells"][0], row["cells"][2], row["detail"]) for row in rows] == [
        (one.number, "50.00", ""),
        (two.number, "25.00", "1. First"),
        (two.number, "25.00", "2. Second"),
    ]
    assert queries.of_bill(one) == queries.of_bill(two) == [receipt]


def test_what_was_not_paid_or_is_of_a_link_has_none(shop, bank):
    unpaid = billing.payment(*billing.whole(billing.issued(shop)))
    of_link = people.payment(shop, Money(5000, "USD"))
    payments.apply_reports([bank.pay(people.attempt(of_link).public_id)])
    for payment in (unpaid, of_link):
        with pytest.raises(receipts.NothingReceived):
            receipts.issue(payment)
    billing.work()
    assert not Receipt.objects.exists()
    assert not Number.objects.filter(kind="receipt").exists()


def test_it_bears_the_language_of_its_bills_design(shop, bank):
    design = Design.objects.create(merchant=shop, name="EN", tongue="en")
    receipt = receipts.issue(pay(bank, billing.issued(shop, design=design)))
    said = Paper.objects.get(subject=receipt.public_id).sheet
    assert said["title"] == ["Receipt"]
    assert said["in_words"][0][1] == "SAY US DOLLARS FIFTY ONLY"
    assert receipt.reason == "Sample fee"


def test_words_that_disagree_are_never_printed(shop, bank, monkeypatch):
    payment = pay(bank, billing.issued(shop))
    monkeypatch.setattr("sleek.invoices.rules.words.in_chinese", lambda _amount: "美元伍拾壹元整")
    with pytest.raises(receipts.WordsDisagree):
        receipts.issue(payment)
    assert not Receipt.objects.exists()
    assert not Number.objects.filter(kind="receipt").exists()


def test_the_database_lets_nobody_change_one(shop, bank):
    receipts.issue(pay(bank, billing.issued(shop)))
    for change in (
        lambda: Receipt.objects.update(amount=1),
        lambda: Receipt.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert Receipt.objects.get().amount == 5000


def test_what_could_not_be_numbered_is_tried_again(shop, bank, monkeypatch):
    payment = pay(bank, billing.issued(shop))
    tasks.try_again(0)
    assert Receipt.objects.get().payment == payment
    tasks.try_again(0)
    assert Receipt.objects.count() == 1


def test_two_workers_at_once_issue_one(committed_db, bank, frozen_clock):
    shop = people.merchant()
    payment = pay(bank, billing.issued(shop))

    def issue(_number: int) -> str:
        try:
            return receipts.issue(payment).public_id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert len(set(workers.map(issue, range(4)))) == 1
    assert Receipt.objects.count() == Number.objects.filter(kind="receipt").count() == 1
