"""What comes after payments: money that goes back, a wrong amount, a part that is held."""

from __future__ import annotations

from django.db.models import F

from sleek.channels.base import Outcome, RefundReport, Report
from sleek.core.money import Money
from sleek.merchants.models import Membership, User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.refunds import actions as refunds
from sleek.refunds.rules import RefundReason
from sleek.splits import actions as splits
from sleek.splits.rules import ShareWish

SHORT_BY = 150  # minor units; a bank between took them
HELD = 300_000  # millionths
HELD_DAYS = 14


def furnish(owner: Membership, wrong: Attempt, held: Attempt) -> None:
    """Of two open tries one brings too little, and of the other's money a part is kept back."""
    _give_back(owner.user)
    received = wrong.money - Money(SHORT_BY, wrong.currency)
    _paid(wrong, received)
    link = held.payment.link
    assert link is not None
    shares = [ShareWish(HELD, release_after_days=HELD_DAYS)]
    splits.attach(
        link, splits.create_plan(owner, "样品质保 Until the sample is approved", shares), owner
    )
    _paid(held, held.money)
    splits.hold(held.payment)


def _give_back(by: User) -> None:
    """Half of a card payment of late; it has arrived."""
    paid = Payment.objects.filter(status="succeeded", currency="USD", amount_paid=F("amount"))
    payment = paid.filter(attempts__channel="stripe").order_by("-succeeded_at")[0]
    half = Money(payment.amount_paid // 2, payment.currency)
    reason = RefundReason.NOT_AS_DESCRIBED
    for refund in refunds.promise(payment, half, reason=reason, by=by):
        refunds.apply_report(
            RefundReport(refund.public_id, Outcome.SUCCEEDED, refund.money, reference="re_demo")
        )


def _paid(attempt: Attempt, received: Money) -> None:
    payments.apply_reports(
        [Report(attempt.public_id, Outcome.SUCCEEDED, received, payer="Visa •4242")]
    )
