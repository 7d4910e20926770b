"""The first page: what came in today, this week and this month, and where the money stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sleek.core import clock
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.merchants.rules import Right
from sleek.payments.models import Payment
from sleek.reports.queries import collected, payments, wallet
from sleek.reports.queries.collected import Collected, Figure
from sleek.reports.rules import periods
from sleek.web.dashboard import access
from sleek.web.dashboard.telling import bars

WEEKS = 4  # whose same weekday is the day's measure
BAR_DAYS = 30
WINDOW_DAYS = 35  # holds the bars, the month so far and the weeks compared with


@dataclass(frozen=True, slots=True)
class Period:
    """Today, this week or this month: one figure per currency, the default one first."""

    key: str
    first: date
    figures: list[Figure]

    @property
    def main(self) -> Figure:
        return self.figures[0]


@access.member
@require_GET
def show(request: access.MemberRequest) -> HttpResponse:
    return render(request, "dashboard/overview/show.html", _context(request))


@access.member
@require_GET
def live(request: access.MemberRequest) -> HttpResponse:
    """The page's figures again, or 204 when nothing moved since: then the page stands still."""
    seen = request.GET.get("seen", "")
    day = request.GET.get("day", "")
    version = str(wallet.version(request.merchant))
    if (seen, day) == (version, _today(request.merchant).isoformat()):
        return HttpResponse(status=204)
    context = _context(request)
    context["arrived"] = _arrived(context, request.GET.get("newest", ""))
    return render(request, "dashboard/overview/_live.html", context)


def _context(request: access.MemberRequest) -> dict[str, object]:
    merchant = request.merchant
    # Read first: what arrives while the rest is read is told again, rather than missed.
    version = wallet.version(merchant)
    today = _today(merchant)
    days = periods.last_days(today, WINDOW_DAYS)
    figures = collected.collected(merchant, days)
    told = _periods(figures, today, merchant.default_currency)
    latest = payments.latest_received(access.own(request, Payment.objects.all()))
    return {
        "version": version,
        "today": today,
        "periods": told,
        "others": _others(told),
        "usual": _usual(figures, today, merchant),
        "chart": bars.draw(figures, days[-BAR_DAYS:], merchant.default_currency),
        "latest": latest,
        "newest": latest[0].payment.public_id if latest else "",
        "wallets": wallet.wallets(merchant),
        "has_links": access.own(request, PaymentLink.objects.all()).exists(),
        "may_create": access.may(request, Right.ASK_FOR_MONEY),
    }


def _periods(figures: Collected, today: date, default: str) -> list[Period]:
    starts = {
        "today": today,
        "week": periods.start_of_week(today),
        "month": periods.start_of_month(today),
    }
    currencies = figures.currencies(first=default)
    return [
        Period(key, first, [figures.between(first, today, currency) for currency in currencies])
        for key, first in starts.items()
    ]


def _others(told: list[Period]) -> list[tuple[Figure, ...]]:
    """The other currencies, one row each across the periods, as far as there was anything."""
    rows = zip(*(period.figures[1:] for period in told), strict=True)
    return [row for row in rows if any(figure.count for figure in row)]


def _usual(figures: Collected, today: date, merchant: Merchant) -> Money | None:
    born = periods.day_of(merchant.created_at, merchant.zone)
    days = periods.same_weekdays_before(today, WEEKS, not_before=born)
    return figures.usual(days, merchant.default_currency)


def _arrived(context: dict[str, object], newest: str) -> list[payments.PaymentRow]:
    """The rows that the page had not shown, so that it can point them out."""
    rows: list[payments.PaymentRow] = []
    for row in context["latest"]:  # type: ignore[attr-defined]
        if row.payment.public_id == newest:
            break
        rows.append(row)
    return rows


def _today(merchant: Merchant) -> date:
    return periods.day_of(clock.now(), merchant.zone)
