"""Giving money back in the office: the form, the list, the second person, the way by bank."""

from __future__ import annotations

import csv
import io

import pytest

from sleek.core import clock
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.refunds import actions as refunds
from sleek.refunds import queries, tasks
from sleek.refunds.models import BankAccount, Refund, RefundRule
from sleek.refunds.rules import Limits, RefundReason
from tests import banks, people
from tests.fakes.channel import Bank
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor

WANTED = {"amount": "20.00", "reason": "goodwill", "note": "Sorry", "remark": "Chipped"}
ANNA = BankAccount("Anna Berg", "DE", "DE89370400440532013000", "COBADEFF")


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def inside(shop: Merchant, role: str = "owner", language: str = "en") -> Visitor:
    visitor = office.at_work(shop, language) if role == "owner" else office.colleague(shop, role)
    office.prove(visitor)
    return visitor


def lin(shop: Merchant):
    return shop.memberships.get(role="owner").user


def bank_refund(shop: Merchant, bank: Bank) -> Refund:
    bank.is_short = True
    [refund] = refunds.promise(
        office.paid(shop), office.FIFTY, reason=RefundReason.OTHER, by=lin(shop)
    )
    refunds.check(refund)
    return refunds.reroute(Refund.objects.get(pk=refund.pk), by=lin(shop))


