"""What a payment still asks of its payer, and under which name the guard counts its tries."""

from __future__ import annotations

from sleek.links.models import PaymentLink
from sleek.merchants.models import Terms
from sleek.payments.models import Payment
from sleek.payments.queries.bills import bills_of


def terms_of(link: PaymentLink) -> Terms | None:
    """What its payers must agree to before they pay: the newest text."""
    if not link.asks_terms:
        return None
    return Terms.objects.filter(merchant_id=link.merchant_id).order_by("-version").first()


def terms_owed(payment: Payment) -> Terms | None:
    """What its payer has yet to agree to."""
    terms = terms_of(payment.link) if payment.link else None
    if terms is None or payment.acceptances.filter(terms=terms).exists():
        return None
    return terms


def guarded_as(payment: Payment) -> str:
    """By what the guard counts tries together: the link, or the bill, which can be paid by many
    payments of ever new amounts.
    """
    if payment.link:
        return payment.link.public_id
    paid = bills_of(payment)
    return paid[0].public_id if paid else payment.public_id
