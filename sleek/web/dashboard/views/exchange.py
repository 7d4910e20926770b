"""What the exchange brought in a period, with the payments behind it, and those as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sleek.core import clock
from sleek.core.tables import Cell
from sleek.merchants.rules import Right
from sleek.reports.queries import bills as reports
from sleek.reports.queries import pages
from sleek.reports.queries.bills import Period
from sleek.reports.rules.periods import Unit, first_of
from sleek.web.dashboard import access
from sleek.web.dashboard.telling.bills import files
from sleek.web.ui import files as saved

EARLIEST = date(2000, 1, 1)
_A_DAY = timedelta(days=1)


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    today = _today(request)
    period, flaw = _period(request.GET, today)
    if flaw:
        messages.error(request, flaw, extra_tags="bad")
    pairs = reports.gains(request.merchant, period)
    numbered = Paginator(range(sum(each.count for each in pairs)), pages.SIZE)
    page = numbered.get_page(request.GET.get("page"))
    after = (page.number - 1) * pages.SIZE
    context = {
        "period": period,
        "choices": [(word, each, each == period) for word, each in _usual(today)],
        "pairs": pairs,
        "wholes": reports.together(pairs),
        "page": page,
        "rows": reports.realised(request.merchant, period, most=pages.SIZE, after=after),
        "may_export": access.may(request, Right.EXPORT),
    }
    return render(request, "dashboard/bills/exchange.html", context)


@access.allowed(Right.EXPORT)
@require_GET
def export_csv(request: access.MemberRequest) -> StreamingHttpResponse:
    return saved.csv("exchange", _lines(request))


@access.allowed(Right.EXPORT)
@require_GET
def export_xlsx(request: access.MemberRequest) -> HttpResponse:
    return saved.xlsx("exchange", _("Exchange gains and losses"), _lines(request))


def _lines(request: access.MemberRequest) -> Iterator[Sequence[Cell]]:
    period, _flaw = _period(request.GET, _today(request))
    rows = reports.realised(request.merchant, period, most=reports.EXPORT_LIMIT)
    return files.realised(rows, zone=request.merchant.zone)


def _period(asked: QueryDict, today: date) -> tuple[Period, str]:
    """The wished one, or else the last month, with what is wrong about the wish."""
    since, until = _day(asked.get("since", "")), _day(asked.get("until", ""))
    usual = _usual(today)[0][1]
    if not since and not until:
        return usual, ""
    until = min(max(until or today, EARLIEST), today)
    since = max(since or first_of(until, Unit.MONTH), EARLIEST)
    if since > until:
        return usual, _("The first day is after the last one. This is the last month.")
    if (until - since).days >= reports.MOST_DAYS:
        return usual, _("Choose at most a year at once. This is the last month.")
    return Period(since, until), ""


def _usual(today: date) -> list[tuple[str, Period]]:
    this = first_of(today, Unit.MONTH)
    last = first_of(this - _A_DAY, Unit.MONTH)
    return [
        (_("Last month"), Period(last, this - _A_DAY)),
        (_("This month"), Period(this, today)),
        (_("This year"), Period(today.replace(month=1, day=1), today)),
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _today(request: access.MemberRequest) -> date:
    return clock.now().astimezone(request.merchant.zone).date()
