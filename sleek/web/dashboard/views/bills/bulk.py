"""Acts on several bills at once. A few are done while one waits; many are a batch."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sleek.core.errors import SleekError
from sleek.invoices import queries
from sleek.invoices.actions import batching
from sleek.invoices.models import Invoice
from sleek.invoices.rules import BatchKind
from sleek.merchants.rules import Right
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.bills import flaws
from sleek.web.dashboard.forms.bills.acting import ReasonForm
from sleek.web.dashboard.telling.bills import batches, words
from sleek.web.dashboard.views.bills import lists

AT_ONCE = 20  # bills that are done while one waits
TOLD = 3  # refusals that are told one by one


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def issue(request: access.MemberRequest) -> HttpResponse:
    """Drafts; what needs a second person is not among them."""
    return _act(request, BatchKind.ISSUE)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def send(request: access.MemberRequest) -> HttpResponse:
    """Each by mail to its payer."""
    return _act(request, BatchKind.SEND)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def remind(request: access.MemberRequest) -> HttpResponse:
    return _act(request, BatchKind.REMIND)


@access.sensitive
@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def void(request: access.MemberRequest) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why they are void; the reason stands on each of them."))
        return _back(request)
    return _act(request, BatchKind.VOID, form.cleaned_data["reason"])


def _act(request: access.MemberRequest, kind: BatchKind, reason: str = "") -> HttpResponse:
    bills = _chosen(request, kind)
    if bills is None:
        messages.error(
            request,
            _("More bills match now than when you looked. Look at them, then press it again."),
        )
        return _back(request)
    few = list(bills.select_related("merchant").order_by("created_at", "pk")[: AT_ONCE + 1])
    if not few:
        messages.error(request, _none(request))
        return _back(request)
    if len(few) <= AT_ONCE:
        _do(request, kind, few, reason)
        return _back(request)
    try:
        batch = batching.start(kind, bills, by=request.membership, reason=reason)
    except batching.BatchRefused as error:
        messages.error(request, error.message)
        return _back(request)
    return redirect("bill-batch-show", batch.public_id)


def _chosen(request: access.MemberRequest, kind: BatchKind) -> QuerySet[Invoice] | None:
    """The ticked bills; or all of the list that this can be done with, unless the list has grown
    since it was looked at: nobody voids what they have not seen.
    """
    bills = lists.chosen(request, request.POST)
    if not lists.wants_all(request.POST):
        return bills
    seen = request.POST.get("seen", "")
    if not seen.isdecimal() or bills.count() > int(seen[:9]):
        return None
    return queries.fitting(bills, kind)


def _none(request: access.MemberRequest) -> str:
    if lists.wants_all(request.POST):
        return _("With none of these bills that can be done.")
    return _("Tick some bills first.")


def _do(
    request: access.MemberRequest, kind: BatchKind, bills: Sequence[Invoice], reason: str
) -> None:
    """One that is refused keeps no other from it, and is told."""
    refused, done = [], 0
    for invoice in bills:
        try:
            batching.act(kind, invoice, by=request.membership, reason=reason)
            done += 1
        except SleekError as error:
            why = flaws.sentence(error, currency=invoice.currency, asked=invoice.asked)
            refused.append(f"{words.name(invoice)}: {why}")
    if done:
        messages.success(request, batches.done(kind, done))
    for told in refused[:TOLD]:
        messages.error(request, told)
    if more := len(refused) - TOLD if len(refused) > TOLD else 0:
        said = ngettext("%(count)s more was refused.", "%(count)s more were refused.", more)
        messages.error(request, said % {"count": more})


def _back(request: access.MemberRequest) -> HttpResponseRedirect:
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return redirect(to if is_ours and to.startswith("/bills") else "bill-index")
