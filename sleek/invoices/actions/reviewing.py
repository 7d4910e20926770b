"""A second person looks (内部审核与签发).

What is approved is a content, by its hash: whoever approves says which one they read, and any edit
afterwards makes the approval worthless. Nobody approves what they wrote, edited or handed in.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.invoices import queries
from sleek.invoices.actions.drafting import NotADraft, lock, record
from sleek.invoices.actions.issuing import issue, refuse_unseen
from sleek.invoices.models import Invoice, Review, ReviewRule
from sleek.invoices.rules import Condition, InvoiceStatus
from sleek.merchants.models import Membership, Merchant, User


class OwnBill(SleekError):
    """Who had a hand in a bill does not approve it."""

    code = "own_bill"


class NotInReview(SleekError):
    """The bill does not wait for anybody's approval."""

    code = "not_in_review"


@transaction.atomic
def submit(invoice: Invoice, *, by: Membership) -> Invoice:
    """Raises `NotADraft`."""
    invoice = lock(invoice)
    if invoice.status != InvoiceStatus.DRAFT:
        raise NotADraft(_("This bill is no draft any more."))
    return _turn(invoice, InvoiceStatus.IN_REVIEW, "invoice.submitted", by.user)


@transaction.atomic
def approve(invoice: Invoice, *, seen_hash: str, by: Membership) -> Invoice:
    """Approve and issue in one. Raises `NotInReview`, `OwnBill`, `ContentChanged`, or what `issue`
    raises.
    """
    invoice = _under_review(invoice)
    if not queries.may_approve(invoice, by.user):
        raise OwnBill(_("Somebody who did not write this bill has to approve it."))
    refuse_unseen(invoice, seen_hash)
    invoice.approved_hash = seen_hash
    invoice.save(update_fields=["approved_hash"])
    _note(invoice, "invoice.approved", by.user)
    return issue(invoice, by=by)


@transaction.atomic
def send_back(invoice: Invoice, reason: str, *, by: Membership) -> Invoice:
    """Return it to its author, with a reason. Raises `NotInReview`."""
    return _turn(_under_review(invoice), InvoiceStatus.DRAFT, "invoice.returned", by.user, reason)


@transaction.atomic
def withdraw(invoice: Invoice, *, by: Membership) -> Invoice:
    """Take it back before anybody decided. Raises `NotInReview`."""
    return _turn(_under_review(invoice), InvoiceStatus.DRAFT, "invoice.withdrawn", by.user)


@transaction.atomic
def set_review_rules(merchant: Merchant, conditions: Sequence[Condition], *, by: User) -> None:
    """Replace all conditions; none means that nobody has to look."""
    merchant.review_rules.all().delete()
    ReviewRule.objects.bulk_create(
        ReviewRule(
            merchant=merchant,
            amount_from=condition.amount_from.minor if condition.amount_from else None,
            currency=condition.amount_from.currency if condition.amount_from else "",
            author_role=condition.author_role,
            customer_id=condition.customer_id,
            is_below_quotation=condition.is_below_quotation,
            created_by=by,
        )
        for condition in conditions
    )
    audit.record(
        "review_rules.set",
        merchant.public_id,
        scope=merchant.public_id,
        actor=by.public_id,
        data={"count": len(conditions)},
    )


def _under_review(invoice: Invoice) -> Invoice:
    invoice = lock(invoice)
    if invoice.status != InvoiceStatus.IN_REVIEW:
        raise NotInReview(_("This bill does not wait for approval."))
    return invoice


def _turn(
    invoice: Invoice, status: InvoiceStatus, kind: str, by: User, reason: str = ""
) -> Invoice:
    invoice.status, invoice.approved_hash, invoice.updated_at = status, "", clock.now()
    invoice.save(update_fields=["status", "approved_hash", "updated_at"])
    _note(invoice, kind, by, reason)
    return invoice


def _note(invoice: Invoice, kind: str, by: User, reason: str = "") -> None:
    Review.objects.create(
        invoice=invoice,
        verdict=kind.removeprefix("invoice."),
        content_hash=queries.content_hash(invoice),
        reason=reason.strip(),
        by=by,
    )
    record(invoice, kind, by, **({"reason": reason.strip()} if reason else {}))
