"""Exceptions: the list of what is out of the ordinary, and settling what needs only a look."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sleek.core.errors import SleekError
from sleek.core.money import InvalidAmount, Money
from sleek.merchants.rules import Right
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import Anomaly
from sleek.reconciliation.rules.flags import Flag
from sleek.reports.queries import anomalies as reports
from sleek.reports.queries.anomalies import AnomalyFilters
from sleek.reports.queries.payments import currencies_of
from sleek.web.dashboard import access
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.telling.support import anomalies as telling
from sleek.web.ui import files as saved

AGES = (1, 3, 7, 30)  # days
AT_ONCE = 100  # settled by one press


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters = _filters(request)
    rows = reports.anomalies(request.merchant, filters)
    page = reports.page(rows, request.GET.get("page", ""))
    told = telling.tell(reports.cases(rows, page.object_list))
    context = {
        "rows": told,
        "has_ticks": any(row.can_be_looked_at for row in told),
        "page": page,
        "filters": filters,
        "least": request.GET.get("least", "")[:20],
        "currency": request.GET.get("currency", "")[:3],
        "currencies": currencies_of(request.merchant),
        "flags": telling.choices(),
        "ages": AGES,
        "may_decide": access.may(request, Right.GIVE_MONEY_BACK),
    }
    return render(request, "dashboard/exceptions/index.html", context)


@access.allowed(Right.EXPORT)
@require_GET
def export(request: access.MemberRequest) -> StreamingHttpResponse:
    """The filtered list as a file, all pages of it."""
    rows = reports.anomalies(request.merchant, _filters(request))
    zone, rights = request.merchant.zone, request.rights
    return saved.csv("exceptions", telling.listed(reports.export(rows), zone=zone, rights=rights))


@access.allowed(Right.RECORD_ARRIVALS)
@require_POST
def look(request: access.MemberRequest, public_id: str) -> HttpResponse:
    anomaly = access.get(request, Anomaly.objects.all(), public_id)
    _settle(request, [anomaly])
    return redirect("anomaly-index")


@access.allowed(Right.RECORD_ARRIVALS)
@require_POST
def look_at_many(request: access.MemberRequest) -> HttpResponse:
    """Those that were ticked, for one reason. Money that waits is left as it is."""
    wanted = request.POST.getlist("anomaly")[:AT_ONCE]
    _settle(request, list(access.own(request, Anomaly.objects.filter(public_id__in=wanted))))
    return redirect("anomaly-index")


def _settle(request: access.MemberRequest, found: list[Anomaly]) -> None:
    done, complaints = 0, set()
    for anomaly in found:
        try:
            reconciliation.look_at(anomaly, request.POST.get("reason", ""), by=request.user)
            done += 1
        except SleekError as error:
            complaints.add(error.message)
    if done:
        said = ngettext(
            "%(count)s exception is settled.", "%(count)s exceptions are settled.", done
        )
        messages.success(request, said % {"count": done})
    for complaint in sorted(complaints) or ([] if found else [_("Tick at least one of them.")]):
        messages.error(request, complaint, extra_tags="bad")


def _filters(request: access.MemberRequest) -> AnomalyFilters:
    get = request.GET.get
    state, flag, days = get("state", ""), get("flag", ""), get("days", "")
    return AnomalyFilters(
        state=state if state in (reports.RUNNING, reports.PAST) else reports.YOURS,
        flag=flag if flag in [*Flag] else "",
        days=int(days) if days.isascii() and days.isdigit() and int(days) in AGES else 0,
        least=_least(get("least", ""), get("currency", "")),
    )


def _least(typed: str, currency: str) -> Money | None:
    if not typed or not currency:
        return None
    try:
        return amounts.parse(typed[: amounts.MAX_TYPED], currency)
    except InvalidAmount:
        return None
