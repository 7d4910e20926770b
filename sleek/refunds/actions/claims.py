"""Giving back by bank transfer: asking the payer for an account, and paying it by hand. Or the
payer takes it into a wallet here, at once.

Meanwhile the money stays reserved. A claim is answered once; whoever has its signed address may
answer, so it goes to the payer alone and can be revoked.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock, crypto
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.merchants.models import Membership, User
from sleek.merchants.rules import Right, may
from sleek.payments.actions import WrongWallet
from sleek.refunds import queries, rules
from sleek.refunds.actions import ending, ground
from sleek.refunds.actions.ground import NotRefundable
from sleek.refunds.models import BankAccount, Claim, Refund
from sleek.refunds.rules import RefundStatus, Route


class ClaimClosed(SleekError):
    """The payer's account is known already, or the question was withdrawn or has expired."""

    code = "claim_closed"


def is_wanted(refund: Refund) -> bool:
    return refund.route == Route.BANK and refund.status == RefundStatus.PENDING


def ask_payers(refunds: Sequence[Refund]) -> None:
    """In the caller's transaction: an open question for each."""
    expires_at = clock.now() + rules.CLAIM_LIFE
    claims = [
        Claim(merchant_id=refund.merchant_id, refund=refund, expires_at=expires_at)
        for refund in refunds
    ]
    Claim.objects.bulk_create(claims)
    events.record(
        [
            ground.fact("refund.claim_opened", claim.refund, claim=claim.public_id)
            for claim in claims
        ]
    )


@transaction.atomic
def fill_claim(claim: Claim, account: BankAccount) -> None:
    """The payer says where the money goes. Raises `ClaimClosed`."""
    refund = ground.lock(claim.refund)
    claim = Claim.objects.get(pk=claim.pk)
    if not claim.is_open(clock.now()) or not is_wanted(refund):
        raise ClaimClosed(_("This page was used already, or is no longer good."))
    claim.seal(account)
    claim.filled_at = clock.now()
    claim.save(update_fields=["details", "filled_at"])
    events.record([ground.fact("refund.claim_filled", refund, claim=claim.public_id)])


@transaction.atomic
def take_to_wallet(claim: Claim, *, by: Membership) -> Refund:
    """The payer takes it into the wallet of their merchant instead: at once, and for good.

    Sent twice, it moves once. Raises `ClaimClosed`, `WrongWallet` or `NotRefundable`; then nothing
    has moved.
    """
    refund = ground.lock(claim.refund)
    claim = Claim.objects.get(pk=claim.pk)
    if claim.filled_at and refund.paid_to_id == by.merchant_id:
        return refund
    _refuse_wallet(refund, claim, by)
    claim.filled_at = clock.now()
    claim.save(update_fields=["filled_at"])
    refund.route, refund.paid_to = Route.BALANCE, by.merchant
    _record_taking(refund, by)
    return ending.succeed(refund, clock.now())


@transaction.atomic
def renew_claim(refund: Refund, *, by: User) -> None:
    """Ask the payer again, under a new address; what was entered before counts no more.

    Raises `NotRefundable`.
    """
    refund = ground.lock(refund)
    if not is_wanted(refund):
        raise NotRefundable(_("This refund does not wait for a bank account."))
    revoke(refund)
    ask_payers([refund])
    ground.record("refund.claim_renewed", refund, by)


@transaction.atomic
def revoke_claim(refund: Refund, *, by: User) -> None:
    """The address that the payer has leads nowhere any more. Raises `NotRefundable`."""
    refund = ground.lock(refund)
    if not revoke(refund):
        raise NotRefundable(_("There is no open page for this refund."))
    ground.record("refund.claim_revoked", refund, by)


@transaction.atomic
def pay_claim(refund: Refund, *, reference: str, by: User) -> Refund:
    """The merchant has transferred it, under the bank's reference. Raises `NotRefundable`."""
    refund = ground.lock(refund)
    if refund.status == RefundStatus.SUCCEEDED and refund.route == Route.BANK:
        return refund
    if not is_wanted(refund) or not _filled(refund):
        raise NotRefundable(_("There is no bank account yet to which this could have been paid."))
    refund.trace = reference
    ground.record("refund.paid_by_bank", refund, by, reference=reference)
    return ending.succeed(refund, clock.now())


@transaction.atomic
def return_by_bank(refund: Refund, *, by: User) -> Refund:
    """The transfer came back: the money is the merchant's again. Raises `NotRefundable`."""
    refund = ground.lock(refund)
    if refund.status != RefundStatus.SUCCEEDED or refund.route != Route.BANK:
        raise NotRefundable(_("This refund was not paid by bank transfer."))
    ground.record("refund.sent_back_by_bank", refund, by)
    return ending.fail(refund, code="sent_back_by_bank")


@transaction.atomic
def rewrap_claims() -> int:
    """Bring every account under the newest master key. Raises `crypto.Undecryptable`."""
    known = Claim.objects.select_for_update().exclude(details=b"")
    claims = list(known.order_by("pk"))
    for claim in claims:
        claim.details = crypto.rewrap(bytes(claim.details))
        claim.save(update_fields=["details"])
    return len(claims)


def revoke(refund: Refund) -> bool:
    """In the caller's transaction, which has the lock."""
    live = Claim.objects.filter(refund=refund, revoked_at__isnull=True)
    return bool(live.update(revoked_at=clock.now()))


def _refuse_wallet(refund: Refund, claim: Claim, by: Membership) -> None:
    if not claim.is_open(clock.now()) or not is_wanted(refund):
        raise ClaimClosed(_("This page was used already, or is no longer good."))
    if by.merchant_id == refund.merchant_id:
        raise WrongWallet(_("This wallet is the one that gives the money back. Choose another."))
    if not may(by.role, Right.PAY_FROM_BALANCE):
        raise WrongWallet(_("You may not take money into this wallet. Ask an owner."))
    if not queries.may_go_to_wallet(refund):
        raise NotRefundable(
            _(
                "This money has not reached the payee's bank yet, so it can't go to a wallet now. "
                "Enter a bank account, or try again in a few days."
            )
        )


def _record_taking(refund: Refund, by: Membership) -> None:
    """In both logs, always in the same order: two that cross must not wait for each other."""
    payee = refund.attempt.payment.merchant
    told = {payee.public_id: {"wallet": by.merchant.name}}
    told[by.merchant.public_id] = {"payee": payee.name}
    for scope in sorted(told):
        audit.record(
            "refund.taken_to_wallet",
            refund.public_id,
            scope=scope,
            actor=by.user.public_id,
            data={"amount": refund.amount, "currency": refund.currency, **told[scope]},
        )


def _filled(refund: Refund) -> bool:
    live = Claim.objects.filter(refund=refund, revoked_at__isnull=True)
    return live.filter(filled_at__isnull=False).exists()
