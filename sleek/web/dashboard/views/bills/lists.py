"""The list of bills with what is owed by age, and the same list as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sleek.core import clock
from sleek.core.tables import Cell
from sleek.customers.models import TableFile
from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.merchants.rules import Right
from sleek.reports.queries import bills as reports
from sleek.reports.queries import pages
from sleek.reports.queries.bills import Filters, Order, State
from sleek.web.dashboard import access
from sleek.web.dashboard.telling.bills import badges, batches, files, words
from sleek.web.dashboard.telling.bills.badges import Badge
from sleek.web.ui import files as saved

MOST_TICKED = 100  # bills, one by one


@dataclass(frozen=True, slots=True)
class Row:
    invoice: Invoice
    due_on: date | None
    badges: list[Badge]


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters, own = _filters(request.GET), access.own(request, Invoice.objects.all())
    today = _today()
    found = reports.ordered(_found(request, filters), filters.order).select_related("customer")
    found = found.prefetch_related("instalments")
    page = Paginator(found, pages.SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            Row(bill, queries.due_day(bill), badges.of(bill, today)) for bill in page.object_list
        ],
        "filters": filters,
        "states": [(state, words.STATES[state]) for state in State],
        "orders": [(order, words.ORDERS[order]) for order in Order],
        "currencies": sorted(own.values_list("currency", flat=True).distinct()),
        "tags": reports.tags_of(own),
        "table": _table(request, filters),
        "aged": reports.aging(own, today=today),
        "columns": words.AGES,
        "moving": [
            batches.told(batch, request.rights) for batch in queries.batches_open(request.merchant)
        ],
        "has_exchange": reports.have_foreign(own),
        "may_write": access.may(request, Right.ASK_FOR_MONEY),
        "may_export": access.may(request, Right.EXPORT),
    }
    return render(request, "dashboard/bills/index.html", context)


@access.allowed(Right.EXPORT)
@require_GET
def export_csv(request: access.MemberRequest) -> StreamingHttpResponse:
    """The filtered list as a file, all pages of it; or (`pick`) only those that were ticked."""
    return saved.csv("bills", _lines(request))


@access.allowed(Right.EXPORT)
@require_GET
def export_xlsx(request: access.MemberRequest) -> HttpResponse:
    return saved.xlsx("bills", _("Bills"), _lines(request))


def chosen(request: access.MemberRequest, asked: QueryDict) -> QuerySet[Invoice]:
    """The ticked bills of a list, or all that it shows on all of its pages."""
    if wants_all(asked):
        return _found(request, _filters(QueryDict(asked.get("match", ""))))
    plain = [public_id.replace("\x00", "") for public_id in asked.getlist("pick")[:MOST_TICKED]]
    return access.own(request, Invoice.objects.filter(public_id__in=plain))


def wants_all(asked: QueryDict) -> bool:
    return bool(asked.get("all"))


def _lines(request: access.MemberRequest) -> Iterator[Sequence[Cell]]:
    filters = _filters(request.GET)
    is_picked = "pick" in request.GET or wants_all(request.GET)
    found = chosen(request, request.GET) if is_picked else _found(request, filters)
    return files.bills(
        reports.export(found, filters.order),
        today=_today(),
        rights=request.rights,
    )


def _found(request: access.MemberRequest, filters: Filters) -> QuerySet[Invoice]:
    own = access.own(request, Invoice.objects.all())
    sees, today = access.may(request, Right.SEE_PERSONAL_DATA), _today()
    return reports.matching(own, filters, today=today, sees_personal=sees)


def _table(request: access.MemberRequest, filters: Filters) -> TableFile | None:
    """Of which only the bills are shown."""
    own = access.own(request, TableFile.objects.all())
    return own.filter(public_id=filters.table).first() if filters.table else None


def _today() -> date:
    return clock.now().astimezone(timezone.get_current_timezone()).date()


def _filters(query: QueryDict) -> Filters:
    asked = {key: str(text).replace("\x00", "") for key, text in query.items()}
    order = asked.get("order", "")
    return Filters(
        text=" ".join(asked.get("q", "").split())[:140],
        state=asked.get("status", ""),
        currency=asked.get("currency", "")[:3],
        tag=asked.get("tag", "")[:40],
        customer=asked.get("customer", "")[:32],
        document=asked.get("document", "")[:80],
        table=asked.get("table", "")[:32],
        order=order if order in [*Order] else Order.NEWEST,
    )
