"""When what a link offers has run out, or is all being paid for just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sleek.links.models import PaymentLink
from sleek.payments.models import Payment
from sleek.stock import queries as stock
from sleek.stock.models import Hold
from sleek.stock.rules import HoldStatus

FEW = 10  # pieces or places: from here on the page says how many are left


@dataclass(frozen=True, slots=True)
class Shortage:
    """`until` is when the first who holds some must have paid; without it nothing comes back."""

    until: datetime | None = None


def of_link(link: PaymentLink, quantity: int = 1) -> Shortage | None:
    """What keeps a new payer from paying for so many."""
    for each, wanted in ((link.uses, 1), (link.pieces, quantity)):
        if each and each.left < wanted:
            can_come_back = each.total - each.taken >= wanted
            return Shortage(stock.next_end(each) if can_come_back else None)
    return None


def of_payment(payment: Payment) -> Shortage | None:
    """The same for somebody who began before, and may hold what they want."""
    if payment.link is None:
        return None
    holds = Hold.objects.filter(owner=payment.public_id, status=HoldStatus.HELD)
    return None if holds.exists() else of_link(payment.link, payment.quantity or 1)


def left(link: PaymentLink) -> int | None:
    """How many somebody who comes now can have, where that is limited."""
    limits = [each.left for each in (link.uses, link.pieces) if each]
    return min(limits, default=None)