def test_a_double_click_gives_back_once(shop):
    payment, visitor = office.paid(shop), inside(shop)
    page = visitor.read(f"/payments/{payment.public_id}/refund")
    assert '<input type="hidden" name="seen" value="5000"' in page
    codes = [
        visitor.post(f"/payments/{payment.public_id}/refund", WANTED | {"seen": "5000"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in codes] == [302, 422]
    page = codes[1].content.decode()
    assert "Meanwhile some of it was given back." in page
    assert '<input type="hidden" name="seen" value="3000"' in page
    assert Refund.objects.count() == 1


def test_a_part_goes_back_and_the_page_tells_where_it_is(shop):
    payment, visitor = office.paid(shop), inside(shop)
    page = visitor.read(f"/payments/{payment.public_id}/refund")
    assert 'value="50.00"' in page
    assert "The payer can expect it between" in page

    answer = visitor.post(f"/payments/{payment.public_id}/refund", WANTED)

    assert answer["Location"] == f"/payments/{payment.public_id}"
    refund = Refund.objects.get()
    assert (refund.amount, refund.note, refund.remark) == (2000, "Sorry", "Chipped")
    page = visitor.read(f"/payments/{payment.public_id}")
    assert "Refunding" in page
    assert "Is being sent" in page
    tasks.check_due(0)
    page = visitor.read(f"/payments/{payment.public_id}")
    assert "Partly refunded" in page
    assert f"R-{refund.public_id}" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "50.01"}, "At most 50.00"),
        ({"amount": "0"}, "must be at least 0.01"),
        ({"amount": "-5"}, "must be at least 0.01"),
        ({"amount": "five"}, "in digits"),
        ({"amount": "1.005"}, "at most 2 decimals"),
        ({"amount": ""}, "Enter an amount."),
        ({"reason": ""}, "Choose why it goes back."),
        ({"reason": "because"}, "because"),
        ({"note": "x" * 301}, "300"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_moves(shop, wrong, said):
    payment, visitor = office.paid(shop), inside(shop)
    answer = visitor.post(f"/payments/{payment.public_id}/refund", WANTED | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert people.held(shop, "refunds:in_flight") == 0


def test_without_a_fresh_proof_nothing_moves(shop):
    payment = office.paid(shop)
    answer = office.at_work(shop).post(f"/payments/{payment.public_id}/refund", WANTED)
    assert answer.status_code == 200
    assert not Refund.objects.exists()


def test_the_way_by_bank_is_not_for_the_asking(shop):
    payment, visitor = office.paid(shop), inside(shop)
    visitor.post(f"/payments/{payment.public_id}/refund", WANTED | {"route": "bank"})
    assert Refund.objects.get().route == "channel"


def test_a_second_person_approves(shop):
    refunds.set_rule(shop, "USD", "finance", Limits(review_from=1000), by=lin(shop))
    payment, wang = office.paid(shop), inside(shop, "finance")
    wang.post(f"/payments/{payment.public_id}/refund", WANTED)
    refund = Refund.objects.get()
    url = f"/refunds/{refund.public_id}"
    assert "somebody else has to look" in wang.read(url)
    wang.post(f"{url}/approve")
    refund.refresh_from_db()
    assert refund.status == "in_review"

    visitor = inside(shop)
    assert "Approve 20.00" in visitor.read(url)
    assert "1 refund waits for a second person" in visitor.read("/overview")
    visitor.post(f"{url}/approve")
    refund.refresh_from_db()
    assert (refund.status, refund.reviewed_by) == ("pending", lin(shop))


def test_declining_needs_a_reason(shop):
    refunds.set_rule(shop, "USD", "finance", Limits(review_from=1000), by=lin(shop))
    payment, wang = office.paid(shop), inside(shop, "finance")
    wang.post(f"/payments/{payment.public_id}/refund", WANTED)
    url, visitor = f"/refunds/{Refund.objects.get().public_id}", inside(shop)
    assert visitor.post(f"{url}/decline", {"why": ""}).status_code == 422
    assert Refund.objects.get().status == "in_review"
    visitor.post(f"{url}/decline", {"why": "They kept it"})
    assert Refund.objects.get().answer == "They kept it"
    assert "They kept it" in wang.read(url)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_list_can_be_narrowed_and_saved(shop, bank, language):
    payment = office.paid(shop)
    [gone] = refunds.promise(payment, Money(2000, "USD"), reason=RefundReason.OTHER, by=lin(shop))
    tasks.check_due(0)
    bank.is_short = True
    [waits] = refunds.promise(payment, Money(1000, "USD"), reason=RefundReason.OTHER, by=lin(shop))
    refunds.check(waits)
    visitor = inside(shop, language=language)

    def shown(query: str) -> list[bool]:
        page = visitor.read(f"/refunds?{query}")
        return [refund.public_id in page for refund in (gone, waits)]

    assert shown("") == [True, True]
    assert shown("shown=queued") == shown("shown=pending") == [False, True]
    assert shown("shown=succeeded") == shown(f"q=R-{gone.public_id}") == [True, False]
    assert shown("shown=late") == shown("shown=in_review") == [False, False]
    text = visitor.get("/refunds.csv?shown=succeeded").getvalue().decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows[1:]] == [gone.public_id]


def test_payments_are_found_by_what_refunds_made_of_them(shop, bank):
    untouched, whole, part, going = (office.paid(shop) for _ in range(4))
    refunds.promise(whole, office.FIFTY, reason=RefundReason.OTHER, by=lin(shop))
    refunds.promise(part, Money(1, "USD"), reason=RefundReason.OTHER, by=lin(shop))
    tasks.check_due(0)
    refunds.promise(going, Money(1, "USD"), reason=RefundReason.OTHER, by=lin(shop))
    visitor = inside(shop)

    def found(status: str) -> set[str]:
        page = visitor.read(f"/payments?status={status}")
        return {one.public_id for one in (untouched, whole, part, going) if one.public_id in page}

    assert found("refunded") == {whole.public_id}
    assert found("partly_refunded") == {part.public_id}
    assert found("refunding") == {going.public_id}
    assert len(found("succeeded")) == 4


def test_the_story_says_who_sends_a_refund(shop, bank):
    visitor = inside(shop)
    payment = office.paid(shop)
    refunds.promise(payment, Money(1, "USD"), reason=RefundReason.OTHER, by=lin(shop))
    page = visitor.read(f"/payments/{payment.public_id}")
    assert "the channel is asked to give it back" in page
    attempt = banks.transfer(people.payment(shop, office.FIFTY), banks.account(shop))
    payments.arrive(attempt, office.FIFTY, reference="B1", payer="Anna", at=clock.now())
    assert "Not told yet" not in visitor.read(f"/payments/{attempt.payment.public_id}")
    payment = Payment.objects.get(pk=attempt.payment_id)
    refunds.promise(payment, Money(1, "USD"), reason=RefundReason.OTHER, by=lin(shop))
    page = visitor.read(f"/payments/{payment.public_id}")
    assert "The money is set aside until you have transferred it." in page
    assert "the channel is asked to give it back" not in page


def test_the_payers_account_is_seen_after_a_proof_and_paid_with_a_reference(shop, bank):
    refund = bank_refund(shop, bank)
    url, visitor = f"/refunds/{refund.public_id}", inside(shop)
    claim = queries.live_claim(refund)
    assert claim
    assert queries.claim_token(claim) in visitor.read(url)
    assert visitor.get(f"{url}/account").status_code == 404
    refunds.fill_claim(claim, ANNA)

    page = visitor.read(url)
    assert "named a bank account" in page
    assert "DE89" not in page
    assert "DE89" not in office.at_work(shop).read(f"{url}/account")
    account = visitor.read(f"{url}/account")
    assert "DE89 3704 0044 0532 0130 00" in account
    assert "Germany" in account
    assert visitor.post(f"{url}/paid", {"reference": ""}).status_code == 422
    assert Refund.objects.get().status == "pending"
    visitor.post(f"{url}/paid", {"reference": "BOC-1"})
    assert (Refund.objects.get().status, Refund.objects.get().trace) == ("succeeded", "BOC-1")


def test_a_short_refund_offers_the_way_by_bank(shop, bank):
    bank.is_short = True
    payment, visitor = office.paid(shop), inside(shop)
    [refund] = refunds.promise(payment, office.FIFTY, reason=RefundReason.OTHER, by=lin(shop))
    refunds.check(refund)
    url = f"/refunds/{refund.public_id}"
    assert "Send by bank transfer instead" in visitor.read(url)
    visitor.post(f"{url}/by-bank")
    assert Refund.objects.get().route == "bank"
    assert "asked for a bank account" in visitor.read(url)
    visitor.post(f"{url}/close-page")
    assert "No page is open" in visitor.read(url)
    visitor.post(f"{url}/ask-again")
    assert queries.live_claim(refund) is not None
    visitor.post(f"{url}/call-off")
    assert Refund.objects.get().status == "failed"
    assert people.held(shop, "in_transit") == 5000


def test_the_rule_is_the_owners_to_set(shop):
    data = {"currency": "USD", "finance_review_from": "1,000", "finance_most_daily": "5000.00"}
    finance = inside(shop, "finance")
    assert finance.post("/settings/refunds", data).status_code == 403
    visitor = inside(shop)
    assert visitor.post("/settings/refunds", data)["Location"] == "/settings/refunds?currency=USD"
    rule = RefundRule.objects.get(role="finance")
    assert (rule.review_from, rule.most_once, rule.most_daily) == (100000, None, 500000)
    assert 'value="5000.00"' in visitor.read("/settings/refunds?currency=USD")
    answer = visitor.post("/settings/refunds", data | {"finance_most_once": "much"})
    assert "in digits" in answer.content.decode()
    visitor.post("/settings/refunds", {"currency": "USD"})
    assert RefundRule.objects.get(role="finance").review_from is None


@pytest.mark.parametrize("role", ["sales", "support", "viewer", "reviewer"])
def test_who_may_not_give_back_sees_no_button(shop, role):
    payment = office.paid(shop)
    url = f"/payments/{payment.public_id}"
    assert "Give money back" not in office.colleague(shop, role).read(url)
    assert "Give money back" in office.at_work(shop).read(url)
