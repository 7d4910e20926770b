"""Payment channels: the list, a new connection, and one that there is."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sleek.channels import actions as channels
from sleek.channels import environments, registry
from sleek.channels.actions import ConnectionInUse
from sleek.channels.base import Method, Refused
from sleek.channels.environments import Environment
from sleek.channels.models import Breaker, Connection
from sleek.merchants.rules import Right
from sleek.payments.queries import is_used
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.channels.connection import ConnectionForm
from sleek.web.dashboard.telling.channels import health, prices
from sleek.web.ui import words


@dataclass(frozen=True, slots=True)
class Row:
    connection: Connection
    conditions: list[health.Condition]
    prices: list[prices.Row]
    environment: Environment

    @property
    def is_own(self) -> bool:
        return self.connection.merchant_id is not None


@access.allowed(Right.MANAGE_CHANNELS)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    """The merchant's own and, to know of, the operator's."""
    rows = Connection.objects.filter(Q(merchant=request.merchant) | Q(merchant__isnull=True))
    ordered = rows.order_by(F("merchant_id").asc(nulls_last=True), "pk")
    shown = ordered.filter(put_away_at=None)
    breakers = list(Breaker.objects.filter(connection__in=shown))
    own_away = rows.filter(merchant=request.merchant, put_away_at__isnull=False)
    told = [row(request, connection, breakers) for connection in shown]
    context = {
        "own": [each for each in told if each.is_own],
        "operators": [each for each in told if not each.is_own],
        "put_away": own_away.order_by("-put_away_at"),
    }
    return render(request, "dashboard/channels/index.html", context)


def row(request: access.MemberRequest, connection: Connection, breakers: list[Breaker]) -> Row:
    return Row(
        connection,
        health.conditions(connection, breakers),
        prices.rows(connection, request.merchant.default_currency),
        environments.of(connection.channel, connection.unseal()),
    )


@access.allowed(Right.MANAGE_CHANNELS)
@require_GET
def choose(request: access.MemberRequest) -> HttpResponse:
    able = [(key, [words.method(m.id) for m in _methods(key)]) for key in _connectable()]
    return render(request, "dashboard/channels/choose.html", {"channels": able})


@access.sensitive_page
@access.allowed(Right.MANAGE_CHANNELS)
def create(request: access.MemberRequest, channel: str) -> HttpResponse:
    if channel not in _connectable():
        raise Http404
    form = ConnectionForm(request.POST or None, channel=channel)
    if form.is_valid():
        try:
            made = channels.add(request.merchant, channel, form.setup(), by=request.user)
        except Refused as refusal:
            form.blame(refusal.reason, refusal.message)
        else:
            messages.success(request, _("The connection is saved. Test it now."))
            return redirect("channel-edit", made.public_id)
    return _page(request, form, None)


@access.sensitive_page
@access.allowed(Right.MANAGE_CHANNELS)
def edit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    connection = access.get(request, Connection.objects.filter(put_away_at=None), public_id)
    used = is_used(connection)
    form = ConnectionForm(
        request.POST or None, channel=connection.channel, connection=connection, is_used=used
    )
    if form.is_valid():
        try:
            channels.change(connection, form.setup(), by=request.user, is_used=used)
        except Refused as refusal:
            form.blame(refusal.reason, refusal.message)
        except ConnectionInUse as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The connection is changed. Test it again."))
            return redirect("channel-edit", public_id)
    return _page(request, form, connection)


def _page(
    request: access.MemberRequest, form: ConnectionForm, connection: Connection | None
) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "channel": form.channel,
        "capabilities": registry.capabilities(form.channel),
        "taken": _taken(form.channel),
    }
    if connection:
        breakers = list(Breaker.objects.filter(connection=connection))
        context |= {
            "connection": connection,
            "row": row(request, connection, breakers),
            "notice_url": notice_url(connection),
        }
    status = 422 if form.errors else 200
    return render(request, "dashboard/channels/edit.html", context, status=status)


def _taken(channel: str) -> list[tuple[str, list[str]]]:
    """Each method with its currencies; none where it takes any."""
    return [(method.id, sorted(method.currencies or ())) for method in _methods(channel)]


def notice_url(connection: Connection) -> str:
    """What the provider must be told; empty for channels that tell us nothing."""
    if not registry.tells(connection.channel):
        return ""
    return f"{settings.PUBLIC_URL}/callbacks/{connection.channel}/{connection.public_id}/"


def _connectable() -> list[str]:
    """Channels that need credentials; what needs none is simply there."""
    return [key for key in registry.ids() if registry.fields(key)]


def _methods(channel: str) -> tuple[Method, ...]:
    return registry.capabilities(channel).methods
