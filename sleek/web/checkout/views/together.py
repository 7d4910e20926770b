"""Several bills of one payee, paid with one press. Their common address joins those of each, so
whoever has it could have opened every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from sleek.core.money import Money
from sleek.invoices.models import Instalment, Invoice
from sleek.payments import actions as payments
from sleek.payments import queries as payments_queries
from sleek.payments.models import Attempt
from sleek.risk.rules import Action
from sleek.web.checkout import access, choices, guard, page
from sleek.web.checkout.bill import asking, telling
from sleek.web.checkout.bill.asking import Asking
from sleek.web.checkout.bill.telling import State
from sleek.web.checkout.forms import entry
from sleek.web.checkout.views.payments import SeeOther, leave
from sleek.web.checkout.visitor import known

REFUSED = 422


@dataclass(frozen=True, slots=True)
class Part:
    """One of the bills, and what there is to do about it."""

    bill: Invoice
    stages: list[Instalment]
    tries: list[Attempt]

    @property
    def state(self) -> State:
        return telling.state(self.bill, self.stages, self.tries)

    @property
    def wish(self) -> Asking:
        return asking.everything(self.bill, self.stages)

    @property
    def money(self) -> Money:
        """What is left of it."""
        return self.wish.total


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def together(request: HttpRequest, tokens: str) -> HttpResponse:
    parts = [_part(bill) for bill in access.several(tokens)]
    left = [part for part in parts if part.state == State.PAYABLE]
    if len(left) == 1:
        return redirect("checkout-bill", left[0].bill.token)
    if request.method != "POST" or not left:
        return _show(request, parts, left)
    first = left[0].bill
    if known.FORGET in request.POST:
        known.forget(request, first.merchant)
        return SeeOther(f"{request.path}?{known.FORGOTTEN}=1")
    return _pay(request, parts, left)


def _part(bill: Invoice) -> Part:
    stages = list(bill.instalments.all())
    return Part(bill, stages, payments_queries.under_way(stages))


def _pay(request: HttpRequest, parts: list[Part], left: list[Part]) -> HttpResponse:
    first = left[0].bill
    wish = asking.heard(_all(left), request.POST)
    among = _methods(left)
    offer = choices.chosen(request, first.merchant, wish.chosen.money, among=among)
    if not wish.is_good or offer is None:
        return _show(request, parts, left, notice=wish.is_stale, is_offer_gone=offer is None)
    who = guard.look(request, Action.PAY, first.public_id)  # before a payment is opened for them
    shares = [
        share for part in left for share in asking.shares(part.bill, part.stages, part.wish.chosen)
    ]
    try:
        payment = payments.open_for_bills(shares, language=str(request.LANGUAGE_CODE))
    except payments.NotPayable:
        return SeeOther(request.path)  # paid or voided meanwhile: the page says so
    keeping = known.read(request, first.merchant, access.face_of(first).display_name, offer)
    return leave(payment, offer, who, keeping=keeping)


def _all(left: list[Part]) -> Asking:
    total = sum((part.wish.total for part in left[1:]), start=left[0].wish.total)
    return asking.only(total)


def _methods(left: list[Part]) -> frozenset[str]:
    return payments_queries.common_methods([part.bill for part in left])


def _show(
    request: HttpRequest,
    parts: list[Part],
    left: list[Part],
    *,
    notice: bool = False,
    is_offer_gone: bool = False,
) -> HttpResponse:
    first = parts[0].bill
    wish = _all(left) if left else None
    numbers = ", ".join(part.bill.number for part in parts)
    money = wish.total if wish else None
    context = page.about(request, access.face_of(first), money, numbers)
    context |= {"parts": parts, "state": "payable" if left else "over"}
    if wish:
        context |= {
            "asking": wish,
            "menu": choices.menu(request, first.merchant, wish.total, among=_methods(left)),
            "action": request.path,
            "trouble": {"notice": entry.SEE_TOTAL} if notice else None,
            "is_refused": is_offer_gone,
        }
    status = REFUSED if notice or is_offer_gone else 200
    return render(request, "checkout/bill/together.html", context, status=status)
