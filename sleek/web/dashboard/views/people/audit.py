"""The audit log: who did what, told in words, and whether the log is whole."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sleek.merchants.rules import Right
from sleek.reports.queries.pages import Place
from sleek.reports.queries.people import acts as reports
from sleek.reports.queries.people.acts import ActFilters
from sleek.web.dashboard import access
from sleek.web.dashboard.telling import acts as telling
from sleek.web.ui import files as saved

CHECKED_AT_ONCE = 5_000  # records whose hashes a page computes without being asked


@access.allowed(Right.READ_AUDIT)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters = _filters(request)
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    page = reports.page(reports.acts(request.merchant, filters), place)
    count = reports.count(request.merchant)
    is_checked = count <= CHECKED_AT_ONCE or "check" in request.GET
    context = {
        "acts": telling.tell(request.merchant, page.rows),
        "page": page,
        "filters": filters,
        "people": reports.people(request.merchant),
        "actions": telling.choices(reports.actions(request.merchant)),
        "count": count,
        "is_checked": is_checked,
        "flaw": reports.flaw(request.merchant) if is_checked else None,
    }
    return render(request, "dashboard/audit/index.html", context)


@access.allowed(Right.READ_AUDIT)
@require_GET
def export(request: access.MemberRequest) -> StreamingHttpResponse:
    """The filtered log as a file, all pages of it."""
    rows = reports.acts(request.merchant, _filters(request))
    return saved.csv("audit-log", telling.listed(request.merchant, reports.export(rows)))


def _filters(request: access.MemberRequest) -> ActFilters:
    get = request.GET.get
    return ActFilters(
        person=get("person", "")[:32],
        action=get("action", "")[:60],
        since=_day(get("since", "")),
        until=_day(get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
