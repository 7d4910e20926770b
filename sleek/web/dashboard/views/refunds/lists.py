"""All refunds with their filters and export, and one with its three steps."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sleek.core import clock
from sleek.merchants.rules import Right
from sleek.notifications import payer_letters
from sleek.refunds import queries
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus, Route
from sleek.reports.queries import refunds as reports
from sleek.reports.queries.pages import Place
from sleek.reports.queries.refunds import Filters
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.refunds.asking import DeclineForm, TransferForm
from sleek.web.dashboard.telling.refunds import files, words
from sleek.web.ui import files as saved


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters = _filters(request)
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    page = reports.page(_found(request, filters), place)
    context = {
        "rows": page.rows,
        "page": page,
        "filters": filters,
        "conditions": words.SHOWN.items(),
        "currencies": reports.currencies_of(request.merchant),
    }
    return render(request, "dashboard/refunds/index.html", context)


@access.allowed(Right.EXPORT)
@require_GET
def export(request: access.MemberRequest) -> StreamingHttpResponse:
    rows = reports.export(_found(request, _filters(request)))
    return saved.csv("refunds", files.refunds(rows, zone=request.merchant.zone))


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    return page_of(request, find(request, public_id))


def find(request: access.MemberRequest, public_id: str) -> Refund:
    known = Refund.objects.select_related(
        "attempt__payment__merchant", "attempt__connection", "requested_by", "reviewed_by"
    )
    return access.get(request, known, public_id)


def page_of(
    request: access.MemberRequest,
    refund: Refund,
    *,
    decline: DeclineForm | None = None,
    transfer: TransferForm | None = None,
) -> HttpResponse:
    """The refund's page, with a form that was not filled in right, if any."""
    claim = queries.live_claim(refund)
    gives = access.may(request, Right.GIVE_MONEY_BACK)
    is_in_review = refund.status == RefundStatus.IN_REVIEW
    is_own = refund.requested_by_id == request.user.pk
    context = {
        "refund": refund,
        "payment": refund.attempt.payment,
        "reason": words.reason(refund.reason),
        "way": words.ROUTES[refund.route],
        "is_own": is_own,
        "may_review": is_in_review and not is_own and access.may(request, Right.REVIEW_REFUNDS),
        "may_give": gives,
        "waits_by_bank": refund.status == RefundStatus.PENDING and refund.route == Route.BANK,
        "claim": claim,
        "claim_is_open": claim is not None and claim.is_open(clock.now()),
        "may_go_to_wallet": queries.may_go_to_wallet(refund),
        "claim_url": payer_letters.claim_address(claim) if claim else "",
        "may_try_again": gives and _may_try_again(refund),
        "decline": decline or DeclineForm(),
        "transfer": transfer or TransferForm(),
    }
    status = 422 if decline or transfer else 200
    return render(request, "dashboard/refunds/show.html", context, status=status)


def _may_try_again(refund: Refund) -> bool:
    return (
        refund.status == RefundStatus.FAILED
        and refund.source == "payment"
        and bool(queries.left(refund.attempt.payment))
    )


def _found(request: access.MemberRequest, filters: Filters) -> QuerySet[Refund]:
    return reports.refunds(access.own(request, Refund.objects.all()), filters)


def _filters(request: HttpRequest) -> Filters:
    get = request.GET.get
    return Filters(
        text=get("q", "").strip()[:140], shown=get("shown", ""), currency=get("currency", "")
    )
