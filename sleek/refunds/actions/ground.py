"""What all verbs on refunds share: the lock, facts, entries, and expected dates."""

from __future__ import annotations

from datetime import datetime

from sleek.audit import actions as audit
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events.actions import Fact
from sleek.ledger import queries as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.ledger.recipes import Bucket
from sleek.merchants.models import User
from sleek.payments.models import Attempt, Payment
from sleek.refunds import queries, rules
from sleek.refunds.models import Refund
from sleek.refunds.rules import Shares


class NotRefundable(SleekError):
    """There is nothing (left) to give back, or not by this person or in this way."""

    code = "not_refundable"


def lock(refund: Refund) -> Refund:
    """In the caller's transaction: its payment's row is ours, and what is read now is true."""
    lock_payment(refund.attempt.payment_id)
    known = Refund.objects.select_related(
        "attempt__payment__merchant", "attempt__payment__payer", "attempt__origin"
    )
    return known.get(pk=refund.pk)


def lock_payment(payment_id: int) -> Payment:
    return Payment.objects.select_for_update(no_key=True).get(pk=payment_id)


def fact(kind: str, refund: Refund, **more: object) -> Fact:
    data: dict[str, object] = {
        "refund": refund.public_id,
        "attempt": refund.attempt.public_id,
        "amount": refund.amount,
        "currency": refund.currency,
        "reason": refund.reason,
        **more,
    }
    return Fact(kind, refund.attempt.payment.public_id, refund.merchant_id, data)


def entry(kind: str, refund: Refund, postings: recipes.Postings, at: datetime) -> Entry:
    return Entry(refund.merchant_id, kind, refund.public_id, postings, at)


def record(action: str, refund: Refund, by: User, **data: object) -> None:
    audit.record(
        action,
        refund.public_id,
        scope=refund.attempt.payment.merchant.public_id,
        actor=by.public_id,
        data={"amount": refund.amount, "currency": refund.currency, **data},
    )


def expect(refund: Refund, at: datetime) -> None:
    """Note between which days the payer can expect it, when it leaves at that moment."""
    payment = refund.attempt.payment
    start = at.astimezone(payment.merchant.zone).date()
    span = rules.window(refund.attempt.method, refund.route)
    refund.lands_from, refund.lands_by = rules.arrives_between(
        start, span, queries.country_of(payment)
    )


def money_of(attempt: Attempt) -> Attempt:
    """The try by which the money came: what a person applied elsewhere is still that one's."""
    while attempt.origin is not None:
        attempt = attempt.origin
    return attempt


def promised(refund: Refund) -> recipes.Postings:
    postings: recipes.Postings = []
    for bucket, minor in refund.shares.items():
        postings += recipes.refund_promised(bucket, Money(minor, refund.currency))
    return postings


def returned(refund: Refund) -> recipes.Postings:
    postings: recipes.Postings = []
    for bucket, minor in returning(refund, Money(0, refund.currency)).items():
        postings += recipes.refund_failed(bucket, Money(minor, refund.currency))
    return postings


def bounced(refund: Refund) -> recipes.Postings:
    """It had been paid: the outside has it again, and it is the merchant's as before."""
    if refund.route == rules.Route.BANK:
        is_own = refund.source == rules.Source.PAYMENT
        bucket: Bucket = "available" if is_own else next(iter(refund.shares))
        return recipes.refund_sent_back_by_bank(bucket, refund.money)
    channel = refund.attempt.channel
    postings: recipes.Postings = []
    for bucket, minor in returning(refund, refund.money).items():
        postings += recipes.refund_bounced(channel, bucket, Money(minor, refund.currency))
    return postings


def returning(refund: Refund, again_there: Money) -> Shares:
    """To which accounts it returns, when channels hold so much more than the books say yet."""
    place = refund.merchant_id, refund.currency
    held = ledger.at_channels(*place) + again_there
    in_transit = ledger.balance(refund.merchant_id, "in_transit", refund.currency)
    behind = rules.behind(in_transit, held)
    return rules.returning(refund.shares, refund.money, behind=behind)
