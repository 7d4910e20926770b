"""The page of a payment link: what is asked, and the ways to pay it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from sleek.fx import queries as fx
from sleek.links.models import LinkPicture, PaymentLink
from sleek.links.rules import AmountKind
from sleek.payments import actions as payments
from sleek.payments.actions import Visit
from sleek.payments.models import Payment
from sleek.payments.queries import Offer
from sleek.risk.actions import Visitor
from sleek.risk.rules import Action
from sleek.stock.actions import SoldOut
from sleek.web.checkout import access, choices, guard, page, shortage, wording
from sleek.web.checkout.forms import choosing, entry
from sleek.web.checkout.forms.entry import Entry
from sleek.web.checkout.shortage import Shortage
from sleek.web.checkout.stages import Stage
from sleek.web.checkout.views import closed
from sleek.web.checkout.views.payments import (
    SeeOther,
    client_address,
    leave,
    see,
    standing_of,
)
from sleek.web.checkout.visitor import known, looks

REFUSED = 422
TICKET = "again"  # the form's field for paying a reusable link once more
ANOTHER = "another"  # in the address: to begin anew though a payment was begun


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what was sent leads back to the form, beside what its fields say themselves."""

    lack: Shortage | None = None
    notice: str | Promise = ""
    is_offer_gone: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def link(request: HttpRequest, token: str) -> HttpResponse:
    found = access.link(token)
    own = access.remembered(request, found)
    if known.FORGET in request.POST:
        known.forget(request, found.merchant)
        return SeeOther(f"{request.path}?{known.FORGOTTEN}=1")
    if request.method == "POST":
        return _pay(request, found, own)
    response = _show(request, found, own)
    if response.status_code != redirect("/").status_code:
        looks.note(request, response, found, access.scanned(request, found))
    return response


def _show(request: HttpRequest, link: PaymentLink, own: Payment | None) -> HttpResponse:
    if own and not _may_begin_anew(request, link, own):
        return redirect("checkout-payment", own.public_id)
    refusal = closed.refusal(request, link)
    if refusal:
        return refusal
    paid = own if own and own.succeeded_at else None
    is_next = own is not None and (paid is not None or ANOTHER in request.GET)
    form = entry.fresh(request, link, own)
    response = _form(request, link, form, paid=paid, needs_ticket=is_next)
    if link.is_reusable and not is_next:
        known = "" if own else access.remembered_id(request, link)
        access.remember(response, link, known or access.new_id())
    return response


def _may_begin_anew(request: HttpRequest, link: PaymentLink, own: Payment) -> bool:
    """What is paid or over may be followed by another; so may a choice that nothing was paid on."""
    if not link.is_reusable:
        return False
    standing = standing_of(own)
    return standing.is_over or (ANOTHER in request.GET and standing.stage == Stage.CHOOSE)


def _pay(request: HttpRequest, link: PaymentLink, own: Payment | None) -> HttpResponse:
    ticket = access.redeem(link, request.POST.get(TICKET, ""))
    if own and not ticket and standing_of(own).is_over:
        return see(own)  # a stale tab: its payment is paid, or over
    refusal = closed.refusal(request, link)
    if refusal:
        return refusal
    if choosing.STEP in request.POST and link.amount_kind == AmountKind.QUANTITY:
        return _form(request, link, entry.stepped(request, link), needs_ticket=bool(ticket))
    sent = entry.sent(request, link)
    lack = shortage.of_link(link, sent.choosing.quantity) if not own or ticket else None
    offer = choices.chosen(request, link.merchant, sent.choosing.money)
    notice = "" if choosing.was_shown(sent.choosing, request.POST) else entry.SEE_TOTAL
    if not sent.is_good or lack or notice or offer is None:
        is_refused = offer is None and sent.choosing.total is not None
        trouble = Trouble(lack=lack, notice=notice, is_offer_gone=is_refused)
        return _form(request, link, sent, trouble=trouble, needs_ticket=bool(ticket))
    public_id = ticket or access.remembered_id(request, link)
    if link.is_reusable and (ticket or not own):
        who = guard.look(request, Action.PAY, link.public_id)  # before a payment is opened for them
    else:
        who = guard.visitor(request, Action.PAY, link.public_id)
    return _begin(request, link, sent, offer, who=who, public_id=public_id)


