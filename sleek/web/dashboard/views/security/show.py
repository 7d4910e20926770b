"""The page that ties the security of an account together, and the devices on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.models import Device
from sleek.merchants.rules import RECOVERY_CODE_COUNT
from sleek.web.dashboard import access, waiting
from sleek.web.dashboard.security import devices


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of the devices' list."""

    device: Device
    name: str
    is_phone: bool
    is_this: bool


@access.person
@require_GET
def show(request: access.PersonRequest) -> HttpResponse:
    words = {
        "factors": queries.factors_of(request.user),
        "code_count": RECOVERY_CODE_COUNT,
        "has_password": request.user.has_usable_password(),
        "devices": [_seen(request, device) for device in queries.devices_of(request.user)],
    }
    here = request.merchant.zone if request.places else None  # type: ignore[attr-defined]
    with timezone.override(here):
        return render(request, "dashboard/security/show.html", words)


@access.person
@require_POST
def log_out(request: access.PersonRequest, public_id: str) -> HttpResponse:
    """Without a proof: whoever sees a stranger in the list must be quick."""
    address = waiting.client_address(request)
    if not merchants.log_out_device(request.user, public_id, address=address):
        raise Http404
    messages.success(request, _("The device is logged out."))
    return redirect("security-show")


@access.person
@require_POST
def log_out_others(request: access.PersonRequest) -> HttpResponse:
    count = merchants.log_out_other_devices(
        request.user,
        request.session.session_key or "",
        address=waiting.client_address(request),
    )
    said = ngettext(
        "%(count)d other device is logged out.", "%(count)d other devices are logged out.", count
    )
    messages.success(request, said % {"count": count})
    return redirect("security-show")


def _seen(request: access.PersonRequest, device: Device) -> Seen:
    return Seen(
        device,
        devices.in_words(device.user_agent),
        devices.is_phone(device.user_agent),
        device.session_key == request.session.session_key,
    )
