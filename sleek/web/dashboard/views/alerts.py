"""Balance alerts, the phones and chat rooms they reach, and what was sent lately."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.merchants import queries as merchants
from sleek.merchants.rules import Right
from sleek.notifications import actions as notifications
from sleek.notifications import queries
from sleek.notifications.actions import UnsafeAddress
from sleek.notifications.models import BalanceAlert, Gateway
from sleek.notifications.rules import SERVICES, Medium
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.alerts import AlertForm, GatewayForm, initial_of


@access.allowed(Right.SET_ALERTS)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    context = {
        "alerts": queries.alerts_of(request.merchant),
        "gateways": queries.gateways_of(request.merchant),
        "messages_sent": queries.latest_messages(request.merchant),
    }
    return render(request, "dashboard/alerts/index.html", context)


@access.allowed(Right.SET_ALERTS)
def create(request: access.MemberRequest) -> HttpResponse:
    """Begin with whoever asks, in the currency they collect."""
    form = _form(
        request,
        {"currency": request.merchant.default_currency, "people": [request.membership.public_id]},
    )
    if form.is_valid():
        notifications.set_alert(request.merchant, form.watch(), by=request.user)
        messages.success(request, _("The alert is set."))
        return redirect("alert-index")
    return render(request, "dashboard/alerts/edit.html", {"form": form})


@access.allowed(Right.SET_ALERTS)
def edit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    alert = access.get(request, BalanceAlert.objects.select_related("merchant"), public_id)
    form = _form(request, initial_of(alert))
    if form.is_valid():
        notifications.change_alert(alert, form.watch(), by=request.user)
        messages.success(request, _("The alert is changed."))
        return redirect("alert-index")
    return render(request, "dashboard/alerts/edit.html", {"form": form, "alert": alert})


@access.allowed(Right.SET_ALERTS)
@require_POST
def remove(request: access.MemberRequest, public_id: str) -> HttpResponse:
    alert = access.get(request, BalanceAlert.objects.select_related("merchant"), public_id)
    notifications.remove_alert(alert, by=request.user)
    messages.success(request, _("The alert is removed."))
    return redirect("alert-index")


@access.allowed(Right.SET_ALERTS)
def add_gateway(request: access.MemberRequest) -> HttpResponse:
    form = GatewayForm(request.POST or None)
    if form.is_valid() and _added(request, form):
        return redirect("alert-index")
    return render(
        request,
        "dashboard/alerts/gateway.html",
        {"form": form, "im": SERVICES[Medium.IM], "sms": SERVICES[Medium.SMS]},
    )


@access.allowed(Right.SET_ALERTS)
@require_POST
def try_gateway(request: access.MemberRequest, public_id: str) -> HttpResponse:
    gateway = access.get(request, Gateway.objects.filter(removed_at=None), public_id)
    notifications.try_gateway(gateway, by=request.user)
    messages.success(request, _("A greeting is on its way to %(name)s.") % {"name": gateway.name})
    return redirect("alert-index")


@access.allowed(Right.SET_ALERTS)
@require_POST
def remove_gateway(request: access.MemberRequest, public_id: str) -> HttpResponse:
    gateway = access.get(request, Gateway.objects.select_related("merchant"), public_id)
    notifications.remove_gateway(gateway, by=request.user)
    messages.success(request, _("Nothing is sent to %(name)s any more.") % {"name": gateway.name})
    return redirect("alert-index")


def _form(request: access.MemberRequest, initial: dict[str, object]) -> AlertForm:
    return AlertForm(
        request.POST or None,
        initial=initial,
        people=merchants.team_of(request.merchant),
        gateways=queries.gateways_of(request.merchant),
    )


def _added(request: access.MemberRequest, form: GatewayForm) -> bool:
    values = form.cleaned_data
    try:
        gateway = notifications.add_gateway(
            request.merchant,
            Medium(values["medium"]),
            values["name"],
            values["address"],
            by=request.user,
        )
    except UnsafeAddress:
        form.add_error(
            "address",
            _("This is no address of the services below. Compare it with their examples."),
        )
        return False
    messages.success(request, _("%(name)s is added. Try it now.") % {"name": gateway.name})
    return True
