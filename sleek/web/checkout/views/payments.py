"""The page of one payment: its state, another try, coming back from the provider, its receipt."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from sleek.core import clock
from sleek.core.money import Money
from sleek.links.rules import LinkStatus
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.payments.rules import PaymentStatus
from sleek.web.checkout import access, choices, page, qr, receipt, stages, wording
from sleek.web.checkout.stages import Stage, Standing

REFUSED = 422
UNCHANGED = 304


class SeeOther(HttpResponseRedirect):
    """Always a GET next, whatever was sent; repeating the page then repeats nothing."""

    status_code = 303


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
def payment(request: HttpRequest, public_id: str) -> HttpResponse:
    found = access.payment(public_id)
    if request.method != "POST":
        return _show(request, found)
    offer = choices.chosen(request, found.merchant_id, found.money)
    if _is_paused(found):
        return see(found)
    return depart(found, offer) if offer else _show(request, found, is_refused=True)


@require_safe
@page.for_payers
def state(request: HttpRequest, public_id: str) -> HttpResponse:
    """The part of the page that changes. A reader who has it already is told so in a few bytes."""
    found = access.payment(public_id)
    standing = _standing(found)
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
    paid_by = _standing(found).attempt
    if found.status != PaymentStatus.SUCCEEDED or paid_by is None:
        raise Http404("not paid")
    response = HttpResponse(receipt.pdf(found, paid_by), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{receipt.file_name(found)}"'
    return response


def depart(payment: Payment, offer: Offer) -> HttpResponse:
    """Start a try and send the payer on: to the provider, or to the payment's page, which shows a
    code, or why it did not start.
    """
    try:
        attempt = payments.begin(payment, offer)
    except (payments.NotPayable, payments.OutcomeUnknown):
        return see(payment)
    if attempt.next_url and not attempt.next_qr:
        return SeeOther(attempt.next_url)
    return see(payment)


def see(payment: Payment) -> HttpResponse:
    return SeeOther(reverse("checkout-payment", args=[payment.public_id]))


def _show(request: HttpRequest, payment: Payment, *, is_refused: bool = False) -> HttpResponse:
    standing = _standing(payment)
    context = page.about(request, payment.merchant, payment.money, payment.description)
    context |= _context(request, payment, standing) | {"is_refused": is_refused}
    status = REFUSED if is_refused else 200
    return render(request, "checkout/payment/show.html", context, status=status)


def _context(request: HttpRequest, payment: Payment, standing: Standing) -> dict[str, object]:
    attempt, ended = standing.attempt, standing.ended
    context: dict[str, object] = {
        "payment": payment,
        "merchant": payment.merchant,
        "money": payment.money,
        "standing": standing,
        "stage_template": f"checkout/stage/{standing.stage}.html",
        "tag": _tag(standing),
        "action": reverse("checkout-payment", args=[payment.public_id]),
        "is_paused": _is_paused(payment),
        "can_start_again": payment.link is not None and payment.link.is_reusable,
        "paid_at": wording.moment(payment.succeeded_at, payment.merchant.zone),
        "refunded": Money(payment.amount_refunded, payment.currency),
    }
    if standing.is_payable and not _is_paused(payment):
        context["menu"] = choices.menu(request, payment.merchant_id, payment.money, ended=ended)
        if standing.stage == Stage.SCAN and attempt:
            context["in_this_browser"] = choices.in_this_browser(
                request, payment.merchant_id, payment.money, method=attempt.method
            )
    failed = ended or attempt
    context["advice"] = wording.advice(failed.failure) if failed and failed.failure else None
    return context | (_about(request, payment, attempt) if attempt else {})


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


def _standing(payment: Payment) -> Standing:
    return stages.read(payment, list(payment.attempts.order_by("-chosen_at", "-pk")), clock.now())


def _is_paused(payment: Payment) -> bool:
    return payment.link is not None and payment.link.status == LinkStatus.PAUSED


def _tag(standing: Standing) -> str:
    """Changes when the page would say something else."""
    money = (*standing.returned, *standing.wrong)
    named = [one for one in (standing.attempt, standing.ended, *money) if one]
    facts = [get_language(), standing.stage, standing.is_final]
    facts += [(one.public_id, one.failure, one.next_url, one.returned_at) for one in named]
    return '"' + hashlib.sha256(repr(facts).encode()).hexdigest()[:16] + '"'
