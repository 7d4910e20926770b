"""Paying a payment from a wallet of one's own, or taking a refund into one: who is logged in
chooses which, and proves it.

The payment is another merchant's, so this works for a person and not within one workspace: what may
be chosen is read from the person's own places.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.ledger import queries as ledger
from sleek.merchants.models import Membership
from sleek.merchants.rules import Right, may
from sleek.notifications import payer_letters
from sleek.payments import actions as payments
from sleek.payments import rules
from sleek.payments.models import Attempt
from sleek.payments.rules import AttemptStatus
from sleek.refunds import actions as refunds
from sleek.refunds import queries
from sleek.refunds.models import Claim
from sleek.web.dashboard import access


@dataclass(frozen=True, slots=True)
class Purse:
    """A wallet that the person may pay from, and whether it holds enough."""

    place: Membership
    available: Money
    is_enough: bool


@access.sensitive
@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: access.PersonRequest, public_id: str) -> HttpResponse:
    tries = Attempt.objects.select_related("payment__merchant", "payment__link__brand__merchant")
    attempt = get_object_or_404(tries, public_id=public_id, channel=payments.BALANCE)
    payment = attempt.payment
    purses = _purses(request, attempt)
    if request.method == "POST":
        chosen = request.POST.get("wallet", "")
        by = next((p.place for p in purses if p.place.merchant.public_id == chosen), None)
        if by is not None and _paid(request, attempt, by):
            return redirect("checkout-payment", payment.public_id)
        return redirect("balance-pay", public_id)
    if attempt.status != AttemptStatus.REQUIRES_ACTION or payment.status not in rules.PAYABLE:
        return redirect("checkout-payment", payment.public_id)
    brand = payment.link.brand if payment.link else None
    context = {
        "payment": payment,
        "payee": brand.display_name if brand else payment.merchant.name,
        "purses": purses,
        "can_pay": any(purse.is_enough for purse in purses),
    }
    return render(request, "dashboard/banking/pay.html", context)


@access.sensitive
@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: access.PersonRequest, token: str) -> HttpResponse:
    """A refund, by the address that its payer has; the payer's page says how it ended."""
    claim = queries.claim_by(token)
    if claim is None:
        raise Http404("no such claim")
    refund = claim.refund
    places = _places(request, refund.merchant_id)
    if request.method == "POST":
        chosen = request.POST.get("wallet", "")
        by = next((place for place in places if place.merchant.public_id == chosen), None)
        if by is None or not _taken(request, claim, by):
            return redirect("refund-take", token)
        return redirect("checkout-claim", token)
    if not claim.is_open(clock.now()) or not queries.may_go_to_wallet(refund):
        return redirect("checkout-claim", token)
    payment = refund.attempt.payment
    context = {
        "token": token,
        "refund": refund,
        "payment": payment,
        "payee": payer_letters.payee(payment),
        "places": places,
    }
    return render(request, "dashboard/banking/take.html", context)


def _taken(request: access.PersonRequest, claim: Claim, by: Membership) -> bool:
    try:
        refunds.take_to_wallet(claim, by=by)
    except (refunds.ClaimClosed, refunds.NotRefundable):
        return True  # the payer's page says what became of it, or what is still possible
    except SleekError as refusal:
        messages.error(request, refusal.message)
        return False
    return True


def _paid(request: access.PersonRequest, attempt: Attempt, by: Membership) -> bool:
    try:
        payments.pay_from_balance(attempt, by)
    except SleekError as refusal:
        messages.error(request, refusal.message)
        return False
    return True


def _purses(request: access.PersonRequest, attempt: Attempt) -> list[Purse]:
    """A wallet cannot pay itself, so the payee's own is not among them."""
    held = [
        (place, ledger.balance(place.merchant_id, "available", attempt.currency))
        for place in _places(request, attempt.payment.merchant_id)
    ]
    return [Purse(place, money, money >= attempt.money) for place, money in held]


def _places(request: access.PersonRequest, payee_id: int) -> list[Membership]:
    """Whose wallets the person may use, but for the payee's own."""
    own = [place for place in request.places if may(place.role, Right.PAY_FROM_BALANCE)]
    return [place for place in own if place.merchant_id != payee_id]
