"""Handing a bill over: its address, its code, and what to write with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from sleek.invoices import queries
from sleek.invoices.models import Instalment, Invoice
from sleek.web.dashboard.telling.share import codes
from sleek.web.dashboard.telling.share import messages as telling
from sleek.web.dashboard.telling.share.messages import MessageTo
from sleek.web.ui import invitation
from sleek.web.ui.invitation import Invitation


@dataclass(frozen=True, slots=True)
class Shared:
    url: str
    qr: SafeString
    invited: Invitation
    messages_to: list[MessageTo]
    language: str


def of(invoice: Invoice, wish: str) -> Shared:
    """In the payer's language, or in the one that is wished for."""
    known = [code for code, _name in telling.languages()]
    language = next((each for each in (wish, invoice.language) if each in known), "en")
    url = queries.pay_url(invoice)
    invited = _invite(invoice, url, language)
    return Shared(url, codes.drawing(url), invited, telling.messages_to(invited, url), language)


def stage_url(stage: Instalment) -> str:
    return settings.PUBLIC_URL + reverse("checkout-instalment", args=[stage.token])


def _invite(invoice: Invoice, url: str, language: str) -> Invitation:
    brand = invoice.brand or invoice.merchant.brands.get(is_default=True)
    with translation.override(language):
        about = invoice.title or str(queries.NATURES[invoice.nature])
    return invitation.write(
        payee=brand.display_name,
        reason=f"{invoice.number} · {about}",
        amount=invoice.due,
        url=url,
        language=language,
    )
