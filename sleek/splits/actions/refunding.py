"""What refunds of a payment take back from its portions.

How much that is follows from how much of the payment is refunded, so a promise, a failure and a
repetition all end in the same place. Held money is the merchant's again at once, within the
refund's own transaction; from another wallet the worker fetches it a moment later, and again until
that wallet has it.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from sleek.core.money import Money
from sleek.ledger import actions as ledger
from sleek.ledger import queries, recipes
from sleek.ledger.actions import Entry, InsufficientFunds
from sleek.payments.models import Payment
from sleek.splits import rules
from sleek.splits.actions.portions import across, entry, thawing
from sleek.splits.models import Portion
from sleek.splits.rules import PortionStatus


def give_up(payment: Payment) -> list[Entry]:
    """Entries that let go of held money in proportion, for the caller to post with the refund's.

    The payment is locked and its `amount_refunded` is what it will be.
    """
    entries: list[Entry] = []
    for portion in payment.portions.order_by("pk"):
        delta = _delta(payment, portion)
        if not delta.minor:
            continue
        if portion.status == PortionStatus.HELD and delta.minor > 0:
            entries.append(_let_go(portion, delta))
        elif _is_another_wallets(portion) or delta.minor < 0:
            portion.is_settled = False
            portion.save(update_fields=["is_settled"])
        else:
            _follow(portion, delta)
    return entries


def _let_go(portion: Portion, delta: Money) -> Entry:
    behind = thawing(portion, delta)
    _follow(portion, delta)
    postings = recipes.portion_released(delta, behind)
    return entry(portion, "portion_given_up", postings, _mark(portion))


def settle_up(payment: Payment) -> None:
    """Bring portions in line with what is refunded now: after a refund failed, and where money has
    to be fetched from another wallet. What cannot be done yet is tried again.
    """
    for portion in payment.portions.order_by("pk"):
        try:
            _settle(portion)
        except InsufficientFunds:
            Portion.objects.filter(pk=portion.pk).update(is_settled=False)


@transaction.atomic
def _settle(portion: Portion) -> None:
    payment = Payment.objects.select_for_update(no_key=True).get(pk=portion.payment_id)
    portion = Portion.objects.get(pk=portion.pk)
    delta = _delta(payment, portion)
    entries: list[Entry] = []
    if delta.minor and _is_another_wallets(portion):
        _follow(portion, delta)
        kinds = ("share_recovered", "share_returned")
        if delta.minor < 0:
            kinds = ("share_paid_again", "share_received")
        amount = Money(abs(delta.minor), delta.currency)
        entries = across(portion, amount, kinds, _mark(portion))
    elif delta.minor < 0 and portion.status in (PortionStatus.HELD, PortionStatus.RETURNED):
        entries = [_hold_again(portion, delta)]
    elif delta.minor > 0 and portion.status == PortionStatus.HELD:
        entries = [_let_go(portion, delta)]
    elif delta.minor:
        _follow(portion, delta)
    if not portion.is_settled:
        portion.is_settled = True
        portion.save(update_fields=["is_settled"])
    ledger.post(entries)


def _hold_again(portion: Portion, delta: Money) -> Entry:
    """A refund failed, and the portion is what it was. Raises `InsufficientFunds` while the
    merchant's books do not hold that much.
    """
    purse = queries.purse(portion.merchant_id, portion.currency)
    _, taken = purse.take(Money(-delta.minor, delta.currency))
    if taken is None:
        raise InsufficientFunds("The merchant's books do not hold the portion.")
    _follow(portion, delta)
    return entry(portion, "portion_held_again", recipes.portion_held(*taken), _mark(portion))


def _delta(payment: Payment, portion: Portion) -> Money:
    """What is still to be taken back, or, negative, to be given again."""
    target = rules.taken_back(
        portion.money,
        refunded=Money(payment.amount_refunded, payment.currency),
        paid=Money(payment.amount_paid, payment.currency),
    )
    return replace(target, minor=target.minor - portion.amount_returned)


def _follow(portion: Portion, delta: Money) -> None:
    portion.amount_returned += delta.minor
    portion.adjustments += 1
    if portion.status == PortionStatus.RETURNED:
        portion.status = PortionStatus.HELD
    elif portion.status != PortionStatus.RELEASED and portion.amount_returned == portion.amount:
        portion.status = PortionStatus.RETURNED
    portion.save(update_fields=["amount_returned", "adjustments", "status"])


def _is_another_wallets(portion: Portion) -> bool:
    return portion.status == PortionStatus.RELEASED and portion.beneficiary_id is not None


def _mark(portion: Portion) -> str:
    """Each movement of a portion is an entry of its own."""
    return f".{portion.adjustments}"
