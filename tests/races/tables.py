"""Races about lines that come to a draft from a table."""

from __future__ import annotations

from sleek.customers import actions as customers
from sleek.customers.models import TableFile
from sleek.customers.rules import LINES
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.actions import Page, drafting
from sleek.invoices.models import Invoice
from sleek.merchants.models import Membership, Merchant, Role, User
from tests import billing
from tests.fakes.channel import Bank
from tests.races.locks import guarded_by
from tests.races.turns import DONE, REFUSED, meet

TABLE = b"Item,Qty,Unit price,Amount\nBowl,2,3,6\nTotal,,,6\n"


def _uploaded(by: Membership, bill: Invoice) -> TableFile:
    return customers.keep_table(by, LINES, "q.csv", TABLE, subject=bill.public_id)


def _colleague(shop: Merchant) -> Membership:
    user = User.objects.create_user("mei@example.com")
    return Membership.objects.create(user=user, merchant=shop, role=Role.SALES)


def _items(bill: Invoice) -> list[str]:
    return list(bill.lines.values_list("item", flat=True))


@guarded_by(drafting.lock)
def one_table_comes_to_a_draft_once_whoever_uploads_it(shop: Merchant, bank: Bank) -> None:
    bill, owner, mei = billing.drafted(shop), billing.owner(shop), _colleague(shop)
    page = Page(bills.draft_of(bill), bill, bill.revision)
    first, second = _uploaded(owner, bill), _uploaded(mei, bill)
    came = meet(
        lambda: invoices.take_lines(first, page, by=owner),
        lambda: invoices.take_lines(second, page, by=mei),
    )
    assert came == (DONE, REFUSED)
    assert _items(bill) == ["Celadon vase, sample", "Bowl"]
    assert TableFile.objects.exclude(imported_at=None).get() == first


@guarded_by(drafting.lock)
def lines_come_over_nobodys_edit(shop: Merchant, bank: Bank) -> None:
    bill, owner = billing.drafted(shop), billing.owner(shop)
    said = bills.draft_of(bill)
    page, file = Page(said, bill, bill.revision), _uploaded(owner, bill)
    came = meet(
        lambda: invoices.rewrite(bill, said, revision=bill.revision, by=owner.user),
        lambda: invoices.take_lines(file, page, by=owner),
    )
    assert came == (DONE, REFUSED)
    file.refresh_from_db()
    assert (_items(bill), file.imported_at) == (["Celadon vase, sample"], None)
