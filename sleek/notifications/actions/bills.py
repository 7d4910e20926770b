"""What is written once something happened to a bill: each thing once, by its event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices.models import CreditNote, Invoice, Sending
from sleek.invoices.rules import InvoiceStatus
from sleek.merchants.models import Membership, User
from sleek.merchants.queries import people_who_may
from sleek.merchants.rules import Right
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.bills import payers, people
from sleek.notifications.rules import Letter
from sleek.papers import queries as papers
from sleek.payments import queries as payments
from sleek.receipts.models import Receipt

# What a reviewer made of a bill is told to who wrote it.
TO_AUTHORS: dict[str, Callable[[Invoice], Letter]] = {
    "invoice.returned": people.returned,
    "invoice.approved": people.approved,
}
FOLLOWED = frozenset(
    {
        *TO_AUTHORS,
        *("invoice.submitted", "invoice.sent", "invoice.reminded", "invoice.paid"),
        *("invoice.credited", "deposit.forfeited", "receipt.issued"),
    }
)


def tell(news: Sequence[Event]) -> None:
    """In the caller's transaction."""
    rows = Invoice.objects.select_related("merchant", "brand__merchant", "created_by", "issued_by")
    bills = rows.in_bulk({event.subject for event in news}, field_name="public_id")
    for event in news:
        bill = bills.get(event.subject)
        if event.kind in TO_PAYERS:
            write(list(TO_PAYERS[event.kind](event)))
            continue
        match event.kind:
            case "deposit.forfeited" if bill:
                write(list(_forfeited(event, bill)))
            case "invoice.submitted" if bill and bill.status == InvoiceStatus.IN_REVIEW:
                reviewers = people_who_may(Right.APPROVE, bill.merchant_id)
                hands = {bill.created_by_id, bill.edited_by_id}
                others = [each for each in reviewers if each.pk not in hands]
                write(_drafts(event, bill, people.review_wanted, others))
            case "invoice.paid" if bill and bill.asked.minor:
                makers = [bill.created_by, bill.issued_by]
                write(_drafts(event, bill, people.paid, _still_there(bill, makers)))
            case "invoice.returned" | "invoice.approved" if bill:
                author = _still_there(bill, [bill.created_by])
                write(_drafts(event, bill, TO_AUTHORS[event.kind], author))


def _bill(event: Event) -> Iterable[Draft]:
    """Nobody is asked to pay a bill that was voided before the letter left, nor reminded of one
    that was paid meanwhile.
    """
    sending = Sending.objects.select_related(
        "invoice__merchant", "invoice__brand__merchant", "paper"
    ).get(public_id=event.data["sending"])
    bill, reminds = sending.invoice, sending.reminded_on is not None
    is_open = bill.status == InvoiceStatus.OPEN and bill.due.minor
    if bill.status == InvoiceStatus.VOID or (reminds and not is_open):
        return
    yield Draft(
        merchant_id=sending.merchant_id,
        template="bill_reminder" if reminds else "bill_sent",
        about=sending.invoice.public_id,
        key=f"{sending.public_id}:payer",
        language=sending.language,
        letter=payers.reminded(sending) if reminds else payers.sent(sending),
        email=sending.to,
        paper=sending.paper,
    )


def _credit_note(event: Event) -> Iterable[Draft]:
    """To where the bill itself went last. Nothing is told of a bill that was voided meanwhile."""
    note = CreditNote.objects.select_related("invoice__merchant", "invoice__brand__merchant").get(
        public_id=event.data["credit_note"]
    )
    bill = note.invoice
    last = bill.sendings.order_by("pk").last()
    to, language = (last.to, last.language) if last else (bill.payer_email, bill.language)
    if not to or bill.status == InvoiceStatus.VOID:
        return
    yield Draft(
        merchant_id=note.merchant_id,
        template="credit_note",
        about=bill.public_id,
        key=f"{note.public_id}:payer",
        language=language,
        letter=payers.credited(note, language),
        email=to,
        paper=papers.newest(note.public_id),
    )


def _forfeited(event: Event, bill: Invoice) -> Iterable[Draft]:
    """To whom the bill is addressed, or else who paid it."""
    payments_of = payments.payments_of(bill).select_related("payer").order_by("pk")
    known = [bill.payer_email, *(each.payer.email for each in payments_of)]
    kept = Money(int(str(event.data["amount"])), bill.currency)
    for email in list(filter(None, known))[:1]:
        yield Draft(
            merchant_id=bill.merchant_id,
            template="deposit_forfeited",
            about=bill.public_id,
            key=f"{event.public_id}:payer",
            language=bill.language,
            letter=payers.forfeited(bill, kept, str(event.data["reason"])),
            email=email,
        )


def _thanks(event: Event) -> Iterable[Draft]:
    receipt = Receipt.objects.select_related("payment__payer").get(public_id=event.subject)
    payer = getattr(receipt.payment, "payer", None)
    paid = payments.bills_of(receipt.payment)
    if payer is None or not payer.email or not paid:
        return
    yield Draft(
        merchant_id=receipt.merchant_id,
        template="receipt",
        about=paid[0].public_id,
        key=f"{receipt.public_id}:payer",
        language=receipt.payment.language,
        letter=payers.received(receipt, paid[0]),
        email=payer.email,
        paper=papers.newest(receipt.public_id),
    )


TO_PAYERS: dict[str, Callable[[Event], Iterable[Draft]]] = {
    "receipt.issued": _thanks,
    "invoice.sent": _bill,
    "invoice.reminded": _bill,
    "invoice.credited": _credit_note,
}


def _still_there(bill: Invoice, hands: Sequence[User | None]) -> list[User]:
    """Those of them who work there today."""
    wanted = {person.pk for person in hands if person}
    places = Membership.objects.filter(merchant_id=bill.merchant_id, user_id__in=wanted)
    return [place.user for place in places.select_related("user").order_by("pk")]


def _drafts(
    event: Event, bill: Invoice, make: Callable[[Invoice], Letter], readers: Sequence[User]
) -> list[Draft]:
    return [
        Draft(
            merchant_id=bill.merchant_id,
            template=event.kind.replace(".", "_"),
            about=bill.public_id,
            key=f"{event.public_id}:{person.public_id}",
            language=person.language,
            letter=people.in_language(make, bill, person.language),
            email=person.email,
        )
        for person in readers
    ]
