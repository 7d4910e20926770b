"""What an editor holds is saved whole: who was typed, the bill, and what is to become of it.

Refused, none of it is: whoever presses the button again makes neither a second customer nor a
second draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.customers import actions as customers
from sleek.customers.actions import Details, TableRefused
from sleek.customers.models import TableFile
from sleek.invoices import queries
from sleek.invoices.actions import drafting
from sleek.invoices.actions.issuing import issue
from sleek.invoices.actions.reviewing import submit
from sleek.invoices.models import Invoice
from sleek.invoices.queries import MOST_BILLS, Draft, Sheaf
from sleek.merchants.models import Membership, Merchant


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


@transaction.atomic
def take_lines(file: TableFile, page: Page, *, leaves_out: bool = False, by: Membership) -> Invoice:
    """Write a table's lines into a draft, or into a new one; all of them, unless somebody said to
    leave out those that cannot be read. Raises `TableRefused`, and what `draw_up` raises.
    """
    found = queries.intake(file, page.draft)
    if found.obstacle is not None:
        raise TableRefused(queries.obstacle_in_words(found, page.draft))
    if found.missing and not leaves_out:
        raise TableRefused(
            _("Some rows cannot be read. Put them right, or say that they are to be left out.")
        )
    into = file.public_id
    if page.invoice is not None:
        # Imports into one draft follow each other. The same table may come again once the draft
        # says something else.
        drafting.lock(page.invoice)
        into = f"@{page.revision}"
    file = customers.take(file, len(found.found.entries), found.found.rejected, into=into)
    invoice = draw_up(replace(page, draft=found.draft), by=by)
    customers.tie(file, invoice.public_id)
    audit.record(
        "invoice.imported",
        invoice.public_id,
        scope=by.merchant.public_id,
        actor=by.user.public_id,
        data={"file": file.name, "rows": file.row_count},
    )
    return invoice


@transaction.atomic
def take_bills(
    file: TableFile, base: Draft, *, leaves_out: bool = False, again: bool = False, by: Membership
) -> TableFile:
    """Draw up all bills of a table, and add whom the address book does not know; all rows, unless
    somebody said to leave out those that cannot be read. Raises `TableRefused`, `InvalidInvoice`,
    `TooManyCustomers`.
    """
    # Two tables of one merchant follow each other, so the second one knows whom the first added.
    Merchant.objects.select_for_update(no_key=True).get(pk=file.merchant_id)
    found = queries.sheaf(file, base)
    _check(found, leaves_out=leaves_out, again=again)
    count = sum(len(each.numbers) for each in found.bills)
    file = customers.take(file, count, found.rejected, into=file.public_id)
    added = customers.add_many(by.merchant, found.newcomers, by=by.user)
    known = dict(zip(found.newcomers, added, strict=True))
    drafts = [
        replace(each.draft, customer=known[each.newcomer]) if each.newcomer else each.draft
        for each in found.bills
    ]
    bills = drafting.create_many(by.merchant, drafts, by=by.user)
    customers.tell_made(file, [bill.public_id for bill in bills])
    audit.record(
        "invoice.drafted_from_table",
        file.public_id,
        scope=by.merchant.public_id,
        actor=by.user.public_id,
        data={"file": file.name, "bills": len(bills)},
    )
    return file


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


def _check(found: Sheaf, *, leaves_out: bool, again: bool) -> None:
    if len(found.bills) > MOST_BILLS:
        said = _("This table makes %(count)s bills, and %(most)s come in at once. Split it.")
        raise TableRefused(said % {"count": len(found.bills), "most": MOST_BILLS})
    if found.earlier is not None and not again:
        raise TableRefused(
            _("This very table is imported already. Say that you want its bills once more.")
        )
    if found.missing and not leaves_out:
        raise TableRefused(
            _("Some rows cannot be read. Put them right, or say that they are to be left out.")
        )
