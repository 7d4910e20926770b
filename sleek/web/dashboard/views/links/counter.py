"""The counter (收银台): an amount typed, a code that one customer scans, and its payment watched.

Each code is a link of its own that can be paid once and soon ends, so that whoever photographs it
can do nothing with it afterwards.
"""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.links import actions as links
from sleek.links.actions import Limits, Look
from sleek.links.models import PaymentLink
from sleek.links.rules import Ask, LinkState
from sleek.merchants.rules import Right
from sleek.payments.models import Payment
from sleek.payments.rules import PaymentStatus
from sleek.reports.queries import links as reports
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.links.sending import CounterForm
from sleek.web.dashboard.telling import share
from sleek.web.dashboard.telling.share import codes

VALID_FOR = timedelta(minutes=5)
POLL_S = 2  # between two looks at what has happened
TAG = "counter"
_CURRENCY = "counter_currency"  # in the session: the one that was used last


@access.allowed(Right.ASK_FOR_MONEY)
def create(request: access.MemberRequest) -> HttpResponse:
    currency = request.session.get(_CURRENCY, request.merchant.default_currency)
    form = CounterForm(request.POST or None, initial={"currency": currency})
    if form.is_valid():
        try:
            link = links.create(
                request.merchant,
                Ask.fixed(form.money),
                form.cleaned_data["reason"] or _("Payment at the counter"),
                by=request.user,
                limits=Limits(expires_at=clock.now() + VALID_FOR),
                look=Look(tags=[TAG]),
            )
            request.session[_CURRENCY] = form.money.currency
            return redirect("counter-show", link.public_id)
        except SleekError as refusal:
            form.add_error(None, refusal.message)
    return render(request, "dashboard/counter/create.html", {"form": form, "keys": "789456123.0"})


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = _get(request, public_id)
    url = share.address(link)
    context = {"link": link, "url": url, "qr": codes.drawing(url), **_standing(link)}
    return render(request, "dashboard/counter/show.html", context)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def state(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """What has become of the code, asked every few seconds."""
    link = _get(request, public_id)
    context = {"link": link, "qr": codes.drawing(share.address(link)), **_standing(link)}
    return render(request, "dashboard/counter/_state.html", context)


def _standing(link: PaymentLink) -> dict[str, object]:
    payment = Payment.objects.filter(single_link=link).first()
    return {"stage": _stage(link, payment), "payment": payment, "poll_s": POLL_S}


def _stage(link: PaymentLink, payment: Payment | None) -> str:
    """`waiting`, `confirming`, `paid` or `over`."""
    if payment and payment.status == PaymentStatus.SUCCEEDED:
        return "paid"
    if payment and payment.status == PaymentStatus.PROCESSING:
        return "confirming"
    [row] = reports.with_figures([link], clock.now())
    return "waiting" if row.state == LinkState.ACTIVE else "over"


def _get(request: access.MemberRequest, public_id: str) -> PaymentLink:
    known = PaymentLink.objects.select_related("brand__merchant", "uses", "pieces")
    return access.get(request, known.filter(is_reusable=False), public_id)
