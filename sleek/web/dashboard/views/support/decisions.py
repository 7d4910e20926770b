"""What becomes of money that waits, by one press behind a question; and asking the channel now."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sleek.core.errors import SleekError
from sleek.invoices.models import Invoice
from sleek.merchants.models import User
from sleek.merchants.rules import Right
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.rules.choices import Choice
from sleek.reports.queries import anomalies as reports
from sleek.web.dashboard import access
from sleek.web.ui.templatetags.sleek_ui import plain_money

MAX_SEARCH = 140


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def decide(
    request: access.MemberRequest, public_id: str, attempt_id: str, choice: Choice
) -> HttpResponse:
    attempt = _attempt(request, public_id, attempt_id)
    try:
        messages.success(request, _VERBS[choice](attempt, request.user))
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return _back(request, attempt.payment)


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: access.MemberRequest, public_id: str, attempt_id: str) -> HttpResponse:
    """Choose the payment that the money was meant for, then pay it."""
    attempt = _attempt(request, public_id, attempt_id)
    if request.method == "POST":
        return _apply(request, attempt, request.POST.get("target", "").replace("\x00", ""))
    text = request.GET.get("q", "").strip()[:MAX_SEARCH]
    context = {
        "payment": attempt.payment,
        "attempt": attempt,
        "received": attempt.money_left or attempt.money,
        "text": text,
        "found": reports.candidates(attempt, text),
        "bills": [] if text else reports.bills_for(attempt),
    }
    return render(request, "dashboard/exceptions/apply.html", context)


@access.allowed(Right.ANSWER_PAYERS)
@require_POST
def ask(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """Ask the channels of all open tries now; at most once in two seconds, whoever asks."""
    payment = access.get(request, Payment.objects.all(), public_id)
    before = payment.status
    payments.ask(payment)
    payment.refresh_from_db()
    if payment.status != before:
        messages.success(request, _("The channel has answered; the payment is up to date."))
    else:
        messages.success(request, _("The channel was asked. It says nothing new."))
    return _back(request, payment)


def _apply(request: access.MemberRequest, attempt: Attempt, wanted: str) -> HttpResponse:
    """`wanted` is a payment, or a bill that still asks for something."""
    again = redirect("surplus-apply", attempt.payment.public_id, attempt.public_id)
    target = access.own(request, Payment.objects.filter(public_id=wanted)).first()
    bill = access.own(request, Invoice.objects.filter(public_id=wanted)).first()
    try:
        if target is not None:
            applied = reconciliation.apply_to(attempt, target, by=request.user)
        elif bill is not None:
            applied = reconciliation.apply_to_bill(attempt, bill, by=request.user)
        else:
            messages.error(request, _("Choose the payment that it was meant for."), "bad")
            return again
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
        return again
    paid = applied.payment
    said = _("%(amount)s count for “%(reason)s” now. What is left is kept for the payer.")
    amount = applied.money_received or applied.money
    messages.success(request, said % {"amount": plain_money(amount), "reason": paid.description})
    return redirect("payment-show", paid.public_id)


def _return(attempt: Attempt, by: User) -> str:
    refund = reconciliation.give_back(attempt, by=by)
    said = _("%(amount)s are on their way back to the payer.")
    return said % {"amount": plain_money(refund.money)}


def _repay(attempt: Attempt, by: User) -> str:
    refund = reconciliation.repay(attempt, by=by)
    said = _("%(amount)s are on their way back to the payer.")
    return said % {"amount": plain_money(refund.money)}


def _keep(attempt: Attempt, by: User) -> str:
    credit = reconciliation.keep_for_payer(attempt, by=by)
    said = _("%(amount)s are kept for the payer.")
    return said % {"amount": plain_money(credit.money_received or credit.money)}


def _settle(attempt: Attempt, by: User) -> str:
    rest = reconciliation.settle(attempt, by=by).credit
    said = _("The payment is paid as asked, and %(amount)s are kept for the payer.")
    return said % {"amount": plain_money(rest) if rest else ""}


def _take(attempt: Attempt, by: User) -> str:
    rest = reconciliation.take(attempt, by=by).money
    said = _("The payment is paid as asked, and %(amount)s are on their way back to the payer.")
    return said % {"amount": plain_money(rest)}


def _accept(attempt: Attempt, by: User) -> str:
    reconciliation.accept(attempt, by=by)
    return _("Accepted: the payment counts as paid.")


_VERBS: dict[Choice, Callable[[Attempt, User], str]] = {
    Choice.RETURN: _return,
    Choice.REPAY: _repay,
    Choice.KEEP: _keep,
    Choice.TAKE: _take,
    Choice.SETTLE: _settle,
    Choice.ACCEPT: _accept,
}


def _attempt(request: access.MemberRequest, public_id: str, attempt_id: str) -> Attempt:
    payment = access.get(request, Payment.objects.all(), public_id)
    return get_object_or_404(payment.attempts.select_related("payment"), public_id=attempt_id)


def _back(request: access.MemberRequest, payment: Payment) -> HttpResponse:
    """To the page on which the button was."""
    match request.POST.get("back", ""):
        case "exceptions":
            return redirect("anomaly-index")
        case "troubleshooting":
            return redirect("troubleshooting-show", payment.public_id)
    return redirect("payment-show", payment.public_id)
