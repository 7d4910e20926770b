"""What channels paid out to the bank: recording it, and what was recorded."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.merchants.rules import Right
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import Settlement
from sleek.reports.queries import wallet
from sleek.reports.queries.pages import Place
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.banking import settlements as forms
from sleek.web.dashboard.forms.banking.settlements import SettlementForm
from sleek.web.ui import words
from sleek.web.ui.templatetags.sleek_ui import plain_money


@access.allowed(Right.READ_BALANCES)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    page = wallet.settlements(request.merchant, place)
    context = {"settlements": page.rows, "page": page}
    return render(request, "dashboard/wallet/settlements.html", context)


@access.allowed(Right.READ_BALANCES)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    known = Settlement.objects.select_related("created_by")
    context = {"settlement": access.get(request, known, public_id)}
    return render(request, "dashboard/wallet/settlement.html", context)


@access.sensitive
@access.allowed(Right.RECORD_ARRIVALS)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: access.MemberRequest, currency: str, channel: str) -> HttpResponse:
    """Sent twice by a double click, it is recorded once: the second finds what the first wrote."""
    named = forms.read_ticket(request.POST.get("ticket", ""))
    if named and access.own(request, Settlement.objects.filter(public_id=named)).exists():
        return redirect("wallet-index")
    held = _may_arrive(request.merchant, currency, channel)
    form = SettlementForm(request.POST or None, held=held, initial=forms.initial(held))
    if form.is_valid() and _record(request, channel, form):
        messages.success(
            request,
            _("Recorded. %(amount)s from %(channel)s can be used now.")
            % {
                "amount": plain_money(form.cleaned_data["amount"]),
                "channel": words.channel(channel),
            },
        )
        return redirect("wallet-index")
    context = {"form": form, "channel": channel, "held": held}
    return render(request, "dashboard/wallet/settle.html", context)


def _may_arrive(merchant: Merchant, currency: str, channel: str) -> Money:
    """A channel that holds nothing is as absent as one that never was: 404."""
    for one in wallet.wallets(merchant):
        if one.currency == currency and (most := one.may_arrive(channel)):
            return most
    raise Http404("nothing of this currency is with this channel")


def _record(request: access.MemberRequest, channel: str, form: SettlementForm) -> bool:
    try:
        reconciliation.record_settlement(
            request.membership,
            channel,
            form.cleaned_data["amount"],
            arrived_on=form.cleaned_data["arrived_on"],
            reference=form.cleaned_data["reference"],
            public_id=form.cleaned_data["ticket"],
        )
    except reconciliation.NotInTransit as error:  # somebody was quicker than this form
        form.add_error("amount", error.message)
        return False
    return True
