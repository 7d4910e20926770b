"""The page of one payment: its state, another try, coming back from the provider, its receipt."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from sleek.core import clock
from sleek.core.money import Money
from sleek.links.rules import AmountKind, LinkStatus
from sleek.payments import actions as payments
from sleek.payments import queries as payments_queries
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.payments.rules import PaymentStatus
from sleek.risk.actions import Visitor
from sleek.risk.rules import Action
from sleek.stock.actions import SoldOut
from sleek.web.checkout import access, choices, guard, page, qr, shortage, stages, wording
from sleek.web.checkout.forms import entry
from sleek.web.checkout.outcome import receipt, result
from sleek.web.checkout.stages import Stage, Standing

REFUSED = 422
UNCHANGED = 304


class SeeOther(HttpResponseRedirect):
    """Always a GET next, whatever was sent; repeating the page then repeats nothing."""

    status_code = 303


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def payment(request: HttpRequest, public_id: str) -> HttpResponse:
    found = access.payment(public_id)
    if request.method != "POST":
        return _show(request, found)
    if _is_closed(found):
        return see(found)
    terms = payments_queries.terms_owed(found)
    trouble = entry.terms_error(terms, request.POST.get(entry.TERMS, ""))
    offer = choices.chosen(request, found.merchant_id, found.money)
    if trouble or offer is None:
        return _show(request, found, is_refused=offer is None, terms_error=trouble)
    who = guard.visitor(request, Action.PAY, payments_queries.guarded_as(found))
    if terms:
        language = str(request.LANGUAGE_CODE)
        payments.accept_terms(found, terms, address=client_address(request), language=language)
    return depart(found, offer, who)


@require_safe
@page.for_payers
def state(request: HttpRequest, public_id: str) -> HttpResponse:
    """The part of the page that changes. A reader who has it already is told so in a few bytes."""
    found = access.payment(public_id)
    standing = standing_of(found)
    tag = _tag(standing)
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=UNCHANGED)
    else:
        response = render(
            request, "checkout/payment/_panel.html", _context(request, found, standing)
        )
    response.headers["ETag"] = tag
    return response


@require_safe
@page.for_payers
def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where providers send the browser, paid or not. The address proves nothing, so we ask them."""
    found = access.payment(public_id)
    if request.method == "GET":
        payments.ask(found)
    return see(found)


