"""Payments: the list with its filters and export, and one payment with its whole story."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.channels import registry
from sleek.core.money import Money
from sleek.merchants.rules import Right
from sleek.payments import actions as payments
from sleek.payments import queries as payments_queries
from sleek.payments.models import Announcement, Payment, SavedMethod
from sleek.payments.rules import PaymentStatus
from sleek.receipts import queries as receipts
from sleek.refunds import queries as refunds
from sleek.reports.queries import anomalies, history
from sleek.reports.queries import payments as reports
from sleek.reports.queries.history import History
from sleek.reports.queries.pages import Place
from sleek.reports.queries.payments import Filters
from sleek.web.dashboard import access
from sleek.web.dashboard.telling import books, files, story
from sleek.web.dashboard.telling.channels import choices
from sleek.web.dashboard.telling.support import surplus
from sleek.web.dashboard.waiting import client_address
from sleek.web.ui import files as saved
from sleek.web.ui import words


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters = _filters(request)
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    page = reports.page(_found(request, filters), place)
    keys = [*map(str, PaymentStatus), *reports.REFUND_STATES]
    statuses = [(key, words.status("payment", key)) for key in keys]
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
    told = files.payments(rows, zone=request.merchant.zone, rights=request.rights)
    return saved.csv("payments", told)


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    payment = access.get(request, Payment.objects.select_related("link", "payer"), public_id)
    known = history.of(payment)
    waiting = anomalies.waiting(payment, known.attempts)
    extras = surplus.extras(known, waiting)
    context = {
        "payment": payment,
        "bills": payments_queries.bills_of(payment),
        "receipt": receipts.of_payment(payment),
        "may_read_receipt": access.may(request, Right.SEE_PERSONAL_DATA),
        "row": reports.with_attempts([payment])[0],
        "may_refund": access.may(request, Right.GIVE_MONEY_BACK) and bool(refunds.left(payment)),
        **_paid_by(known),
        "choice": _choice(known),
        "attempts": known.attempts,
        "refunds": known.refunds,
        "portions": known.portions,
        "may_release": access.may(request, Right.MANAGE_SPLITS),
        "chapters": story.tell(known),
        "accounts": books.t_accounts(known.entries),
        "extras": extras,
        "heir": anomalies.heir_of(payment, waiting),
        "may_decide": access.may(request, Right.GIVE_MONEY_BACK),
        "announcements": _announcements(payment),
        "saved": SavedMethod.objects.filter(attempt__payment=payment, saved_at__isnull=False),
        "may_forget": access.may(request, Right.ANSWER_PAYERS),
    }
    return render(request, "dashboard/payments/show.html", context)


@access.allowed(Right.ANSWER_PAYERS)
@require_POST
def forget(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """A payer asked for their saved card to be forgotten."""
    rows = SavedMethod.objects.select_related("attempt__payment", "merchant")
    saved = access.get(request, rows, public_id)
    payments.revoke(saved, by=request.user, address=client_address(request))
    messages.success(request, _("The saved card is forgotten."))
    return redirect("payment-show", saved.attempt.payment.public_id)


def _announcements(payment: Payment) -> QuerySet[Announcement]:
    """Without the files themselves, which may be large."""
    told = Announcement.objects.filter(attempt__payment=payment)
    return told.defer("content").order_by("-pk")


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
        is_told = attempt is not None and registry.capabilities(attempt.channel).tells_fee
        return {"attempt": attempt, "fee_will_be_told": is_told}
    fee = Money(attempt.fee, attempt.fee_currency)
    received = attempt.money_received
    is_ours = not attempt.surplus and received is not None and received.currency == fee.currency
    net = received - fee if received and is_ours else None
    return {"attempt": attempt, "fee": fee, "net": net}


def _choice(known: History) -> choices.Explained | None:
    """Why the try that tells how it was paid, or else the newest, went the way it did."""
    attempt = reports.telling(known.attempts) or next(reversed(known.attempts), None)
    return choices.explain(attempt) if attempt else None
