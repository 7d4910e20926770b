"""Whoever holds a paper learns whether it is genuine and still counts; nobody learns more."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from sleek.papers import queries as papers
from sleek.papers.models import Paper
from sleek.payments import actions as payments
from sleek.receipts.models import Receipt
from sleek.refunds import actions as refunds
from sleek.refunds import tasks
from sleek.refunds.rules import RefundReason
from tests import banks, billing, people
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser, words


@pytest.fixture
def bill(shop: Merchant) -> Invoice:
    return billing.issued(shop, due_days=7)


def paper(bill: Invoice) -> Paper:
    found = papers.newest(bill.public_id)
    assert found is not None
    return found


def look(payer: Browser, of: Paper) -> str:
    answer = payer.get(f"/v/{of.code}")
    assert answer.status_code == 200
    return words(answer)


def upload(payer: Browser, of: Paper, content: bytes) -> HttpResponse:
    file = SimpleUploadedFile("bill.pdf", content, "application/pdf")
    return payer.client.post(f"/v/{of.code}", {"file": file})  # type: ignore[return-value]


def pay(bill: Invoice, bank: Bank, *, minor: int = 0) -> None:
    shares = billing.part(bill.instalments.get(), minor) if minor else billing.whole(bill)
    payments.apply_reports([bank.pay(people.attempt(billing.payment(*shares)).public_id)])
    billing.work()


def test_number_and_code_lead_to_the_paper(shop, bill, payer: Browser):
    kept = paper(bill)
    typed = f" {kept.code[:4].lower()}-{kept.code[4:8]} {kept.code[8:]}"
    answer = payer.send("/verify/", number="sk-2026-00001 ", code=typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/v/{kept.code}")
    said = look(payer, kept)
    assert "This paper is genuine The bill is still to be paid." in said
    for what in ("Bill SK-2026-00001", "Payee Lin Ceramics", "Amount 50.00 USD", "March 2, 2026"):
        assert what in said, what
    assert kept.content_hash[:8] in said


def test_it_tells_nothing_that_is_not_on_the_paper_and_veils_the_payer(shop, bill, payer: Browser):
    said = payer.get(f"/v/{paper(bill).code}").content.decode()
    assert "O*** I*** L***" in said
    for secret in ("Okafor", "ada@example.com", bill.token, bill.public_id):
        assert secret not in said, secret


@pytest.mark.parametrize(
    ("number", "code"),
    [("SK-2026-00002", ""), ("SK-2026-00001", "0000-0000-0000"), ("SK-2026-00001", "nonsense")],
)
def test_both_must_be_right(shop, bill, payer: Browser, number, code):
    answer = payer.send("/verify/", number=number, code=code or paper(bill).code)
    assert answer.status_code == 404
    assert "There is no such paper." in words(answer)


def test_an_unknown_code_is_no_paper(shop, bill, payer: Browser):
    answer = payer.get("/v/000000000000")
    assert answer.status_code == 404
    assert "There is no such paper." in words(answer)


def test_guessing_is_held_up_and_looking_is_not(shop, bill, payer: Browser):
    def ask(code: str) -> int:
        answer = payer.client.get(f"/v/{code}", REMOTE_ADDR="203.0.113.7")
        return int(answer.status_code)

    assert {ask(paper(bill).code) for _ in range(40)} == {200}
    assert [ask(f"{number:012d}") for number in range(16)] == [404] * 15 + [429]


def test_what_became_of_the_bill_is_said(shop, bill, payer: Browser, bank: Bank, frozen_clock):
    kept = paper(bill)
    pay(bill, bank, minor=2000)
    assert "The bill is paid in part." in look(payer, kept)
    frozen_clock.advance(days=8)
    assert "its day has passed." in look(payer, kept)
    pay(bill, bank)
    assert "The bill is paid. Do not pay it again." in look(payer, kept)


def test_a_void_bill_is_genuine_but_counts_no_more(shop, bill, payer: Browser):
    invoices.void(bill, "Wrong", by=billing.owner(shop).user)
    said = look(payer, paper(bill))
    assert "Genuine, but it counts no more" in said
    assert "Do not pay it." in said


def test_a_replaced_one_names_the_number_that_counts(shop, bill, payer: Browser):
    heir = invoices.replacement(bill, by=billing.owner(shop).user)
    invoices.issue(heir, by=billing.owner(shop))
    assert "void and replaced by SK-2026-00002. Do not pay it." in look(payer, paper(bill))


def test_a_receipt_says_what_was_given_back_since(shop, bill, payer: Browser, bank: Bank):
    pay(bill, bank)
    receipt = Receipt.objects.get()
    kept = papers.newest(receipt.public_id)
    assert kept is not None
    before = bytes(kept.content)
    assert "Receipt SJ-2026-00001" in look(payer, kept)
    assert "It is in force." in look(payer, kept)
    banks.fill(shop, Money(10000, "USD"))
    for amount, said in ((2000, "Part of the money was given back"), (3000, "The money was given")):
        owner = billing.owner(shop).user
        money, reason = Money(amount, "USD"), RefundReason.GOODWILL
        refunds.promise(receipt.payment, money, reason=reason, by=owner)
        tasks.check_due(0)
        receipt.payment.refresh_from_db()
        assert said in look(payer, kept), amount
    assert bytes(Paper.objects.get(pk=kept.pk).content) == before


def test_the_very_file_is_known_byte_for_byte(shop, bill, payer: Browser):
    kept = paper(bill)
    assert "byte for byte, and its signature holds" in words(
        upload(payer, kept, bytes(kept.content))
    )


def test_any_other_file_is_not(shop, bill, payer: Browser, bank: Bank):
    kept, other = paper(bill), paper(billing.issued(shop))
    stranger = people.merchant("Other", "other@example.com")
    foreign = paper(billing.issued(stranger))
    content = bytearray(kept.content)
    place = content.find(b"/Producer") + 12
    content[place] ^= 1
    for file, said in (
        (bytes(content), "was changed after it was signed"),
        (bytes(other.content), "but it is not this paper"),
        (bytes(foreign.content), "signed by somebody else"),
        (b"%PDF-1.7 hello", "carries no signature"),
        (b"", "carries no signature"),
    ):
        assert said in words(upload(payer, kept, file)), said


def test_a_file_that_is_too_large_is_not_even_read(shop, bill, payer: Browser):
    answer = upload(payer, paper(bill), b"x" * (5 * 1024 * 1024 + 70 * 1024))
    assert answer.status_code == 422
    assert "larger than 5 MB" in words(answer)


def test_a_form_from_elsewhere_is_refused(shop, bill):
    from django.test import Client

    file = SimpleUploadedFile("bill.pdf", b"x", "application/pdf")
    answer = Client(enforce_csrf_checks=True).post(f"/v/{paper(bill).code}", {"file": file})
    assert answer.status_code == 403


def test_a_credit_note_is_in_force_until_its_bill_is_void(shop, bill, payer: Browser):
    by = shop.memberships.get().user
    note = invoices.credit(bill, Money(1250, "USD"), "one broke", by=by)
    kept = papers.newest(note.public_id)
    assert kept is not None
    said = look(payer, kept)
    assert "This paper is genuine It is in force." in said
    for what in ("Credit note HC-2026-00001", "Payee Lin Ceramics", "Amount 12.50 USD"):
        assert what in said, what
    assert "one broke" not in said
    invoices.void(bill, "typo", by=by)
    assert "The bill that it corrects is void. Do not pay that one." in look(payer, kept)
