"""The page of a bill, or of one of its stages: what is asked, what was paid, and how to pay the
rest with one press. Its papers.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods, require_safe

from sleek.invoices.models import Instalment, Invoice
from sleek.payments import actions as payments
from sleek.payments import queries as payments_queries
from sleek.payments.queries import Offer
from sleek.risk.actions import Visitor
from sleek.risk.rules import Action
from sleek.web.checkout import access, choices, guard, page
from sleek.web.checkout.bill import asking, telling
from sleek.web.checkout.bill.asking import Asking
from sleek.web.checkout.bill.telling import State
from sleek.web.checkout.forms import entry
from sleek.web.checkout.views.payments import SeeOther, as_file, leave
from sleek.web.checkout.visitor import known, looks

REFUSED, GONE = 422, 410


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address is about: a bill, or one stage of it."""

    bill: Invoice
    stage: Instalment | None = None

    @property
    def stages(self) -> list[Instalment]:
        return [self.stage] if self.stage else list(self.bill.instalments.all())


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what was sent leads back to the form, beside what its fields say themselves."""

    notice: str | Promise = ""
    is_offer_gone: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def bill(request: HttpRequest, token: str) -> HttpResponse:
    return _answer(request, Asked(access.bill(token)))


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def instalment(request: HttpRequest, token: str) -> HttpResponse:
    stage = access.instalment(token)
    if stage.dropped_at:
        return redirect("checkout-bill", stage.invoice.token)
    return _answer(request, Asked(stage.invoice, stage))


@require_safe
@page.for_payers
def paper(request: HttpRequest, token: str, paper_id: str) -> HttpResponse:
    kept = access.paper(access.bill(token), paper_id)
    return as_file(bytes(kept.content), kept.file_name)


def _answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    if request.method == "POST":
        if known.FORGET in request.POST:
            known.forget(request, asked.bill.merchant)
            return SeeOther(f"{request.path}?{known.FORGOTTEN}=1")
        return _pay(request, asked)
    response = _show(request, asked)
    looks.note_bill(request, response, asked.bill)
    return response


def _pay(request: HttpRequest, asked: Asked) -> HttpResponse:
    bill, stages = asked.bill, asked.stages
    tries = payments_queries.under_way(stages)
    if telling.state(bill, stages, tries) != State.PAYABLE:
        return SeeOther(request.path)  # the page says why
    wish = asking.sent(bill, stages, request.POST)
    offer = choices.chosen(request, bill.merchant, wish.chosen.money, among=bill.methods)
    if not wish.is_good or offer is None:
        notice = entry.SEE_TOTAL if wish.is_stale else ""
        return _show(request, asked, wish, Trouble(notice, is_offer_gone=offer is None))
    who = guard.look(request, Action.PAY, bill.public_id)  # before a payment is opened for them
    return _begin(request, asked, wish, offer, who)


def _begin(
    request: HttpRequest, asked: Asked, wish: Asking, offer: Offer, who: Visitor
) -> HttpResponse:
    bill = asked.bill
    try:
        payment = payments.open_for_bills(
            asking.shares(bill, asked.stages, wish.chosen), language=str(request.LANGUAGE_CODE)
        )
    except payments.NotPayable:
        return SeeOther(request.path)  # paid or voided meanwhile: the page says so
    keeping = known.read(request, bill.merchant, access.face_of(bill).display_name, offer)
    return leave(payment, offer, who, keeping=keeping)


def _show(
    request: HttpRequest,
    asked: Asked,
    wish: Asking | None = None,
    trouble: Trouble | None = None,
) -> HttpResponse:
    bill, stages = asked.bill, asked.stages
    tries = payments_queries.under_way(stages)
    told = telling.about(bill, asked.stage, tries)
    wish = wish or asking.fresh(bill, stages)
    money = wish.total if told["state"] == State.PAYABLE else None
    context = page.about(request, access.face_of(bill), money, bill.number) | told
    if told["state"] == State.PAYABLE:
        context |= {
            "asking": wish,
            "menu": choices.menu(request, bill.merchant, wish.chosen.money, among=bill.methods),
            "action": request.path,
            "trouble": trouble,
            "is_refused": trouble is not None and trouble.is_offer_gone,
        }
    status = GONE if told["state"] == State.VOID else REFUSED if trouble else 200
    return render(request, "checkout/bill/show.html", context, status=status)
