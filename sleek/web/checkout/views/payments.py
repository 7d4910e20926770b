"""The page of one payment: its state, another try, coming back from the provider, its receipt."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from sleek.channels.base import ChannelError, Device, Flow
from sleek.core import clock
from sleek.links.rules import AmountKind, LinkStatus
from sleek.papers import queries as papers
from sleek.payments import actions as payments
from sleek.payments import queries as payments_queries
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.payments.rules import PaymentStatus
from sleek.receipts import actions as receipts
from sleek.risk.actions import Visitor
from sleek.risk.rules import Action
from sleek.stock.actions import SoldOut
from sleek.web.checkout import access, choices, guard, page, qr, shortage, stages, wording
from sleek.web.checkout.forms import entry
from sleek.web.checkout.forms.announcement import AnnouncementForm
from sleek.web.checkout.outcome import ladder, receipt, refunds, result, transfer
from sleek.web.checkout.stages import Stage, Standing
from sleek.web.checkout.visitor import introduction, known
from sleek.web.checkout.visitor.known import Keeping

REFUSED = 422
UNCHANGED = 304
# The payment's page says why.
_REFUSALS = (
    payments.NotPayable,
    payments.NotSaved,
    payments.OutcomeUnknown,
    payments.TermsNotAccepted,
)


class SeeOther(HttpResponseRedirect):
    """Always a GET next, whatever was sent; repeating the page then repeats nothing."""

    status_code = 303


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def payment(request: HttpRequest, public_id: str) -> HttpResponse:
    found = access.payment(public_id)
    if request.method != "POST":
        return show(request, found)
    if known.FORGET in request.POST:
        known.forget(request, found.merchant)
        return SeeOther(f"{request.path}?{known.FORGOTTEN}=1")
    if is_closed(found):
        return see(found)
    terms = payments_queries.terms_owed(found)
    trouble = entry.terms_error(terms, request.POST.get(entry.TERMS, ""))
    among = payments_queries.methods_of(found)
    offer = choices.chosen(request, found.merchant, found.money, among=among)
    if trouble or offer is None:
        return show(request, found, is_refused=offer is None, terms_error=trouble)
    who = guard.visitor(request, Action.PAY, payments_queries.guarded_as(found))
    if terms:
        language = str(request.LANGUAGE_CODE)
        payments.accept_terms(found, terms, address=client_address(request), language=language)
    keeping = known.read(request, found.merchant, access.face(found).display_name, offer)
    return depart(found, offer, who, keeping=keeping)


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


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where providers send the browser, paid or not; UnionPay with a form. Neither address nor form
    proves anything, and nothing of it is read: we ask the provider.
    """
    found = access.payment(public_id)
    if request.method != "HEAD":
        payments.ask(found)
    return see(found)


@require_safe
@page.for_payers
def receipt_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    found = access.payment(public_id)
    paid_by = standing_of(found).attempt
    if found.status != PaymentStatus.SUCCEEDED or paid_by is None:
        raise Http404("not paid")
    if found.is_for_bills:
        kept = papers.newest(receipts.issue(found).public_id)
        if kept is None:
            raise Http404("no paper")
        return as_file(bytes(kept.content), kept.file_name)
    return as_file(receipt.pdf(found, paid_by), receipt.file_name(found))


def as_file(content: bytes, name: str) -> HttpResponse:
    """A PDF to look at, with the name that it is saved under."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=False, filename=name) or ""
    )
    return response


def depart(
    payment: Payment,
    offer: Offer,
    who: Visitor,
    *,
    payer_id: str = "",
    keeping: Keeping | None = None,
) -> HttpResponse:
    """As `leave`; that what was wanted is gone is told on the payment's page, too."""
    try:
        return leave(payment, offer, who, payer_id=payer_id, keeping=keeping)
    except SoldOut:
        return see(payment)


def leave(
    payment: Payment,
    offer: Offer,
    who: Visitor,
    *,
    payer_id: str = "",
    keeping: Keeping | None = None,
) -> HttpResponse:
    """Start a try and send the payer on: to the provider, or to the payment's page, which shows a
    code, or why it did not start. Where the provider's app must say first who the payer is, they
    are sent there, and come back with `payer_id`. With `keeping` this browser is known the next
    time. Raises `SoldOut`.
    """
    if not payer_id and payments.needs_introduction(offer):
        with suppress(ChannelError):  # its keys cannot be read: the try that fails says so
            return _introduce(payment, offer)
    try:
        consent = keeping.consent if keeping else None
        attempt = payments.begin(payment, offer, who, payer_id=payer_id, consent=consent)
    except _REFUSALS:
        return see(payment)
    is_elsewhere = attempt.next_url and not attempt.next_qr
    response = SeeOther(way_on(attempt)) if is_elsewhere else see(payment)
    return known.remember(response, payment.merchant, keeping)


def way_on(attempt: Attempt) -> str:
    """The provider's page, or ours that carries a form there; nothing where there is none."""
    if not (attempt.next_url and attempt.next_data):
        return attempt.next_url
    return reverse("checkout-go", args=[attempt.payment.public_id, attempt.public_id])


