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
    """By the merchant's rules as they are now. The authors, who began it and who changed it last,
    have the roles that they have now.
    """
    known = conditions(invoice.merchant_id)
    if not known:
        return False
    authors = Membership.objects.filter(
        merchant_id=invoice.merchant_id, user_id__in={invoice.created_by_id, invoice.edited_by_id}
    )
    is_below = is_below_quotation(invoice)
    return any(
        rules.needs_review(known, Subject(invoice.total, role, invoice.customer_id, is_below))
        for role in {*authors.values_list("role", flat=True), ""}
    )


def hands(invoice: Invoice) -> set[int | None]:
    """Who began it, changed it, or handed it in."""
    known = invoice.reviews.filter(verdict__in=["edited", "submitted"])
    return {invoice.created_by_id, invoice.edited_by_id, *known.values_list("by_id", flat=True)}


def may_approve(invoice: Invoice, user: User) -> bool:
    """Whether somebody had no hand in it."""
    return user.pk not in hands(invoice)


def _condition(row: ReviewRule) -> Condition:
    return Condition(
        amount_from=Money(row.amount_from, row.currency) if row.amount_from else None,
        author_role=row.author_role,
        customer_id=row.customer_id,
        is_below_quotation=row.is_below_quotation,
    )
