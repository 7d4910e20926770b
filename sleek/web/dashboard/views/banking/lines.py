"""Lines of the bank's statement: the list, one with what it may be, and saying what it is."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sleek.channels.models import Connection
from sleek.core.money import InvalidAmount
from sleek.merchants.rules import Right
from sleek.payments.models import Attempt
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation import awaited
from sleek.reconciliation.models import BankLine
from sleek.reconciliation.rules.lines import LineStatus
from sleek.reconciliation.rules.matching import Match
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Place
from sleek.web.dashboard import access
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.banking.lines import LineForm
from sleek.web.dashboard.telling import bank_lines
from sleek.web.ui import files as saved
from sleek.web.ui import words

MAX_TYPED = 80  # characters of a search
EXPORT_LIMIT, CHUNK = 50_000, 500  # rows of one file, and read at a time
CHOICES = 20  # open transfers that a person may pick beside what is suggested


@access.allowed(Right.READ_BALANCES)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    own = access.own(request, BankLine.objects.all())
    status, text = _wanted(request)
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    page = pages.page(_found(own, status, text), place, by="booked_on")
    context = {
        "lines": page.rows,
        "page": page,
        "is_filtered": bool(status or text),
        "status": status,
        "text": text,
        "statuses": [(key.value, words.status("bankline", key)) for key in LineStatus],
        "open_count": own.filter(status=LineStatus.OPEN).count(),
        "accounts": accounts(request),
        "may_record": access.may(request, Right.RECORD_ARRIVALS),
    }
    return render(request, "dashboard/banking/index.html", context)


@access.allowed(Right.SEE_BANK_DETAILS)
@require_GET
def export(request: access.MemberRequest) -> StreamingHttpResponse:
    """The filtered list as a file, all pages of it, the latest first. It names payers' accounts,
    so the right to save lists is not enough.
    """
    rows = _found(access.own(request, BankLine.objects.all()), *_wanted(request))
    rows = rows.select_related("connection", "attempt__payment", "matched_by", "file")
    # Not the content of the files, which may be large.
    rows = rows.defer("file__content").order_by("-booked_on", "-pk")[:EXPORT_LIMIT]
    read, zone = rows.iterator(chunk_size=CHUNK), request.merchant.zone
    return saved.csv("bank-lines", bank_lines.listed(read, zone=zone, rights=request.rights))


@access.allowed(Right.READ_BALANCES)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    line = _get(request, public_id)
    is_open = line.status == LineStatus.OPEN
    found = awaited.suggestions(line) if is_open else []
    suggested = {attempt.pk for attempt, _match in found}
    others = awaited.open_transfers(line) if is_open else set()
    newest = sorted(others, key=lambda one: -one.pk)
    context = {
        "line": line,
        "suggestions": [bank_lines.suggestion(line, attempt, match) for attempt, match in found],
        "others": [
            bank_lines.suggestion(line, one, Match(one.public_id, ()))
            for one in newest[:CHOICES]
            if one.pk not in suggested
        ],
        "clues": bank_lines.clues(line.clues),
        "may_record": access.may(request, Right.RECORD_ARRIVALS),
    }
    return render(request, "dashboard/banking/show.html", context)


@access.sensitive
@access.allowed(Right.RECORD_ARRIVALS)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: access.MemberRequest) -> HttpResponse:
    """A line that somebody reads off the statement. A double click writes it once."""
    form = LineForm(request.POST or None, accounts=accounts(request))
    if form.is_valid():
        line = reconciliation.enter_line(
            request.membership, form.connection, form.row(), public_id=form.cleaned_data["ticket"]
        )
        reconciliation.match_by_itself(request.merchant.pk)
        messages.success(request, _("Saved."))
        return redirect("bank-line-show", line.public_id)
    context = {"form": form, "accounts": accounts(request)}
    return render(request, "dashboard/banking/create.html", context)


@access.sensitive
@access.allowed(Right.RECORD_ARRIVALS)
@require_POST
def match(request: access.MemberRequest, public_id: str) -> HttpResponse:
    line = _get(request, public_id)
    tries = Attempt.objects.filter(payment__merchant=request.merchant)
    attempt = tries.filter(public_id=request.POST.get("attempt", "")).first()
    if attempt is None:
        messages.error(request, _("That payment is not here any more."))
        return _back(line)
    seen = request.POST.get("seen", "")
    try:
        reconciliation.match_line(line, attempt, seen=seen, by=request.user)
    except reconciliation.NotMatchable as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Matched. The payment has the money."))
    return _back(line)


@access.allowed(Right.RECORD_ARRIVALS)
@require_POST
def ignore(request: access.MemberRequest, public_id: str) -> HttpResponse:
    line = _get(request, public_id)
    try:
        reconciliation.ignore_line(line, reason=request.POST.get("reason", ""), by=request.user)
    except reconciliation.NotMatchable as refusal:
        messages.error(request, refusal.message)
    return _back(line)


@access.allowed(Right.RECORD_ARRIVALS)
@require_POST
def reopen(request: access.MemberRequest, public_id: str) -> HttpResponse:
    line = _get(request, public_id)
    try:
        reconciliation.reopen_line(line, by=request.user)
    except reconciliation.NotMatchable as refusal:
        messages.error(request, refusal.message)
    else:
        reconciliation.match_by_itself(request.merchant.pk)
    return _back(line)


def accounts(request: access.MemberRequest) -> list[Connection]:
    """The merchant's own bank accounts: only what came there can be known."""
    own = access.own(request, Connection.objects.filter(channel=awaited.CHANNEL))
    return list(own.order_by("pk"))


def _get(request: access.MemberRequest, public_id: str) -> BankLine:
    known = BankLine.objects.select_related("merchant", "connection", "matched_by", "file")
    return access.get(request, known.select_related("attempt__payment"), public_id)


def _wanted(request: access.MemberRequest) -> tuple[str, str]:
    return request.GET.get("status", ""), request.GET.get("q", "").strip()[:MAX_TYPED]


def _found(lines: QuerySet[BankLine], status: str, text: str) -> QuerySet[BankLine]:
    if status in [*LineStatus]:
        lines = lines.filter(status=status)
    if not text:
        return lines
    # What payers write: a reference with or without its dashes is the same.
    plain = text.replace("-", "").replace(" ", "")
    wanted = Q(payer_name__icontains=text) | Q(text__icontains=text) | Q(reference__icontains=text)
    wanted |= Q(text__icontains=plain) | Q(payer_account__icontains=plain)
    for currency in lines.values_list("currency", flat=True).distinct():
        try:
            wanted |= Q(amount=amounts.parse(text, currency).minor, currency=currency)
        except InvalidAmount:
            continue
    return lines.filter(wanted)


def _back(line: BankLine) -> HttpResponse:
    return redirect(reverse("bank-line-show", args=[line.public_id]))
