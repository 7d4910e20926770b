"""Where a link leads when it cannot be paid: why, and how to ask for a new one. Its terms, and the
stickers that lead to it.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sleek.core import clock
from sleek.links import actions as links
from sleek.links import rules
from sleek.links.models import PaymentLink
from sleek.links.rules import LinkState, LinkStatus
from sleek.payments import queries as payments
from sleek.payments.models import Payment
from sleek.risk import actions as risk
from sleek.risk.rules import Action
from sleek.web.checkout import access, guard, page, shortage, wording
from sleek.web.checkout.forms.plea import PleaForm
from sleek.web.checkout.stages import Stage
from sleek.web.checkout.views.payments import standing_of

GONE, REFUSED, BUSY = 410, 422, 409
CONFIRMING, OVER, HELD, SOLD_OUT = "confirming", "over", "held", "sold_out"
THANKS = "thanks"


def refusal(request: HttpRequest, link: PaymentLink) -> HttpResponse | None:
    """The page that says why nobody can begin to pay here now. Who did not pay learns that it is
    paid, and no more.
    """
    reason = _reason(link)
    if not reason:
        return None
    return _render(request, link, reason, PleaForm(auto_id="%s"))


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """A wish for a new link. The answer is the same whether or not somebody asked before."""
    link = access.link(token)
    reason = _reason(link)
    if THANKS in request.GET:
        return render(request, "checkout/link/asked.html", _about(request, link))
    if not reason or reason in (CONFIRMING, HELD):
        return redirect("checkout-link", link.token)
    form = PleaForm(request.POST if request.method == "POST" else None, auto_id="%s")
    if request.method != "POST" or not form.is_valid():
        return _render(request, link, reason, form, is_asking=True)
    who = guard.visitor(request, Action.ASK_FOR_LINK, link.public_id)
    risk.admit(Action.ASK_FOR_LINK, link.public_id, who)
    links.ask_for_new(
        link,
        email=form.cleaned_data["email"],
        note=form.cleaned_data["note"],
        language=str(request.LANGUAGE_CODE),
    )
    return redirect(reverse("checkout-ask", args=[link.token]) + f"?{THANKS}=1")


@require_safe
@page.for_payers
def terms(request: HttpRequest, token: str) -> HttpResponse:
    link = access.link(token)
    text = payments.terms_of(link)
    if text is None:
        raise Http404("no terms")
    return render(request, "checkout/link/terms.html", _about(request, link) | {"terms": text})


@require_safe
@page.for_payers
def sticker(request: HttpRequest, token: str) -> HttpResponse:
    """A printed code leads to its link, which then knows how the payer came."""
    found = access.sticker(token)
    if found.revoked_at is not None:
        return render(
            request, "checkout/link/revoked.html", _about(request, found.link), status=GONE
        )
    response = redirect("checkout-link", found.link.token)
    access.remember_sticker(response, found)
    return response


def _reason(link: PaymentLink) -> str:
    """A `LinkState`, or what lies between open and closed; empty when it can be paid."""
    payment = None if link.is_reusable else Payment.objects.filter(single_link=link).first()
    now = standing_of(payment) if payment else None
    state = rules.state(
        LinkStatus(link.status),
        expires_at=link.expires_at,
        is_paid=now is not None and now.stage == Stage.PAID,
        is_used_up=any(stock and stock.is_sold_out for stock in (link.uses, link.pieces)),
        now=clock.now(),
    )
    if state == LinkState.USED_UP and link.pieces and link.pieces.is_sold_out:
        return SOLD_OUT
    if state != LinkState.ACTIVE:
        return str(state)
    if now and not now.is_payable:
        return OVER if now.is_over else CONFIRMING
    return HELD if shortage.of_link(link) else ""


def _render(
    request: HttpRequest, link: PaymentLink, reason: str, form: PleaForm, *, is_asking: bool = False
) -> HttpResponse:
    lack = shortage.of_link(link) if reason == HELD else None
    zone = link.merchant.zone
    context = _about(request, link) | {
        "reason_closed": reason,
        "expired_at": wording.moment(link.expires_at, zone),
        "lack_until": wording.hour(lack.until, zone) if lack and lack.until else "",
        "form": form,
        "is_asking": is_asking,
        "action": reverse("checkout-ask", args=[link.token]),
        "may_ask": reason not in (CONFIRMING, HELD),
    }
    status = REFUSED if form.errors else BUSY if reason == HELD else GONE
    return render(request, "checkout/link/closed.html", context, status=status)


def _about(request: HttpRequest, link: PaymentLink) -> dict[str, object]:
    money = link.money if link.amount_kind != "open" else None
    return page.about(request, link.brand, money, link.reason) | {"link": link}
