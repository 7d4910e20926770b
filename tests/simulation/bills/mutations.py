"""Planted bugs in what bills do. Each must be found in worlds that have bills."""

from __future__ import annotations

from typing import Any

import pytest

from sleek.invoices.actions import deducting, settling
from sleek.invoices.models import Entitlement, Instalment, Invoice
from sleek.payments.actions import billing
from sleek.payments.actions.billing import opening
from sleek.payments.models import Payment
from sleek.payments.queries import bills
from sleek.receipts import actions as receipts
from sleek.receipts.models import Receipt
from tests.simulation.mutations import Plant, named

BUGS: dict[str, Plant] = {}
bug = named(BUGS)


@bug
def what_was_meant_counts_and_not_what_came(patch: pytest.MonkeyPatch) -> None:
    def wrong(payment: Payment) -> list[tuple[Instalment, int]]:
        meant = sorted(payment.allocations.all(), key=lambda each: each.pk)
        return [(each.instalment, each.amount) for each in meant]

    patch.setattr(bills, "spread", wrong)


@bug
def bills_hear_of_no_refund(patch: pytest.MonkeyPatch) -> None:
    kinds = frozenset(kind for kind in billing.FOLLOWED if not kind.startswith("refund."))
    patch.setattr(billing, "FOLLOWED", kinds)
    patch.setattr(billing, "tell_what_goes_back", lambda payment: [], raising=False)


@bug
def the_page_decides_what_is_owed(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks again at what was paid since it was opened."""
    patch.setattr(opening, "_refuse_more_than_owed", lambda bill, shares: None)


@bug
def a_credit_note_leaves_the_sum_as_it_was(patch: pytest.MonkeyPatch) -> None:
    right = opening._left

    def wrong(bill: Invoice, paid: Any) -> int:
        return right(bill, paid) + bill.amount_credited

    patch.setattr(opening, "_left", wrong)


@bug
def too_much_is_not_told_with_the_rest(patch: pytest.MonkeyPatch) -> None:
    right = settling._record

    def wrong(invoice: Invoice, kind: str) -> None:
        if kind != "invoice.overpaid" or invoice.status != "paid":
            right(invoice, kind)

    patch.setattr(settling, "_record", wrong)


@bug
def a_promise_is_good_before_its_bill_is_paid(patch: pytest.MonkeyPatch) -> None:
    right = deducting.promise

    def wrong(invoice: Invoice, today: Any) -> None:
        right(invoice, today)
        Entitlement.objects.filter(invoice=invoice).update(status="available")

    patch.setattr(deducting, "promise", wrong)


@bug
def a_receipt_confirms_what_was_asked(patch: pytest.MonkeyPatch) -> None:
    def wrong(*, payment: Payment, **said: Any) -> Receipt:
        return Receipt(payment=payment, **said | {"amount": payment.amount})

    patch.setattr(receipts, "Receipt", wrong)
