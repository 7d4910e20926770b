"""Races about bills: their stages, and deposits."""

from __future__ import annotations

from datetime import timedelta

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.actions import deducting
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import Nature, Stage, deduction
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.payments.actions import billing as payments_billing
from sleek.payments.actions.billing import dividing as stages
from sleek.payments.models import Payment
from sleek.refunds import actions as refunds
from sleek.refunds.rules import RefundReason
from tests import billing, people
from tests.fakes.channel import Bank
from tests.races.locks import guarded_by
from tests.races.turns import DONE, REFUSED, meet

TEN = Money(1000, "USD")


@guarded_by(stages._lock)
def what_somebody_begins_to_pay_is_not_divided(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop, billing.line("10"))
    payment = billing.payment(*billing.whole(bill))
    day = clock.now().date() + timedelta(days=9)
    halves = [Stage(name, amount=Money(500, "USD"), due_on=day) for name in ("One", "Two")]
    owner, seen = billing.owner(shop), queries.plan_seen(bill)
    came = meet(
        lambda: payments_billing.divide(bill, halves, seen=seen, by=owner),
        lambda: people.attempt(payment),
    )
    assert came == (DONE, REFUSED)
    payment.refresh_from_db()
    assert (payment.status, payment.attempts.count()) == ("expired", 0)
    assert [stage.amount for stage in bill.instalments.all()] == [500, 500]


@guarded_by(deducting.forfeit)
def a_deposit_is_kept_or_deducted(shop: Merchant, bank: Bank) -> None:
    _deposit(shop, bank)
    promise, owner = Entitlement.objects.get(), billing.owner(shop)
    final = billing.drafted(shop, billing.line("30"))
    came = meet(
        lambda: invoices.forfeit(promise, "cancelled", by=owner.user),
        lambda: invoices.issue(final, by=owner),
    )
    assert came == (DONE, REFUSED)
    promise.refresh_from_db()
    assert (promise.status, promise.amount_withheld, promise.amount_reserved) == (
        "forfeited",
        1000,
        0,
    )


@guarded_by(deducting.follow)
def a_deposit_that_goes_back_is_not_deducted(shop: Merchant, bank: Bank) -> None:
    payment, owner = _deposit(shop, bank), billing.owner(shop)
    final = billing.drafted(shop, billing.line("30"))
    came = meet(
        lambda: refunds.promise(payment, TEN, reason=RefundReason.REQUESTED, by=owner.user),
        lambda: invoices.issue(final, by=owner),
        before='UPDATE "invoices_entitlement"',
    )
    assert came == (DONE, REFUSED)
    promise = Entitlement.objects.get()
    assert (promise.status, promise.amount_lost, promise.amount_reserved) == ("void", 1000, 0)
    assert Invoice.objects.get(pk=final.pk).status == "draft"


def _deposit(shop: Merchant, bank: Bank) -> Payment:
    """Of ten, and paid."""
    said = {"nature": Nature.DEPOSIT, "policy": deduction.deposit(TEN, "USD")}
    bill = billing.issued(shop, billing.line("10"), **said)
    payment = billing.payment(*billing.whole(bill))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    payments_billing.tell(bill)
    return Payment.objects.get(pk=payment.pk)
