"""The list of payment links, and the same list as a file."""

from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sleek.core import clock
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, LinkState
from sleek.merchants.rules import Right
from sleek.reports.queries import links as reports
from sleek.reports.queries.links import Filters
from sleek.reports.queries.pages import Place
from sleek.web.dashboard import access
from sleek.web.dashboard.telling import files
from sleek.web.ui import files as saved
from sleek.web.ui import words


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters, now = _filters(request), clock.now()
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    own = access.own(request, PaymentLink.objects.all())
    page = reports.links(own, place, filters, now=now)
    pleas = reports.open_pleas(request.merchant)
    context = {
        "rows": reports.with_figures(page.rows, now),
        "page": page,
        "filters": filters,
        "states": [(key, words.status("paymentlink", key)) for key in LinkState],
        "kinds": kinds(),
        "tags": reports.tags_of(own),
        "pleas": pleas[:5] if access.may(request, Right.ANSWER_PAYERS) else [],
        "may_create": access.may(request, Right.ASK_FOR_MONEY),
        "may_export": access.may(request, Right.EXPORT),
    }
    return render(request, "dashboard/links/index.html", context)


@access.allowed(Right.EXPORT)
@require_GET
def export(request: access.MemberRequest) -> StreamingHttpResponse:
    """The filtered list as a file, all pages of it."""
    own = access.own(request, PaymentLink.objects.all())
    rows = reports.export(own, _filters(request), now=clock.now())
    return saved.csv("links", files.links(rows, zone=request.merchant.zone))


def kinds() -> list[tuple[str, str]]:
    return [
        (AmountKind.FIXED, _("Fixed amount")),
        (AmountKind.OPEN, _("Payer enters the amount")),
        (AmountKind.QUANTITY, _("By quantity")),
    ]


def _filters(request: access.MemberRequest) -> Filters:
    asked = request.GET
    return Filters(
        text=asked.get("q", "").strip()[:140],
        state=asked.get("status", ""),
        kind=asked.get("kind", ""),
        tag=asked.get("tag", "")[:40],
    )
