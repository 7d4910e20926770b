"""Mails about the security of an account: each change is told to its person, and codes."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core import clock
from sleek.merchants.models import Merchant, User
from sleek.web.dashboard import mails, waiting
from sleek.web.dashboard.mails import Letter, send
from sleek.web.dashboard.security import devices

__all__ = ["CHANGES", "Change", "change", "code", "send", "tell"]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an account, in words."""

    subject: Promise
    text: Promise


CHANGES = {
    "password_changed": Change(
        gettext_lazy("Your Sleek password was changed"),
        gettext_lazy("The log-in password was changed. Every other device is logged out."),
    ),
    "totp_on": Change(
        gettext_lazy("Two-step log-in was turned on"),
        gettext_lazy("From now on logging in takes a code from your authenticator app, too."),
    ),
    "totp_off": Change(
        gettext_lazy("Codes from an app were turned off"),
        gettext_lazy("Logging in no longer takes a code from your authenticator app."),
    ),
    "passkey_added": Change(
        gettext_lazy("A new passkey can log in to your account"),
        gettext_lazy("A passkey was added. It logs in without the password."),
    ),
    "passkey_removed": Change(
        gettext_lazy("A passkey was removed from your account"),
        gettext_lazy("The passkey can no longer log in."),
    ),
    "codes_renewed": Change(
        gettext_lazy("You have new recovery codes"),
        gettext_lazy("Ten new recovery codes were made. The earlier ones no longer work."),
    ),
    "recovery_code_used": Change(
        gettext_lazy("A recovery code was used"),
        gettext_lazy(
            "Somebody, probably you, used a recovery code instead of the app. "
            "Each code works once, so make new ones before the last is gone."
        ),
    ),
    "transaction_password_set": Change(
        gettext_lazy("A transaction password was set"),
        gettext_lazy("From now on we ask for it before money or rights move."),
    ),
    "transaction_password_changed": Change(
        gettext_lazy("Your transaction password was changed"),
        gettext_lazy("The earlier one no longer works."),
    ),
}


def tell(request: HttpRequest, user: User, what: str) -> None:
    send(change(what, _where(request)), user.email)


def change(what: str, where: str) -> Letter:
    words = CHANGES[what]
    return Letter(
        subject=str(words.subject),
        title=str(words.subject),
        text=f"{words.text} {where}".strip(),
        button=_("Look at my security settings"),
        url=mails.address_of("security-show"),
        note=_(
            "If that was not you, choose a new password now, "
            "and log the other devices out on the same page."
        ),
    )


def code(digits: str) -> Letter:
    return Letter(
        subject=_("%(code)s is your Sleek code") % {"code": digits},
        title=digits,
        text=_(
            "Enter this code on the page that asks for it. It works once and for ten minutes. "
            "We never ask for it by phone or in a chat."
        ),
        button=_("Open Sleek"),
        url=mails.address_of("overview"),
        note=_(
            "If you did not ask for a code, somebody is logged in as you: "
            "choose a new password and log the other devices out."
        ),
    )


def _where(request: HttpRequest) -> str:
    """When, in which browser, from which address: enough to tell oneself from a stranger."""
    merchant: Merchant | None = getattr(request, "merchant", None)
    local = timezone.localtime(clock.now(), merchant.zone if merchant else None)
    told = {
        "moment": date_format(local, "DATETIME_FORMAT"),
        "zone": local.tzname(),
        "browser": devices.in_words(request.headers.get("User-Agent", "")),
        "address": waiting.client_address(request),
    }
    return _("It happened on %(moment)s (%(zone)s) in %(browser)s, address %(address)s.") % told
