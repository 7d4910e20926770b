"""The list of customers, and the same list as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sleek.core.tables import Cell
from sleek.customers import queries
from sleek.customers.models import Customer
from sleek.customers.queries import ARCHIVED, Filters
from sleek.invoices.models import Invoice
from sleek.merchants.rules import Right
from sleek.reports.queries import bills as reports
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Place
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.merchant import countries
from sleek.web.dashboard.telling.customers import files
from sleek.web.ui import files as saved

BY_OWED = "owed"


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters = _filters(request)
    own = access.own(request, Customer.objects.all())
    names = dict(countries(to_locale(get_language() or "en")))
    is_by_owed = request.GET.get("order") == BY_OWED
    page, rows = _page(request, _found(request, filters), is_by_owed=is_by_owed)
    owed = reports.owed(rows)
    context = {
        "page": page,
        "rows": [(customer, owed.get(customer.pk, [])) for customer in rows],
        "is_by_owed": is_by_owed,
        "filters": filters,
        "is_archive": filters.state == ARCHIVED,
        "tags": queries.tags_of(own),
        "countries": [(code, names.get(code, code)) for code in queries.countries_of(own)],
        "country_names": names,
        "may_write": access.may(request, Right.ASK_FOR_MONEY),
        "may_export": access.may(request, Right.EXPORT),
    }
    return render(request, "dashboard/customers/index.html", context)


@access.allowed(Right.EXPORT)
@require_GET
def export_csv(request: access.MemberRequest) -> StreamingHttpResponse:
    """The filtered list as a file, all pages of it."""
    return saved.csv("customers", _rows(request))


@access.allowed(Right.EXPORT)
@require_GET
def export_xlsx(request: access.MemberRequest) -> HttpResponse:
    return saved.xlsx("customers", _("Customers"), _rows(request))


def _page(
    request: access.MemberRequest, found: QuerySet[Customer], *, is_by_owed: bool
) -> tuple[object, list[Customer]]:
    """The newest first; or, numbered, those who owe most."""
    if not is_by_owed:
        place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
        page = pages.page(found, place, by="created_at")
        return page, page.rows
    bills = access.own(request, Invoice.objects.all())
    ordered = reports.by_owed(found, bills, request.merchant.default_currency)
    numbered = Paginator(ordered, pages.SIZE).get_page(request.GET.get("page"))
    return numbered, list(numbered.object_list)


def _rows(request: access.MemberRequest) -> Iterator[Sequence[Cell]]:
    return files.customers(
        queries.export(_found(request, _filters(request))),
        zone=request.merchant.zone,
        rights=request.rights,
    )


def _found(request: access.MemberRequest, filters: Filters) -> QuerySet[Customer]:
    own = access.own(request, Customer.objects.all())
    sees = access.may(request, Right.SEE_PERSONAL_DATA)
    return queries.matching(own, filters, sees_personal=sees)


def _filters(request: access.MemberRequest) -> Filters:
    asked = request.GET
    return Filters(
        text=" ".join(asked.get("q", "").replace("\x00", "").split())[:140],
        tag=asked.get("tag", "").replace("\x00", "")[:40],
        country=asked.get("country", "").replace("\x00", "")[:2],
        state=ARCHIVED if asked.get("status") == ARCHIVED else "",
    )
