"""What payers are told once their transfer is on the payee's bank statement."""

from __future__ import annotations

from collections.abc import Sequence

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.notifications import transfer_letters
from sleek.notifications.actions.messages import Draft, write
from sleek.payments.models import Announcement, Payer, Payment
from sleek.payments.rules import Surplus

FOLLOWED = frozenset({"bank_line.matched"})


def tell(news: Sequence[Event]) -> None:
    """As part of a consumer of events."""
    keys = {event.subject for event in news}
    known = Payment.objects.filter(public_id__in=keys).select_related("merchant", "link__brand")
    payments = {payment.public_id: payment for payment in known}
    for event in news:
        _tell(event, payments[event.subject])


def _tell(event: Event, payment: Payment) -> None:
    email, language = _reader(payment)
    if not email:
        return
    came = Money(int(str(event.data["amount"])), str(event.data["currency"]))
    letter = transfer_letters.arrived(payment, came, _missing(payment), language)
    key = f"{event.data['line']}:payer"
    draft = Draft(
        merchant_id=payment.merchant_id,
        template="transfer_arrived",
        about=payment.public_id,
        key=key,
        language=language,
        letter=letter,
        email=email,
    )
    write([draft])


def _reader(payment: Payment) -> tuple[str, str]:
    """Where the payer asked to be told, or else the address they entered before paying."""
    told = Announcement.objects.filter(attempt__payment=payment).exclude(email="").order_by("-pk")
    announced = told.values_list("email", "language").first()
    if announced:
        return announced
    payer = Payer.objects.filter(payment=payment).first()
    return (payer.email if payer else ""), payment.language


def _missing(payment: Payment) -> Money | None:
    """What has yet to come, while the payment waits for the rest of it."""
    parts = payment.attempts.filter(surplus=Surplus.AMOUNT, resolution="")
    came = sum(part.amount_received or 0 for part in parts)
    if payment.succeeded_at or not 0 < came < payment.amount:
        return None
    return Money(payment.amount - came, payment.currency)
