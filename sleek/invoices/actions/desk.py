"""What an editor holds is saved whole: who was typed, the bill, and what is to become of it.

Refused, none of it is: whoever presses the button again makes neither a second customer nor a
second draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction

from sleek.customers import actions as customers
from sleek.customers.actions import Details
from sleek.invoices import queries
from sleek.invoices.actions import drafting
from sleek.invoices.actions.issuing import issue
from sleek.invoices.actions.reviewing import submit
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft
from sleek.merchants.models import Membership


@dataclass(frozen=True, slots=True)
class Page:
    """A draft as its editor holds it: `invoice` and its `revision` where it was saved before, and
    the payer as a `newcomer`, where the address book is to learn of them.
    """

    draft: Draft
    invoice: Invoice | None = None
    revision: int = 0
    newcomer: Details | None = None


@transaction.atomic
def draw_up(page: Page, *, by: Membership) -> Invoice:
    """Raises `InvalidInvoice`, `NotADraft`, `ChangedMeanwhile`, `TooManyCustomers`."""
    draft = page.draft
    if page.newcomer is not None:
        customer = customers.add(by.merchant, page.newcomer, by=by.user)
        draft = replace(draft, customer=customer)
    if page.invoice is None:
        return drafting.create(by.merchant, draft, by=by.user)
    return drafting.rewrite(page.invoice, draft, revision=page.revision, by=by.user)


@transaction.atomic
def finish(page: Page, *, by: Membership) -> Invoice:
    """Save and issue it; or hand it in, where the rules want a second person. Raises what `draw_up`
    and `issue` raise.
    """
    invoice = draw_up(page, by=by)
    return submit(invoice, by=by) if queries.needs_review(invoice) else issue(invoice, by=by)


@contextmanager
def trial(draft: Draft, *, by: Membership, invoice: Invoice | None = None) -> Iterator[Invoice]:
    """The bill as it would be, for as long as it is looked at; nothing of it stays. `invoice` is
    the one that would be written over. Raises `InvalidInvoice`.
    """
    with transaction.atomic():
        author = invoice.created_by if invoice else by.user
        wished = Invoice(merchant=by.merchant, created_by=author)
        drafting.write(wished, draft, by.user)
        if invoice is not None:
            wished.replaces = invoice.replaces  # only shown: the draft itself bears it
        yield wished
        transaction.set_rollback(True)
