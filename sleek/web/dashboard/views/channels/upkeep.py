"""What is done with a connection: testing it, its prices, switching it, putting it away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sleek.channels import actions as channels
from sleek.channels import registry
from sleek.channels.base import ChannelError, Refused, Unavailable
from sleek.channels.models import Connection
from sleek.channels.rules import PriceSource
from sleek.merchants.rules import Right
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.channels.tariff import TariffForm
from sleek.web.dashboard.telling.channels import failures, fields, prices
from sleek.web.ui import words

PATIENCE_S = 10.0
# A provider that hangs holds these threads and no others.
_POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="testing")


@access.allowed(Right.MANAGE_CHANNELS)
@require_POST
def test(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """Ask the provider something harmless, and say what it answered."""
    connection = _get(request, public_id)
    trouble, code = _asked(connection)
    channels.note_check(connection, code)
    if trouble:
        messages.error(request, trouble, extra_tags="bad")
    else:
        said = _("%(channel)s accepts these credentials.")
        messages.success(request, said % {"channel": words.channel(connection.channel)})
    return redirect("channel-edit", public_id)


@access.sensitive
@access.allowed(Right.MANAGE_CHANNELS)
def prices_page(request: access.MemberRequest, public_id: str) -> HttpResponse:
    connection = _get(request, public_id)
    own = connection.prices.filter(source=PriceSource.OWN).order_by("method", "currency")
    form = TariffForm(request.POST or None, connection.methods, list(own))
    if form.is_valid():
        channels.set_prices(connection, form.tariffs, by=request.user)
        messages.success(request, _("The prices are saved. Routing uses them from now on."))
        return redirect("channel-edit", public_id)
    context = {
        "connection": connection,
        "form": form,
        "methods": [(key, words.method(key)) for key in connection.methods],
        "rows": prices.rows(connection, request.merchant.default_currency),
    }
    status = 422 if form.is_bound else 200
    return render(request, "dashboard/channels/prices.html", context, status=status)


@access.sensitive
@access.allowed(Right.MANAGE_CHANNELS)
@require_POST
def switch(request: access.MemberRequest, public_id: str) -> HttpResponse:
    connection = _get(request, public_id)
    is_enabled = request.POST.get("to") == "on"
    channels.switch(connection, is_enabled=is_enabled, by=request.user)
    said = _("%(name)s is offered to payers.") if is_enabled else _("%(name)s is switched off.")
    messages.success(request, said % {"name": connection.name})
    return redirect("channel-edit", public_id)


@access.sensitive
@access.allowed(Right.MANAGE_CHANNELS)
@require_POST
def put_away(request: access.MemberRequest, public_id: str) -> HttpResponse:
    connection = _get(request, public_id)
    channels.put_away(connection, by=request.user)
    said = _("%(name)s is put away. Its payments stay, and can be refunded.")
    messages.success(request, said % {"name": connection.name})
    return redirect("channel-index")


def _get(request: access.MemberRequest, public_id: str) -> Connection:
    return access.get(request, Connection.objects.filter(put_away_at=None), public_id)


def _asked(connection: Connection) -> tuple[str, str]:
    """What went wrong, in words, and its code; both empty when nothing did."""
    try:
        channel = registry.connect(connection)
        # Only the network call leaves this thread, whose database session is the member's.
        _POOL.submit(channel.check).result(timeout=PATIENCE_S)
    except (TooLate, Unavailable):
        said = _("%(channel)s did not answer. Try again in a minute.")
        return said % {"channel": words.channel(connection.channel)}, Unavailable.code
    except ChannelError as error:
        code = error.reason if isinstance(error, Refused) else error.code
        return _refused(connection, error, code), code or error.code
    return "", ""


def _refused(connection: Connection, error: ChannelError, code: str) -> str:
    """The field that is wrong, where the refusal names one; else what its code means."""
    helped = failures.help_for(connection.channel, code)
    names = [field.name for field in registry.fields(connection.channel)]
    if code in names:
        label = fields.told(connection.channel, code).label
        return _("“%(field)s” is wrong: %(said)s") % {"field": label, "said": error.message}
    return f"{helped.what} {helped.do} ({code}: {error.message})"
