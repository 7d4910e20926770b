"""The page of a payment link: what is asked, and the ways to pay it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from sleek.core import clock
from sleek.links import rules as links
from sleek.links.models import PaymentLink
from sleek.links.rules import LinkState, LinkStatus
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.web.checkout import access, choices, page, stages, wording
from sleek.web.checkout.stages import Stage, Standing
from sleek.web.checkout.views.payments import depart, see

GONE = 410
REFUSED = 422
TICKET = "again"  # the form's field for paying a reusable link once more


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
def link(request: HttpRequest, token: str) -> HttpResponse:
    found = access.link(token)
    own = access.remembered(request, found)
    return _pay(request, found, own) if request.method == "POST" else _show(request, found, own)


def _show(request: HttpRequest, link: PaymentLink, own: Payment | None) -> HttpResponse:
    is_over = own is not None and _standing(own).is_over
    if own and not (is_over and link.is_reusable):
        return redirect("checkout-payment", own.public_id)
    closed = _closed(request, link)
    if closed:
        return closed
    paid = own if own and own.succeeded_at else None
    response = _form(request, link, paid=paid)
    if link.is_reusable and not paid:
        known = "" if own else access.remembered_id(request, link)
        access.remember(response, link, known or access.new_id())
    return response


def _pay(request: HttpRequest, link: PaymentLink, own: Payment | None) -> HttpResponse:
    ticket = access.redeem(link, request.POST.get(TICKET, ""))
    if own and not ticket and _standing(own).is_over:
        return see(own)  # a stale tab: its payment is paid, or over
    closed = _closed(request, link)
    if closed:
        return closed
    offer = choices.chosen(request, link.merchant_id, link.money)
    if offer is None:
        return _form(request, link, is_refused=True)
    payment = payments.open_for_link(
        link,
        language=str(request.LANGUAGE_CODE),
        public_id=ticket or access.remembered_id(request, link),
    )
    response = depart(payment, offer)
    access.remember(response, link, payment.public_id)
    return response


def _form(
    request: HttpRequest,
    link: PaymentLink,
    *,
    paid: Payment | None = None,
    is_refused: bool = False,
) -> HttpResponse:
    """The page to pay on; `paid` is what this browser paid on a reusable link before."""
    context = page.about(request, link.merchant, link.money, link.reason) | {
        "menu": choices.menu(request, link.merchant_id, link.money),
        "is_refused": is_refused,
        "action": request.path,
        "paid": paid,
        "paid_at": wording.moment(paid.succeeded_at, link.merchant.zone) if paid else "",
        "ticket": access.next_ticket(link) if paid else "",
    }
    status = REFUSED if is_refused else 200
    return render(request, "checkout/link/show.html", context, status=status)


def _closed(request: HttpRequest, link: PaymentLink) -> HttpResponse | None:
    """Why nobody can begin to pay here now. Who did not pay learns that it is paid, and no more."""
    payment = None if link.is_reusable else Payment.objects.filter(single_link=link).first()
    standing = _standing(payment) if payment else None
    state = links.state(
        LinkStatus(link.status),
        expires_at=link.expires_at,
        is_paid=standing is not None and standing.stage == Stage.PAID,
        now=clock.now(),
    )
    reason = str(state)
    if standing and state == LinkState.ACTIVE and not standing.is_payable:
        reason = "over" if standing.is_over else "confirming"
    if reason == LinkState.ACTIVE:
        return None
    context = page.about(request, link.merchant, link.money, link.reason) | {
        "reason_closed": reason
    }
    return render(request, "checkout/link/closed.html", context, status=GONE)


def _standing(payment: Payment) -> Standing:
    return stages.read(payment, list(payment.attempts.order_by("-chosen_at", "-pk")), clock.now())
