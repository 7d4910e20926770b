"""Holding portions of a payment that succeeded, and releasing them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.ledger import actions as ledger
from sleek.ledger import queries, recipes
from sleek.ledger import rules as books
from sleek.ledger.actions import Entry
from sleek.merchants.models import Membership
from sleek.payments.models import Payment
from sleek.payments.rules import PaymentStatus
from sleek.splits import rules
from sleek.splits.models import Portion, Share
from sleek.splits.rules import PortionStatus


class NotReleasable(SleekError):
    """The portion is released or returned already."""

    code = "not_releasable"


@transaction.atomic
def hold(payment: Payment) -> None:
    """Keep back the portions of a payment, as far as the merchant's books hold them; the rest waits
    and is tried again. Repeating it changes nothing.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    if payment.status != PaymentStatus.SUCCEEDED or payment.link is None:
        return
    if not payment.portions.exists():
        _share_out(payment)
    entries, facts = [], []
    own = queries.purse(payment.merchant_id, payment.currency)
    for portion in payment.portions.filter(status=PortionStatus.WAITING).order_by("pk"):
        own, taken = own.take(portion.left)
        if taken is None:
            continue
        portion.status = PortionStatus.HELD
        portion.save(update_fields=["status"])
        entries.append(entry(portion, "portion_held", recipes.portion_held(*taken)))
        facts.append(fact("portion.held", portion))
    events.record(facts)
    ledger.post(entries)


def _share_out(payment: Payment) -> None:
    """One portion for each share that was agreed on when the payment succeeded. What went back by
    now went back of it, too.
    """
    paid = Money(payment.amount_paid, payment.currency)
    refunded = Money(payment.amount_refunded, payment.currency)
    moment = payment.succeeded_at or clock.now()
    shares = Share.objects.filter(plan__links__link=payment.link_id, plan__archived_at=None)
    portions = [
        Portion(
            merchant_id=payment.merchant_id,
            payment=payment,
            share=share,
            beneficiary_id=share.beneficiary_id,
            amount=amount.minor,
            currency=amount.currency,
            release_at=rules.release_at(moment, share.release_after_days),
        )
        for share in shares.order_by("pk")
        if share.is_agreed and (amount := rules.portion(paid, share.millionths)).minor
    ]
    for each in portions:
        each.amount_returned = rules.taken_back(each.money, refunded=refunded, paid=paid).minor
        if not each.left.minor:
            each.status = PortionStatus.RETURNED
    Portion.objects.bulk_create(portions)


@transaction.atomic
def release(portion: Portion, by: Membership) -> None:
    """Somebody says that the portion may go; the worker moves the money a moment later.

    Raises `NotReleasable`.
    """
    portion = _locked(portion)
    if not portion.may_be_released:
        raise NotReleasable(_("This money is released or went back already."))
    portion.release_at = clock.now()
    portion.save(update_fields=["release_at"])
    audit.record(
        "portion.released",
        portion.public_id,
        scope=by.merchant.public_id,
        actor=by.user.public_id,
        data={"amount": portion.left.minor, "currency": portion.currency},
    )


@transaction.atomic
def release_now(portion: Portion) -> None:
    """The moment has come: to the merchant's own, or to the other wallet."""
    portion = _locked(portion)
    is_due = portion.release_at is not None and portion.release_at <= clock.now()
    if portion.status != PortionStatus.HELD or not is_due:
        return
    left = portion.left
    portion.status, portion.released_at = PortionStatus.RELEASED, clock.now()
    portion.save(update_fields=["status", "released_at"])
    facts = [fact("portion.released", portion)]
    if portion.beneficiary_id:
        facts.append(Fact("share.received", portion.public_id, portion.beneficiary_id, said(left)))
        entries = across(portion, left, ("share_paid", "share_received"))
    else:
        behind = thawing(portion, left)
        entries = [entry(portion, "portion_released", recipes.portion_released(left, behind))]
    events.record(facts)
    ledger.post(entries)


def across(portion: Portion, amount: Money, kinds: tuple[str, str], mark: str = "") -> list[Entry]:
    """Out of the one wallet and into the other: two balanced entries of one post."""
    ours, theirs = (getattr(recipes, kind)(amount) for kind in kinds)
    assert portion.beneficiary_id is not None
    subject, now = portion.public_id + mark, clock.now()
    return [
        Entry(portion.merchant_id, kinds[0], subject, ours, now),
        Entry(portion.beneficiary_id, kinds[1], subject, theirs, now),
    ]


def thawing(portion: Portion, amount: Money) -> Money:
    """How much of a frozen amount is still in transit."""
    merchant_id, currency = portion.merchant_id, portion.currency
    return books.thawing(
        amount,
        in_transit=queries.balance(merchant_id, "in_transit", currency),
        at_channels=queries.at_channels(merchant_id, currency),
    )


def entry(portion: Portion, kind: str, postings: recipes.Postings, mark: str = "") -> Entry:
    return Entry(portion.merchant_id, kind, portion.public_id + mark, postings, clock.now())


def fact(kind: str, portion: Portion) -> Fact:
    data = said(portion.left) | {"portion": portion.public_id}
    return Fact(kind, portion.payment.public_id, portion.merchant_id, data)


def said(amount: Money) -> dict[str, object]:
    return {"amount": amount.minor, "currency": amount.currency}


def _locked(portion: Portion) -> Portion:
    Payment.objects.select_for_update(no_key=True).get(pk=portion.payment_id)
    return Portion.objects.select_related("payment").get(pk=portion.pk)
