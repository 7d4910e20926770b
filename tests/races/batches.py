"""Races about acts on many bills, and about reminders."""

from __future__ import annotations

from sleek.invoices import actions as invoices
from sleek.invoices.actions import batching, drafting
from sleek.invoices.actions.batching import starting, working
from sleek.invoices.models import Batch, Invoice, Sending
from sleek.invoices.rules import BatchKind
from sleek.merchants.models import Merchant
from tests import billing
from tests.fakes.channel import Bank
from tests.races.locks import guarded_by
from tests.races.turns import DONE, REFUSED, meet

COUNTING = r'UPDATE "invoices_batch"'


def _batch(shop: Merchant, kind: BatchKind) -> Batch:
    return batching.start(kind, shop.invoices.all(), by=billing.owner(shop))


def _refused(shop: Merchant) -> None:
    """Without a payer no bill is issued, and its row holds nobody up."""
    Invoice.objects.filter(pk=billing.drafted(shop).pk).update(payer_name="")


@guarded_by(working._step)
def a_bill_of_a_batch_goes_out_once(shop: Merchant, bank: Bank) -> None:
    billing.issued(shop)
    _batch(shop, BatchKind.SEND)
    assert meet(batching.work, batching.work) == (DONE, DONE)
    assert Sending.objects.count() == 1


@guarded_by(working._count)
def no_bill_of_a_batch_is_left_uncounted(shop: Merchant, bank: Bank) -> None:
    for _ in range(2):
        _refused(shop)
    batch = _batch(shop, BatchKind.ISSUE)
    assert meet(batching.work, batching.work, before=COUNTING) == (DONE, DONE)
    batch.refresh_from_db()
    assert (batch.refused_count, batch.left) == (2, 0)


@guarded_by(starting.stop)
def what_has_ended_is_not_stopped(shop: Merchant, bank: Bank) -> None:
    _refused(shop)
    batch, owner = _batch(shop, BatchKind.ISSUE), billing.owner(shop).user
    came = meet(batching.work, lambda: batching.stop(batch, by=owner), before=COUNTING)
    assert came == (DONE, DONE)
    batch.refresh_from_db()
    assert (batch.refused_count, batch.stopped_at) == (1, None)


@guarded_by(drafting.lock)
def a_payer_is_reminded_once_a_day(shop: Merchant, bank: Bank) -> None:
    bill, owner = billing.issued(shop), billing.owner(shop).user

    def remind() -> None:
        invoices.remind(bill, by=owner)

    assert meet(remind, remind) == (DONE, REFUSED)
    assert Sending.objects.count() == 1
