"""What is written once something happened to a bill: each thing once, by its event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sleek.events.models import Event
from sleek.invoices.models import Invoice, Sending
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
    {*TO_AUTHORS, "invoice.submitted", "invoice.sent", "invoice.paid", "receipt.issued"}
)


def tell(news: Sequence[Event]) -> None:
    """In the caller's transaction."""
    rows = Invoice.objects.select_related("merchant", "brand__merchant", "created_by", "issued_by")
    bills = rows.in_bulk({event.subject for event in news}, field_name="public_id")
    for event in news:
        bill = bills.get(event.subject)
        match event.kind:
            case "receipt.issued":
                write(list(_thanks(event)))
            case "invoice.sent":
                write(list(_bill(event)))
            case "invoice.submitted" if bill and bill.status == InvoiceStatus.IN_REVIEW:
                reviewers = people_who_may(Right.APPROVE, bill.merchant_id)
                hands = {bill.created_by_id, bill.edited_by_id}
                others = [each for each in reviewers if each.pk not in hands]
                write(_drafts(event, bill, people.review_wanted, others))
            case "invoice.paid" if bill:
                makers = [bill.created_by, bill.issued_by]
                write(_drafts(event, bill, people.paid, _still_there(bill, makers)))
            case "invoice.returned" | "invoice.approved" if bill:
                author = _still_there(bill, [bill.created_by])
                write(_drafts(event, bill, TO_AUTHORS[event.kind], author))


def _bill(event: Event) -> Iterable[Draft]:
    """Nobody is asked to pay a bill that was voided before the letter left."""
    sending = Sending.objects.select_related("invoice__brand__merchant", "paper").get(
        public_id=event.data["sending"]
    )
    if sending.invoice.status == InvoiceStatus.VOID:
        return
    yield Draft(
        merchant_id=sending.merchant_id,
        template="bill_sent",
        about=sending.invoice.public_id,
        key=f"{sending.public_id}:payer",
        language=sending.language,
        letter=payers.sent(sending),
        email=sending.to,
        paper=sending.paper,
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
