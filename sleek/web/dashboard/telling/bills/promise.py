"""What a bill promises to deduct later: what became of it, and what may be done with the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise

from sleek.core.money import Money
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import DeductionStatus, EntitlementStatus
from sleek.merchants.rules import Right
from sleek.payments.models import Payment
from sleek.refunds import queries as refunds
from sleek.refunds.rules import RefundReason
from sleek.reports.queries.bills import History
from sleek.web.dashboard.telling.bills import words


@dataclass(frozen=True, slots=True)
class Claim:
    """What a later bill deducts of it, or a draft plans to."""

    invoice: Invoice
    money: Money
    word: Promise


@dataclass(frozen=True, slots=True)
class Return:
    """So much of it can go back through the payment that it came by."""

    money: Money
    url: str


@dataclass(frozen=True, slots=True)
class Promised:
    entitlement: Entitlement
    word: Promise
    claims: list[Claim] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    may_forfeit: bool = False


def of(invoice: Invoice, history: History, rights: Collection[str]) -> Promised | None:
    found = Entitlement.objects.select_related("invoice").filter(invoice=invoice).first()
    if found is None:
        return None
    is_there = found.status == EntitlementStatus.AVAILABLE and found.left.minor > 0
    returns = found.is_deposit and Right.GIVE_MONEY_BACK in rights
    return Promised(
        entitlement=found,
        word=words.PROMISES[found.status],
        claims=_claims(found),
        returns=_returns(found, history) if returns else [],
        may_forfeit=found.is_deposit and is_there and Right.ASK_FOR_MONEY in rights,
    )


def _claims(entitlement: Entitlement) -> list[Claim]:
    rows = entitlement.deductions.exclude(status=DeductionStatus.RELEASED)
    return [
        Claim(each.invoice, Money(each.taken, entitlement.currency), words.CLAIMS[each.status])
        for each in rows.select_related("invoice").order_by("pk")
    ]


def _returns(entitlement: Entitlement, history: History) -> list[Return]:
    """What no bill deducts; forfeited or not, the payee may give it back."""
    left = entitlement.left + entitlement.forfeited
    found = []
    for each in history.payments:
        of_payment = min(each.amount - each.refunded, refunds.left(each.payment).minor)
        part = Money(min(of_payment, left.minor), left.currency)
        if part.minor > 0:
            found.append(Return(part, _address(each.payment, part)))
            left -= part
    return found


def _address(payment: Payment, amount: Money) -> str:
    asked = {"amount": amount.minor, "reason": RefundReason.REQUESTED.value}
    url = reverse("refund-create", args=[payment.public_id])
    return f"{url}?{urlencode(asked)}"
