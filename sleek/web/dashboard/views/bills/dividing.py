"""Changing the stages of a bill that is out. What is typed is looked at before it holds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sleek.core.errors import SleekError
from sleek.invoices import rules
from sleek.invoices.actions import ChangedMeanwhile
from sleek.invoices.models import Instalment, Invoice
from sleek.merchants.rules import Right
from sleek.payments import queries as payments
from sleek.payments.actions import billing
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.bills import dividing, flaws, rows
from sleek.web.dashboard.forms.bills.dividing import Division
from sleek.web.dashboard.telling.bills import plan
from sleek.web.dashboard.views.bills import mine

REFUSED, CONFLICT = 422, 409


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def divide(request: access.MemberRequest, public_id: str) -> HttpResponse:
    bill = access.get(request, mine.bills(), public_id)
    _kept, free = _parted(bill)
    if bill.status not in rules.PAYABLE or not free:
        messages.error(request, _("Nothing of this bill can be divided anew."), extra_tags="bad")
        return redirect("bill-show", bill.public_id)
    if request.method == "POST":
        return _posted(request, bill)
    data = dividing.fresh(free, seen=payments.plan_seen(bill))
    return _page(request, bill, data)


def _posted(request: access.MemberRequest, bill: Invoice) -> HttpResponse:
    data = request.POST
    if wish := data.get("arrange", ""):
        arranged = rows.arranged(data, wish)
        return _page(request, bill, arranged.data, focus=arranged.focus)
    if data.get("do") != "save":
        return _page(request, bill, data)
    return _save(request, bill, dividing.opened(bill, data))


def _save(request: access.MemberRequest, bill: Invoice, division: Division) -> HttpResponse:
    if not division.is_valid:
        return _render(request, bill, division, REFUSED)
    try:
        billing.divide(bill, division.wish, seen=division.seen, by=request.membership)
    except SleekError as error:
        return _refused(request, bill, error)
    messages.success(
        request, _("The stages are changed, and the plan has a paper of its own. Send it again.")
    )
    return redirect("bill-show", bill.public_id)


def _refused(request: access.MemberRequest, bill: Invoice, error: SleekError) -> HttpResponse:
    """With what was typed, beside the bill as it is now."""
    data = request.POST.copy()
    data["seen"] = payments.plan_seen(bill)
    division = dividing.opened(bill, data)
    _kept, free = _parted(bill)
    rest = plan.of(bill, [], free, []).rest
    division.form.add_error(None, flaws.sentence(error, currency=bill.currency, asked=rest))
    is_old = isinstance(error, ChangedMeanwhile)
    return _render(request, bill, division, CONFLICT if is_old else REFUSED)


def _page(
    request: access.MemberRequest, bill: Invoice, data: QueryDict, *, focus: str = ""
) -> HttpResponse:
    """What nobody has finished typing is only looked at."""
    division = dividing.opened(bill, data)
    division.focus(focus)
    return _render(request, bill, division)


def _render(
    request: access.MemberRequest, bill: Invoice, division: Division, status: int = 200
) -> HttpResponse:
    kept, free = _parted(bill)
    context = {
        "bill": bill,
        "division": division,
        "form": division.form,
        "kept": kept,
        "plan": plan.of(bill, kept, free, division.wish),
    }
    return render(request, "dashboard/bills/stages.html", context, status=status)


def _parted(bill: Invoice) -> tuple[list[Instalment], list[Instalment]]:
    """The stages that stay as they are, and those that may be changed."""
    fixed, stages = payments.fixed_of(bill), list(bill.instalments.all())
    kept = [stage for stage in stages if stage.pk in fixed]
    return kept, [stage for stage in stages if stage.pk not in fixed]
