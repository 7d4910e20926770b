"""Handing a message to the mail server, or to the gateway that sends SMS and chat. Network only."""

from __future__ import annotations

import smtplib
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core import crypto, http
from sleek.core.errors import SleekError
from sleek.notifications import rules
from sleek.notifications.models import Gateway, Message
from sleek.notifications.rules import Medium

if TYPE_CHECKING:
    from apprise import Apprise


class NotDelivered(SleekError):
    """The mail server or the gateway did not take the message; it is tried again."""

    code = "not_delivered"


def deliver(message: Message) -> None:
    """Raises `NotDelivered`."""
    http.refuse_in_transaction()
    with translation.override(message.language):
        if message.gateway:
            _through(message.gateway, message)
        else:
            _by_mail(message)


def _by_mail(message: Message) -> None:
    words = {"letter": message}
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=render_to_string("notifications/letter.txt", words),
        from_email=formataddr((_("Sleek Official"), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[message.recipient],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("notifications/letter.html", words), "text/html")
    if message.paper:
        mail.attach(message.paper.file_name, bytes(message.paper.content), "application/pdf")
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(type(error).__name__) from error


def _through(gateway: Gateway, message: Message) -> None:
    """The address is judged again: the rule may have become stricter since it was entered."""
    if gateway.removed_at:
        raise NotDelivered("the gateway was removed")
    try:
        address = gateway.unseal()
    except crypto.Undecryptable as error:
        raise NotDelivered("the address does not open with the configured keys") from error
    if not is_safe(address, Medium(gateway.medium)):
        raise NotDelivered("the address may not be called")
    service = _service(f"{address}?redirect=no")
    if service is None:
        raise NotDelivered("the address is not one of this service")
    if not service.notify(title=message.subject, body=f"{message.text}\n{message.url}"):
        raise NotDelivered(f"{gateway.service} did not take it")


def is_safe(address: str, medium: Medium) -> bool:
    is_real = settings.MODE == "production"
    return rules.is_safe_address(address, medium, may_be_sandbox=not is_real)


def is_well_formed(address: str) -> bool:
    """Whether the service behind the address could be called with it."""
    return _service(address) is not None


def _service(address: str) -> Apprise | None:
    from apprise import Apprise, AppriseAsset  # on demand: it loads more than a hundred services

    asset = AppriseAsset(app_id="Sleek", app_desc="Sleek", app_url="", async_mode=False)
    service = Apprise(asset=asset)
    return service if service.add(address) else None
