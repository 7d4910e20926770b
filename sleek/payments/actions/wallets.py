"""From one wallet here to another: both merchants' books in one transaction, or neither's.

The payee's side comes in by `apply_reports`, like any money, and the payer's is posted with it.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.channels.base import Outcome, Report
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.ledger import queries as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry, InsufficientFunds
from sleek.merchants.models import Membership
from sleek.merchants.rules import Right, may
from sleek.payments import rules
from sleek.payments.actions.attempts import NotPayable, OutcomeUnknown
from sleek.payments.actions.reports import apply_reports
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import AttemptStatus

BALANCE = "balance"
PAYER_LETTERS = 80  # of the payer's name that a try keeps


class WrongWallet(SleekError):
    """The wallet is the payee's own, or its person may not use it."""

    code = "wrong_wallet"


@transaction.atomic
def pay_from_balance(attempt: Attempt, by: Membership) -> Attempt:
    """Pay what the attempt asks out of the wallet of the person's merchant.

    Sent twice, it pays once. Raises `WrongWallet`, `NotPayable`, `OutcomeUnknown` or
    `InsufficientFunds`; then nothing has moved.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    attempt = Attempt.objects.get(pk=attempt.pk)
    if attempt.status == AttemptStatus.SUCCEEDED and attempt.paid_by_id == by.merchant_id:
        return attempt
    _refuse(attempt, payment, by)
    held = ledger.balance(by.merchant_id, "available", attempt.currency)
    if held < attempt.money:
        raise InsufficientFunds(
            _("This wallet has %(held)s available; %(asked)s are needed.")
            % {"held": held, "asked": attempt.money}
        )
    attempt.paid_by_id = by.merchant_id
    attempt.save(update_fields=["paid_by"])
    data = _told(attempt, attempt.money)
    arrival: dict[str, object] = {"attempt": attempt.public_id, "amount": attempt.amount}
    arrival["currency"] = attempt.currency
    events.record(
        [
            Fact("balance.paid", attempt.public_id, by.merchant_id, data),
            Fact("balance.received", payment.public_id, payment.merchant_id, arrival),
        ]
    )
    audit.record(
        "balance.paid",
        attempt.public_id,
        scope=by.merchant.public_id,
        actor=by.user.public_id,
        data=data,
    )
    report = Report(
        attempt.public_id,
        Outcome.SUCCEEDED,
        attempt.money,
        reference=attempt.public_id,
        payer=by.merchant.name[:PAYER_LETTERS],
        event_at=clock.now(),
    )
    apply_reports([report])
    attempt = Attempt.objects.get(pk=attempt.pk)
    if attempt.surplus:  # sold out meanwhile: whoever pays at once is not asked to wait for it back
        raise NotPayable(_("What this payment is for is gone. Nothing was taken."))
    return attempt


def give_back_to_balance(attempt: Attempt, amount: Money, subject: str) -> Entry:
    """The paying wallet's side of a refund with the public id `subject`."""
    source = attempt.origin or attempt
    if source.paid_by_id is None:
        raise ValueError(f"{source.public_id} was not paid from a wallet")
    return hand_to_balance(source, source.paid_by_id, amount, subject)


def hand_to_balance(attempt: Attempt, wallet_id: int, amount: Money, subject: str) -> Entry:
    """The side of the wallet that a refund goes to: its people are told, and the entry is for the
    caller's own post, with the payee's side.
    """
    events.record([Fact("balance.refunded", subject, wallet_id, _told(attempt, amount))])
    postings = recipes.balance_refunded(amount)
    return Entry(wallet_id, "balance_refunded", subject, postings, clock.now())


def _refuse(attempt: Attempt, payment: Payment, by: Membership) -> None:
    if by.merchant_id == payment.merchant_id:
        raise WrongWallet(_("A wallet can't pay itself. Choose another one."))
    if not may(by.role, Right.PAY_FROM_BALANCE):
        raise WrongWallet(_("You may not pay from this wallet. Ask an owner."))
    is_open = attempt.status == AttemptStatus.REQUIRES_ACTION and attempt.channel == BALANCE
    if not is_open or payment.status not in rules.PAYABLE or attempt.expires_at <= clock.now():
        raise NotPayable(_("This payment can no longer be made."))
    payer_can_act = (AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION)
    others = payment.attempts.exclude(pk=attempt.pk)
    if any(other.is_held and other.status not in payer_can_act for other in others):
        raise OutcomeUnknown


def _told(attempt: Attempt, amount: Money) -> dict[str, object]:
    """What the payer's people read: the payee's own rows are closed to them."""
    payment = attempt.payment
    return {
        "payee": payment.merchant.name,
        "description": payment.description,
        "payment": payment.public_id,
        "amount": amount.minor,
        "currency": amount.currency,
    }
