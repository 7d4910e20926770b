"""One address for several bills of a customer, to be paid with one press."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.models import Invoice
from sleek.merchants.rules import Right
from sleek.payments import queries as payments
from sleek.web.dashboard import access
from sleek.web.dashboard.telling.share import codes
from sleek.web.dashboard.views.bills import lists
from sleek.web.ui import joint


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def show(request: access.MemberRequest) -> HttpResponse:
    """Of the ticked bills."""
    bills = list(lists.chosen(request, request.GET).order_by("issued_at", "pk")[: joint.MOST + 1])
    if refusal := _refusal(bills):
        messages.error(request, refusal)
        return redirect("bill-index")
    url = joint.url(bill.token for bill in bills)
    context = {
        "bills": bills,
        "payer": bills[0].payer_name,
        "total": Money(sum(bill.due.minor for bill in bills), bills[0].currency),
        "url": url,
        "qr": codes.drawing(url),
    }
    return render(request, "dashboard/bills/joint.html", context)


def _refusal(bills: Sequence[Invoice]) -> str:
    """Why these can't be paid together; nothing if they can."""
    if len(bills) < 2:
        return _("Tick at least two bills of one customer first.")
    if len(bills) > joint.MOST:
        return _("One address takes at most %(most)s bills. Tick fewer.") % {"most": joint.MOST}
    if any(bill.status not in rules.PAYABLE or not bill.due.minor for bill in bills):
        return _("Tick only bills that are issued and still to be paid.")
    if len({(bill.customer_id, bill.payer_name) for bill in bills}) > 1:
        return _("Tick bills of one customer only: whoever opens the address sees all of them.")
    if len({bill.currency for bill in bills}) > 1:
        return _("Tick bills in one currency only: they are paid as one sum.")
    if not payments.agree_on_methods(bills):
        return _("These bills name no common way to pay. Send each one's own address.")
    return ""
