"""The page between ours and a provider that takes its order as a form from the payer's browser."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sleek.core import clock
from sleek.payments.models import Attempt
from sleek.payments.rules import AttemptStatus
from sleek.web.checkout import access, page, wording
from sleek.web.checkout.views import payments
from sleek.web.ui.middleware import content_policy

CAN_ACT = (AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION)


@require_safe
@page.for_payers
def go(request: HttpRequest, public_id: str, attempt_id: str) -> HttpResponse:
    """The form, which a script sends at once and a button at the latest."""
    found = access.payment(public_id)
    attempt = found.attempts.filter(public_id=attempt_id).first()
    if attempt is None or not _carries_form(attempt):
        return payments.see(found)
    context = page.about(request, access.face(found), found.money, found.description)
    context |= {
        "payment": found,
        "channel": wording.channel_name(attempt.channel),
        "address": attempt.next_url,
        "fields": attempt.next_data,
    }
    response = render(request, "checkout/payment/go.html", context)
    response.headers["Content-Security-Policy"] = content_policy(
        request, forms_to=_sites(attempt.next_url)
    )
    return response


def _carries_form(attempt: Attempt) -> bool:
    is_open = attempt.status in CAN_ACT and attempt.expires_at > clock.now()
    return is_open and bool(attempt.next_url and attempt.next_data)


def _sites(address: str) -> list[str]:
    """Where the form may lead: to the provider's host and, as its answer sends the browser on to
    the cashier (gateway.95516.com to cashier.95516.com), to that host's neighbours.
    """
    parts = urlsplit(address)
    origin, host = f"{parts.scheme}://{parts.netloc}", parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        _, _, site = host.partition(".")
        return [origin, f"{parts.scheme}://*.{site}"] if "." in site else [origin]
    return [origin]
