"""A payer's side of a refund: where it goes, and saying that it has not come."""

from __future__ import annotations

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sleek.core import clock
from sleek.refunds import actions as refunds
from sleek.refunds import queries
from sleek.refunds.models import Claim, Refund
from sleek.refunds.rules import Route
from sleek.risk import actions as risk
from sleek.risk.rules import Action
from sleek.web.checkout import access, guard, page, wording
from sleek.web.checkout.forms.claim import ClaimForm
from sleek.web.checkout.views.payments import SeeOther

GONE, REFUSED = 410, 422


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@page.for_payers
@guard.guarded
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """Its signed address is the key: it is good once, until it expires or is withdrawn."""
    found = queries.claim_by(token)
    if found is None:
        raise Http404("no such claim")
    if not found.is_open(clock.now()):
        return _render(request, found, _ending(found), status=GONE)
    home = found.refund.attempt.payment.merchant.country
    form = ClaimForm(request.POST if request.method == "POST" else None, home=home)
    if request.method != "POST" or not form.is_valid():
        return _render(request, found, "claim", form=form, status=REFUSED if form.errors else 200)
    who = guard.visitor(request, Action.NAME_ACCOUNT, found.public_id)
    risk.admit(Action.NAME_ACCOUNT, found.public_id, who)
    try:
        refunds.fill_claim(found, form.bank_account())
    except refunds.ClaimClosed:
        return redirect("checkout-claim", token)
    return SeeOther(request.path)


@require_POST
@page.for_payers
def missing(request: HttpRequest, public_id: str, refund_id: str) -> HttpResponse:
    """The payer has looked, and it is not there."""
    payment = access.payment(public_id)
    known = Refund.objects.filter(attempt__payment=payment, public_id=refund_id)
    refund = known.select_related("attempt").first()
    if refund is None:
        raise Http404("no such refund")
    with suppress(refunds.NotRefundable):  # too early, or told already: the page says what is
        refunds.report_missing(refund)
    return redirect("checkout-payment", payment.public_id)


def _ending(found: Claim) -> str:
    """The page of a claim that takes no answer any more."""
    if found.filled_at is None or found.revoked_at is not None:
        return "closed"
    return "taken" if found.refund.route == Route.BALANCE else "thanks"


def _render(
    request: HttpRequest, found: Claim, name: str, *, status: int, form: ClaimForm | None = None
) -> HttpResponse:
    refund = found.refund
    payment = access.payment(refund.attempt.payment.public_id)
    context = page.about(request, access.face(payment), refund.money, payment.description)
    context |= {
        "refund": refund,
        "form": form,
        "token": queries.claim_token(found),
        "may_go_to_wallet": form is not None and queries.may_go_to_wallet(refund),
        "arrived_at": wording.moment(refund.succeeded_at, payment.merchant.zone),
        "open_until": wording.moment(found.expires_at, payment.merchant.zone),
    }
    return render(request, f"checkout/refund/{name}.html", context, status=status)
