"""Issuing a receipt: as with a bill, number, paper and row are one transaction."""

from __future__ import annotations

from django.db import transaction

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.invoices.rules import words
from sleek.papers import actions as papers
from sleek.papers.rules import Kind
from sleek.payments import queries as payments
from sleek.payments.models import Payment
from sleek.payments.rules import AttemptStatus, PaymentStatus
from sleek.receipts import queries
from sleek.receipts.models import Receipt


class NothingReceived(SleekError):
    """A receipt confirms a payment of bills that was made; this is none."""

    code = "nothing_received"


class WordsDisagree(SleekError):
    """The amount in words is not the amount in figures, so the paper is not issued."""

    code = "words_disagree"


@transaction.atomic
def issue(payment: Payment) -> Receipt:
    """The payment's receipt; asked again, the same one. Raises `NothingReceived`, `WordsDisagree`,
    `NotPrintable`, `NumberTaken`.
    """
    rows = Payment.objects.select_for_update(no_key=True, of=("self",))
    payment = rows.select_related("merchant").get(pk=payment.pk)
    known = queries.of_payment(payment)
    if known is not None:
        return known
    if not payment.is_for_bills or payment.status != PaymentStatus.SUCCEEDED:
        raise NothingReceived("Only a payment of bills that was made has a receipt.")
    return _issue(payment)


def _issue(payment: Payment) -> Receipt:
    now = clock.now()
    today = now.astimezone(payment.merchant.zone).date()
    paid = payments.bills_of(payment)
    receipt = Receipt(
        merchant=payment.merchant,
        payment=payment,
        amount=payment.amount_paid,
        currency=payment.currency,
        method=_method(payment),
        payer_name=paid[0].payer_name,
        reason=queries.reason(paid),
        bills=[each.number for each in paid],
        issued_on=today,
        created_at=now,
    )
    series = papers.series_for(payment.merchant, Kind.RECEIPT)
    receipt.number = papers.take_number(series, receipt.public_id, on=today).text
    receipt.save(force_insert=True)
    _keep_paper(receipt)
    data: dict[str, object] = {
        "payment": payment.public_id,
        "number": receipt.number,
        "amount": receipt.amount,
        "currency": receipt.currency,
        "bills": [each.public_id for each in paid],
    }
    events.record([Fact("receipt.issued", receipt.public_id, receipt.merchant_id, data)])
    return receipt


def _method(payment: Payment) -> str:
    """By which the money came, the first part of it."""
    tries = payment.attempts.filter(status=AttemptStatus.SUCCEEDED).order_by("pk")
    return next((each.method for each in tries if each.pays), "")


def _keep_paper(receipt: Receipt) -> None:
    """Figures and words are compared as a bank's clerk does, by other code than wrote them."""
    paid = payments.bills_of(receipt.payment)
    sheet = queries.sheet(receipt, paid)
    if not all(words.says(text, receipt.money) for _label, text in sheet.in_words):
        raise WordsDisagree("The amount in words is not the amount in figures.")
    papers.keep(
        receipt.merchant,
        subject=receipt.public_id,
        kind=Kind.RECEIPT,
        number=receipt.number,
        sheet=sheet,
        at=receipt.created_at,
    )