def _introduce(payment: Payment, offer: Offer) -> HttpResponse:
    asked = introduction.new(offer.id)
    back = f"{settings.PUBLIC_URL}{introduction.path(payment)}"
    address = payments.introduction(offer, return_url=back, state=asked.state)
    return introduction.keep(SeeOther(address), payment, asked)


def see(payment: Payment) -> HttpResponse:
    return SeeOther(reverse("checkout-payment", args=[payment.public_id]))


def standing_of(payment: Payment) -> Standing:
    return stages.read(payment, list(payment.attempts.order_by("-chosen_at", "-pk")), clock.now())


def client_address(request: HttpRequest) -> str | None:
    return str(get_adapter(request).get_client_ip(request)) or None


def show(
    request: HttpRequest,
    payment: Payment,
    *,
    is_refused: bool = False,
    terms_error: object = "",
    notice: str = "",
    announcement_form: AnnouncementForm | None = None,
) -> HttpResponse:
    standing = standing_of(payment)
    context = page.about(request, access.face(payment), payment.money, payment.description)
    context |= _context(request, payment, standing)
    trouble = {"notice": notice} if notice else None
    context |= {"is_refused": is_refused, "terms_error": terms_error, "trouble": trouble}
    if announcement_form:
        context["announcement_form"] = announcement_form
    is_wrong = is_refused or terms_error or notice or announcement_form
    status = REFUSED if is_wrong else 200
    return render(request, "checkout/payment/show.html", context, status=status)


def _context(request: HttpRequest, payment: Payment, standing: Standing) -> dict[str, object]:
    attempt, ended, link = standing.attempt, standing.ended, payment.link
    failed = ended or attempt
    context: dict[str, object] = {
        "payment": payment,
        "payee": access.face(payment).display_name,
        "money": payment.money,
        "link": link,
        "shares": payments_queries.shares_of(payment),
        "standing": standing,
        "stage_template": f"checkout/stage/{standing.stage}.html",
        "tag": _tag(standing),
        "action": reverse("checkout-payment", args=[payment.public_id]),
        "is_closed": is_closed(payment),
        "can_start_again": link is not None and link.is_reusable,
        "can_change": link is not None and link.amount_kind != AmountKind.FIXED,
        "advice": choices.advice(failed) if failed and failed.failure else None,
    }
    context |= ladder.about(payment, standing)
    if standing.is_payable and not is_closed(payment):
        context |= _ways(request, payment, standing)
    if standing.stage == Stage.PAID:
        context |= _paid(payment)
    if standing.stage == Stage.TRANSFER and attempt:
        context |= transfer.about(payment, attempt, standing)
    return context | (_about(request, payment, attempt) if attempt else {})


def _ways(request: HttpRequest, payment: Payment, standing: Standing) -> dict[str, object]:
    """How it can be paid, and what stands in the way."""
    merchant_id, attempt, lack = payment.merchant_id, standing.attempt, shortage.of_payment(payment)
    until = lack.until if lack else None
    ways: dict[str, object] = {
        "lack": lack,
        "lack_until": wording.hour(until, payment.merchant.zone) if until else "",
        "terms": payments_queries.terms_owed(payment),
        "menu": choices.menu(
            request,
            payment.merchant,
            payment.money,
            ended=standing.ended,
            among=payments_queries.methods_of(payment),
        ),
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
        "refunds": refunds.tell(payment),
        "onward": result.onward(payment),
        "thank_you": (link.thank_you if link else "") or access.face(payment).thank_you,
    }


def _about(request: HttpRequest, payment: Payment, attempt: Attempt) -> dict[str, object]:
    """The try that is under way, or that paid."""
    return {
        "attempt_url": way_on(attempt),
        "method": wording.method_name(attempt.method),
        "channel": wording.channel_name(attempt.channel),
        "is_mobile": choices.device_of(request) != Device.DESKTOP,
        "can_open": choices.can_open(request, attempt),
        "code": qr.svg(attempt.next_qr) if attempt.next_qr else "",
        "call": json.dumps(attempt.next_data) if attempt.flow == Flow.IN_APP else "",
        "app_url": attempt.next_qr if qr.is_address(attempt.next_qr) else "",
        "ends_at": wording.hour(attempt.expires_at, payment.merchant.zone),
    }


def is_closed(payment: Payment) -> bool:
    """Its link was paused or put away: no new try begins."""
    return payment.link is not None and payment.link.status != LinkStatus.ACTIVE


def _tag(standing: Standing) -> str:
    """Changes when the page would say something else."""
    money = (*standing.returned, *standing.wrong)
    named = [one for one in (standing.attempt, standing.ended, *money) if one]
    facts = [get_language(), standing.stage, standing.is_final]
    facts += [(one.public_id, one.failure, one.next_url, one.resolution) for one in named]
    return '"' + hashlib.sha256(repr(facts).encode()).hexdigest()[:16] + '"'
