"""Whether a bill needs a second person before it is issued."""

from __future__ import annotations

from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.models import Invoice, ReviewRule
from sleek.invoices.queries.drafts import is_below_quotation
from sleek.invoices.rules import Condition, Subject
from sleek.merchants.models import Membership, User


def conditions(merchant_id: int) -> list[Condition]:
    return [_condition(row) for row in ReviewRule.objects.filter(merchant_id=merchant_id)]


def needs_review(invoice: Invoice) -> bool:
    """By the merchant's rules as they are now. The author's role is the one they have now."""
    known = conditions(invoice.merchant_id)
    if not known:
        return False
    author = Membership.objects.filter(
        merchant_id=invoice.merchant_id, user_id=invoice.created_by_id
    ).first()
    subject = Subject(
        total=invoice.total,
        author_role=author.role if author else "",
        customer_id=invoice.customer_id,
        is_below_quotation=is_below_quotation(invoice),
    )
    return rules.needs_review(known, subject)


def may_approve(invoice: Invoice, user: User) -> bool:
    """Whether somebody had no hand in it: neither wrote, nor edited, nor handed it in."""
    hands = {invoice.created_by_id, invoice.edited_by_id}
    hands |= set(invoice.reviews.filter(verdict="submitted").values_list("by_id", flat=True))
    return user.pk not in hands


def _condition(row: ReviewRule) -> Condition:
    return Condition(
        amount_from=Money(row.amount_from, row.currency) if row.amount_from else None,
        author_role=row.author_role,
        customer_id=row.customer_id,
        is_below_quotation=row.is_below_quotation,
    )
