"""Sending a refund another way: by bank transfer, to an account that the payer enters."""

from __future__ import annotations

from babel import Locale
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.merchants.rules import Right, bank_account_shown
from sleek.refunds import actions as refunds
from sleek.refunds import queries
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.refunds.asking import TransferForm
from sleek.web.dashboard.views.refunds import lists
from sleek.web.dashboard.views.refunds.deciding import attempt


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def reroute(request: access.MemberRequest, public_id: str) -> HttpResponse:
    refund = lists.find(request, public_id)
    return attempt(
        request,
        public_id,
        lambda: refunds.reroute(refund, by=request.user),
        _("It goes by bank transfer now. The payer is asked for an account."),
    )


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def ask_again(request: access.MemberRequest, public_id: str) -> HttpResponse:
    refund = lists.find(request, public_id)
    return attempt(
        request,
        public_id,
        lambda: refunds.renew_claim(refund, by=request.user),
        _("The payer is asked again. The page they had before leads nowhere."),
    )


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def revoke(request: access.MemberRequest, public_id: str) -> HttpResponse:
    refund = lists.find(request, public_id)
    return attempt(
        request,
        public_id,
        lambda: refunds.revoke_claim(refund, by=request.user),
        _("The page for the payer is closed."),
    )


@access.sensitive_page
@access.allowed(Right.SEE_BANK_DETAILS)
@require_GET
def account(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """What the payer entered, for whoever makes the transfer."""
    refund = lists.find(request, public_id)
    claim = queries.live_claim(refund)
    details = claim.unseal() if claim else None
    if details is None:
        raise Http404("no account yet")
    context = {
        "refund": refund,
        "payment": refund.attempt.payment,
        "account": details,
        "country": _country(details.country),
        "number": bank_account_shown(details.account),
        "transfer": TransferForm(),
        "may_pay": access.may(request, Right.GIVE_MONEY_BACK),
    }
    return render(request, "dashboard/refunds/account.html", context)


def _country(code: str) -> str:
    locale = Locale.parse(to_locale(get_language() or "en"))
    return str(locale.territories.get(code, code))


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def paid(request: access.MemberRequest, public_id: str) -> HttpResponse:
    refund = lists.find(request, public_id)
    form = TransferForm(request.POST)
    if not form.is_valid():
        return lists.page_of(request, refund, transfer=form)
    reference = form.cleaned_data["reference"]
    return attempt(
        request,
        public_id,
        lambda: refunds.pay_claim(refund, reference=reference, by=request.user),
        _("Recorded. The payer is told that the money is on its way."),
    )


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def came_back(request: access.MemberRequest, public_id: str) -> HttpResponse:
    refund = lists.find(request, public_id)
    return attempt(
        request,
        public_id,
        lambda: refunds.return_by_bank(refund, by=request.user),
        _("Recorded. The money is available again, and can be given back anew."),
    )
