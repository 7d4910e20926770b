"""The first page: what came in, what waits for somebody, and where the money stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sleek.core import clock
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.links.rules import LinkStatus
from sleek.merchants.models import Merchant
from sleek.merchants.rules import Right
from sleek.payments.models import Payment
from sleek.reports.queries import payments, wallet
from sleek.reports.queries.figures import collected, estimates, outstanding
from sleek.reports.queries.figures.collected import Collected
from sleek.reports.queries.needs import needs
from sleek.reports.queries.wallet import Wallet
from sleek.reports.rules import periods
from sleek.reports.rules.periods import Unit
from sleek.web.dashboard import access
from sleek.web.dashboard.telling import charts

SHOWN = {Unit.DAY: 30, Unit.WEEK: 12, Unit.MONTH: 12}  # bars
WEEKS = 4  # whose same weekday is the day's measure
HOURS_OVER = timedelta(weeks=12)  # at most, for what is shown by the hour of day


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for: the unit of time, and one of the merchant's currencies."""

    unit: Unit
    currency: str


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest) -> HttpResponse:
    return render(request, "dashboard/overview/show.html", _context(request))


@access.allowed(Right.READ)
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
    wallets = wallet.wallets(merchant)
    latest = payments.latest_received(access.own(request, Payment.objects.all()))
    links = access.own(request, PaymentLink.objects.filter(status=LinkStatus.ACTIVE))
    return {
        "version": version,
        "today": _today(merchant),
        "wallets": wallets if access.may(request, Right.READ_BALANCES) else [],
        "latest": latest,
        "newest": latest[0].payment.public_id if latest else "",
        "newest_link": links.order_by("-created_at").first(),
        "needs": needs(merchant),
        "may_create": access.may(request, Right.ASK_FOR_MONEY),
        **_figures(merchant, _choice(request, wallets), wallets),
    }


def _choice(request: access.MemberRequest, wallets: list[Wallet]) -> Choice:
    """Whatever else an address asks for is the day, in the default currency."""
    unit, currency = request.GET.get("by", ""), request.GET.get("currency", "")
    known = [each.currency for each in wallets]
    return Choice(
        unit=Unit(unit) if unit in [*Unit] else Unit.DAY,
        currency=currency if currency in known else known[0],
    )


def _figures(merchant: Merchant, choice: Choice, wallets: list[Wallet]) -> dict[str, object]:
    unit, today = choice.unit, _today(merchant)
    firsts = periods.last_ones(today, unit, SHOWN[unit])
    edges = periods.boundaries(firsts, unit, merchant.zone)
    found = collected.collected(merchant, choice.currency, firsts, unit)
    hours_from = max(edges[0], periods.start_of(today, merchant.zone) - HOURS_OVER)
    hours = collected.by_hour(merchant, choice.currency, hours_from, edges[-1])
    currencies = [each.currency for each in wallets]
    totals = collected.in_each(merchant, currencies, edges[-2], edges[-1])
    return {
        "choice": choice,
        "units": [*Unit],
        "currencies": currencies,
        "now": found.on(firsts[-1]),
        "before": _before(found, unit, today, merchant),
        "estimate": estimates.together(
            [figure.total for figure in totals.values()], merchant.default_currency
        ),
        "whole": found.whole,
        "since": firsts[0],
        "hours_since": periods.day_of(hours_from, merchant.zone),
        "owed": outstanding.outstanding(merchant, choice.currency),
        "over_time": charts.over_time(found, unit),
        "by_way": charts.by_way(found),
        "by_hour": charts.by_hour(hours, choice.currency),
    }


def _before(found: Collected, unit: Unit, today: date, merchant: Merchant) -> Money | None:
    """What to measure the present by: the same weekday's average, or the week or month before."""
    born = periods.day_of(merchant.created_at, merchant.zone)
    if unit == Unit.DAY:
        return found.usual(periods.same_weekdays_before(today, WEEKS, not_before=born))
    last = found.firsts[-2]
    return found.on(last).total if born < periods.after(last, unit) else None


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
