"""Payments: the list with its filters and export, and one payment with its whole story."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.channels import registry
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.merchants.rules import Right
from sleek.payments.models import Payment
from sleek.payments.rules import PaymentStatus
from sleek.refunds import actions as refunds
from sleek.reports.queries import history
from sleek.reports.queries import payments as reports
from sleek.reports.queries.history import History
from sleek.reports.queries.pages import Place
from sleek.reports.queries.payments import Filters
from sleek.web.dashboard import access
from sleek.web.dashboard.telling import books, files, story, surplus
from sleek.web.ui import words
from sleek.web.ui.templatetags.sleek_ui import plain_money


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters = _filters(request)
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    page = reports.page(_found(request, filters), place)
    statuses = [(str(key), words.status("payment", key)) for key in PaymentStatus]
    context = {
        "rows": reports.with_attempts(page.rows),
        "page": page,
        "filters": filters,
        "statuses": [*statuses, (reports.ATTENTION, _("Needs a decision"))],
        "channels": [(key, words.channel(key)) for key in registry.ids()],
        "currencies": reports.currencies_of(request.merchant),
    }
    return render(request, "dashboard/payments/index.html", context)


@access.allowed(Right.EXPORT)
@require_GET
def export(request: access.MemberRequest) -> StreamingHttpResponse:
    """The filtered list as a file, all pages of it."""
    rows = reports.export(_found(request, _filters(request)))
    today = timezone.localdate().isoformat()
    return StreamingHttpResponse(
        files.payments(
            rows,
            zone=request.merchant.zone,
            language=get_language() or "",
            rights=request.rights,
        ),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="payments-{today}.csv"'},
    )


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    payment = access.get(request, Payment.objects.select_related("link", "payer"), public_id)
    known = history.of(payment)
    extras = surplus.extras(known)
    context = {
        "payment": payment,
        "needs_attention": any(extra.may_return for extra in extras),
        "state": _state(payment),
        **_paid_by(known),
        "attempts": known.attempts,
        "refunds": known.refunds,
        "chapters": story.tell(known),
        "accounts": books.t_accounts(known.entries),
        "extras": extras,
        "may_return": access.may(request, Right.GIVE_MONEY_BACK),
    }
    return render(request, "dashboard/payments/show.html", context)


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def return_surplus(request: access.MemberRequest, public_id: str, attempt_id: str) -> HttpResponse:
    payment = access.get(request, Payment.objects.all(), public_id)
    attempt = get_object_or_404(payment.attempts.all(), public_id=attempt_id)
    try:
        refund = refunds.promise_surplus(attempt, by=request.user)
        said = _("%(amount)s are on their way back to the payer.")
        messages.success(request, said % {"amount": plain_money(refund.money)})
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("payment-show", payment.public_id)


def _found(request: access.MemberRequest, filters: Filters) -> QuerySet[Payment]:
    own = access.own(request, Payment.objects.all())
    return reports.payments(own, request.merchant, filters)


def _filters(request: access.MemberRequest) -> Filters:
    get = request.GET.get
    return Filters(
        text=get("q", "").strip()[:140],
        status=get("status", ""),
        channel=get("channel", ""),
        currency=get("currency", ""),
        since=_day(get("since", "")),
        until=_day(get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _paid_by(known: History) -> dict[str, object]:
    """The try that tells how it was paid, what the channel kept of it, and what is left of that."""
    attempt = reports.telling(known.attempts)
    if attempt is None or attempt.fee is None:
        return {"attempt": attempt}
    fee = Money(attempt.fee, attempt.fee_currency)
    received = attempt.money_received
    is_ours = not attempt.surplus and received is not None and received.currency == fee.currency
    net = received - fee if received and is_ours else None
    return {"attempt": attempt, "fee": fee, "net": net}


def _state(payment: Payment) -> str:
    """The status, or what refunds have made of it."""
    if not payment.amount_refunded:
        return payment.status
    return "refunded" if payment.amount_refunded == payment.amount else "partly_refunded"