@require_safe
@page.for_payers
def receipt_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    found = access.payment(public_id)
    paid_by = standing_of(found).attempt
    if found.status != PaymentStatus.SUCCEEDED or paid_by is None:
        raise Http404("not paid")
    response = HttpResponse(receipt.pdf(found, paid_by), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{receipt.file_name(found)}"'
    return response


def depart(payment: Payment, offer: Offer, who: Visitor) -> HttpResponse:
    """As `leave`; that what was wanted is gone is told on the payment's page, too."""
    try:
        return leave(payment, offer, who)
    except SoldOut:
        return see(payment)


def leave(payment: Payment, offer: Offer, who: Visitor) -> HttpResponse:
    """Start a try and send the payer on: to the provider, or to the payment's page, which shows a
    code, or why it did not start. Raises `SoldOut`.
    """
    try:
        attempt = payments.begin(payment, offer, who)
    except (payments.NotPayable, payments.OutcomeUnknown, payments.TermsNotAccepted):
        return see(payment)
    if attempt.next_url and not attempt.next_qr:
        return SeeOther(attempt.next_url)
    return see(payment)


def see(payment: Payment) -> HttpResponse:
    return SeeOther(reverse("checkout-payment", args=[payment.public_id]))


def standing_of(payment: Payment) -> Standing:
    return stages.read(payment, list(payment.attempts.order_by("-chosen_at", "-pk")), clock.now())


def client_address(request: HttpRequest) -> str | None:
    return str(get_adapter(request).get_client_ip(request)) or None


def _show(
    request: HttpRequest,
    payment: Payment,
    *,
    is_refused: bool = False,
    terms_error: object = "",
) -> HttpResponse:
    standing = standing_of(payment)
    context = page.about(request, access.face(payment), payment.money, payment.description)
    context |= _context(request, payment, standing)
    context |= {"is_refused": is_refused, "terms_error": terms_error}
    status = REFUSED if is_refused or terms_error else 200
    return render(request, "checkout/payment/show.html", context, status=status)


def _context(request: HttpRequest, payment: Payment, standing: Standing) -> dict[str, object]:
    attempt, ended, link = standing.attempt, standing.ended, payment.link
    failed = ended or attempt
    context: dict[str, object] = {
        "payment": payment,
        "payee": access.face(payment).display_name,
        "money": payment.money,
        "link": link,
        "standing": standing,
        "stage_template": f"checkout/stage/{standing.stage}.html",
        "tag": _tag(standing),
        "action": reverse("checkout-payment", args=[payment.public_id]),
        "is_closed": _is_closed(payment),
        "can_start_again": link is not None and link.is_reusable,
        "can_change": link is not None and link.amount_kind != AmountKind.FIXED,
        "advice": wording.advice(failed.failure) if failed and failed.failure else None,
    }
    if standing.is_payable and not _is_closed(payment):
        context |= _ways(request, payment, standing)
    if standing.stage == Stage.PAID:
        context |= _paid(payment)
    return context | (_about(request, payment, attempt) if attempt else {})


def _ways(request: HttpRequest, payment: Payment, standing: Standing) -> dict[str, object]:
    """How it can be paid, and what stands in the way."""
    merchant_id, attempt, lack = payment.merchant_id, standing.attempt, shortage.of_payment(payment)
    until = lack.until if lack else None
    ways: dict[str, object] = {
        "lack": lack,
        "lack_until": wording.hour(until, payment.merchant.zone) if until else "",
        "terms": payments_queries.terms_owed(payment),
        "menu": choices.menu(request, merchant_id, payment.money, ended=standing.ended),
    }
    if standing.stage == Stage.SCAN and attempt:
        ways["in_this_browser"] = choices.in_this_browser(
            request, merchant_id, payment.money, method=attempt.method
        )
    return ways


def _paid(payment: Payment) -> dict[str, object]:
    link = payment.link
    return {
        "paid_at": wording.moment(payment.succeeded_at, payment.merchant.zone),
        "refunded": Money(payment.amount_refunded, payment.currency),
        "onward": result.onward(payment),
        "thank_you": (link.thank_you if link else "") or access.face(payment).thank_you,
    }


def _about(request: HttpRequest, payment: Payment, attempt: Attempt) -> dict[str, object]:
    """The try that is under way, or that paid."""
    return {
        "attempt_url": attempt.next_url,
        "method": wording.method_name(attempt.method),
        "channel": wording.channel_name(attempt.channel),
        "is_mobile": choices.is_mobile(request),
        "can_open": choices.can_open(request, attempt.method),
        "code": qr.svg(attempt.next_qr) if attempt.next_qr else "",
        "app_url": attempt.next_qr if qr.is_address(attempt.next_qr) else "",
        "ends_at": wording.hour(attempt.expires_at, payment.merchant.zone),
    }


def _is_closed(payment: Payment) -> bool:
    """Its link was paused or put away: no new try begins."""
    return payment.link is not None and payment.link.status != LinkStatus.ACTIVE


def _tag(standing: Standing) -> str:
    """Changes when the page would say something else."""
    money = (*standing.returned, *standing.wrong)
    named = [one for one in (standing.attempt, standing.ended, *money) if one]
    facts = [get_language(), standing.stage, standing.is_final]
    facts += [(one.public_id, one.failure, one.next_url, one.returned_at) for one in named]
    return '"' + hashlib.sha256(repr(facts).encode()).hexdigest()[:16] + '"'
