"""Portions of payments that are held, and what came from other wallets' payments."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core.errors import SleekError
from sleek.merchants.rules import Right
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Place
from sleek.splits import actions as splits
from sleek.splits.models import Portion
from sleek.splits.rules import PortionStatus
from sleek.web.dashboard import access
from sleek.web.ui import words


@access.allowed(Right.READ_BALANCES)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    status = request.GET.get("status", "")
    own = access.own(request, Portion.objects.select_related("payment", "share"))
    if status in set(PortionStatus):
        own = own.filter(status=status)
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    page = pages.page(own, place, by="created_at")
    received = Portion.objects.filter(
        beneficiary=request.merchant, status=PortionStatus.RELEASED
    ).select_related("share")
    context = {
        "page": page,
        "rows": page.rows,
        "status": status,
        "statuses": [(str(key), words.status("portion", key)) for key in PortionStatus],
        "received": received.order_by("-released_at")[: pages.SIZE],
        "may_release": access.may(request, Right.MANAGE_SPLITS),
    }
    return render(request, "dashboard/splits/portions.html", context)


@access.sensitive
@access.allowed(Right.MANAGE_SPLITS)
@require_POST
def release(request: access.MemberRequest, public_id: str) -> HttpResponse:
    portion = access.get(request, Portion.objects.select_related("payment"), public_id)
    try:
        splits.release(portion, request.membership)
        messages.success(request, _("Released. The money is there in a few seconds."))
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("payment-show", portion.payment.public_id)
