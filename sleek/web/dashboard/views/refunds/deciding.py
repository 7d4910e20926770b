"""The second person's answer to a refund, and taking one back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sleek.core.errors import SleekError
from sleek.merchants.rules import Right
from sleek.refunds import actions as refunds
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.refunds.asking import DeclineForm
from sleek.web.dashboard.views.refunds import lists


@access.sensitive
@access.allowed(Right.REVIEW_REFUNDS)
@require_POST
def approve(request: access.MemberRequest, public_id: str) -> HttpResponse:
    refund = lists.find(request, public_id)
    return attempt(
        request,
        public_id,
        lambda: refunds.approve(refund, by=request.user),
        _("Approved. The money is on its way."),
    )


@access.sensitive
@access.allowed(Right.REVIEW_REFUNDS)
@require_POST
def decline(request: access.MemberRequest, public_id: str) -> HttpResponse:
    refund = lists.find(request, public_id)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return lists.page_of(request, refund, decline=form)
    why = form.cleaned_data["why"]
    return attempt(
        request,
        public_id,
        lambda: refunds.decline(refund, why=why, by=request.user),
        _("Declined. The money is in your wallet again."),
    )


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def call_off(request: access.MemberRequest, public_id: str) -> HttpResponse:
    refund = lists.find(request, public_id)
    return attempt(
        request,
        public_id,
        lambda: refunds.call_off(refund, by=request.user),
        _("Called off. The money is in your wallet again."),
    )


def attempt(
    request: access.MemberRequest, public_id: str, act: Callable[[], object], done: str
) -> HttpResponse:
    """Try it, and say on the refund's page what came of it."""
    try:
        act()
        messages.success(request, done)
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("refund-show", public_id)