def _begin(
    request: HttpRequest,
    link: PaymentLink,
    sent: Entry,
    offer: Offer,
    *,
    who: Visitor,
    public_id: str,
) -> HttpResponse:
    language = str(request.LANGUAGE_CODE)
    visit = Visit(language, public_id, sent.choosing.wish, access.scanned(request, link))
    payment = payments.open_for_link(link, visit)
    if payment.money != sent.choosing.total:
        # Begun with another amount in another tab: nobody pays a sum that this form did not say.
        return _remembering(see(payment), link, payment)
    if link.fields:
        payments.note_payer(payment, sent.details.answers)
    if sent.terms:
        address = client_address(request)
        payments.accept_terms(payment, sent.terms, address=address, language=language)
    keeping = known.read(request, link.merchant, link.brand.display_name, offer)
    try:
        response = leave(payment, offer, who, keeping=keeping)
    except SoldOut:
        lack = shortage.of_link(link, sent.choosing.quantity) or Shortage()
        # The payment that was opened keeps its quantity: another choice is another payment.
        return _form(request, link, sent, trouble=Trouble(lack=lack), needs_ticket=True)
    return _remembering(response, link, payment)


def _remembering(response: HttpResponse, link: PaymentLink, payment: Payment) -> HttpResponse:
    access.remember(response, link, payment.public_id)
    return response


def _form(
    request: HttpRequest,
    link: PaymentLink,
    form: Entry,
    *,
    paid: Payment | None = None,
    trouble: Trouble | None = None,
    needs_ticket: bool = False,
) -> HttpResponse:
    """The page to pay on; `paid` is what this browser paid on a reusable link before."""
    lack = trouble.lack if trouble else None
    zone = link.merchant.zone
    context = page.about(request, link.brand, form.choosing.total, link.reason) | {
        "link": link,
        "form": form,
        "terms": form.terms,
        "terms_error": form.terms_error,
        "menu": _menu(request, link, form),
        "bounds": choosing.bounds(link),
        "rate": _rate(request, link),
        "sample": page.SAMPLE,
        "left": _left(link),
        "trouble": trouble,
        "lack": lack,
        "lack_until": wording.hour(lack.until, zone) if lack and lack.until else "",
        "is_refused": trouble is not None and trouble.is_offer_gone,
        "action": request.path,
        "paid": paid,
        "paid_at": wording.moment(paid.succeeded_at, zone) if paid else "",
        "ticket": access.next_ticket(link) if needs_ticket and link.is_reusable else "",
        "pictures": _pictures(link),
    }
    return render(request, "checkout/link/show.html", context, status=REFUSED if trouble else 200)


def _pictures(link: PaymentLink) -> QuerySet[LinkPicture]:
    """Where they are and how large; what is in them, the browser asks for."""
    shown = ("picture__public_id", "picture__width", "picture__height")
    return link.link_pictures.select_related("picture").only(*shown)


def _rate(request: HttpRequest, link: PaymentLink) -> fx.Quote | None:
    """For the script that keeps the estimate in step with what is chosen."""
    is_chosen = link.amount_kind != AmountKind.FIXED
    return page.exchange(request, link.currency) if is_chosen else None


def _menu(request: HttpRequest, link: PaymentLink, form: Entry) -> choices.Menu:
    if form.choosing.total is None and link.amount_kind == AmountKind.OPEN:
        return choices.menu_between(request, link, *choosing.bounds(link))
    return choices.menu(request, link.merchant, form.choosing.money)


def _left(link: PaymentLink) -> int | None:
    """How many are left, once they are few."""
    left = shortage.left(link)
    return left if left is not None and left <= shortage.FEW else None
