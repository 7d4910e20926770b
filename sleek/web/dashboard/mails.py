"""Mails about accounts: one message, one button, and the same words as plain text.

They are sent while the person waits, since nothing goes on without them. A sender that is down must
not lose the account that was just made, so it is logged, and the waiting page offers to send again.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    title: str
    text: str
    button: str
    url: str
    note: str


def activation(token: str) -> Letter:
    return Letter(
        subject=_("Welcome to Sleek, please verify your e-mail address"),
        title=_("One step to go"),
        text=_(
            "Confirm that this address is yours, and your account is ready to collect payments."
        ),
        button=_("Verify my e-mail address"),
        url=address_of("account-activate", token),
        note=_(
            "The link works once and for three days. "
            "If you did not sign up for Sleek, ignore this mail: "
            "nothing happens without your click."
        ),
    )


def already_signed_up() -> Letter:
    return Letter(
        subject=_("You have a Sleek account already"),
        title=_("You have an account already"),
        text=_(
            "Somebody, probably you, tried to sign up for Sleek with this address. "
            "It has an account, so nothing was changed. Log in, or choose a new password there."
        ),
        button=_("Log in"),
        url=address_of("account_login"),
        note=_("If that was not you, ignore this mail: nobody learned that the account exists."),
    )


def password_reset(url: str) -> Letter:
    return Letter(
        subject=_("Choose a new password for Sleek"),
        title=_("Choose a new password"),
        text=_("You asked to reset the password of your Sleek account."),
        button=_("Choose a new password"),
        url=url,
        note=_("If you did not ask, ignore this mail: your password stays as it is."),
    )


def no_account() -> Letter:
    return Letter(
        subject=_("There is no Sleek account for this address"),
        title=_("There is no account for this address"),
        text=_(
            "Somebody, probably you, asked to reset the password of a Sleek account "
            "with this address. There is none. Perhaps you signed up with another address?"
        ),
        button=_("Sign up"),
        url=address_of("account_signup"),
        note=_("If that was not you, ignore this mail."),
    )


def send(letter: Letter, to: str) -> None:
    words = {"letter": letter}
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=render_to_string("notifications/letter.txt", words),
        from_email=sender(),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("notifications/letter.html", words), "text/html")
    try:
        mail.send()
    except (OSError, smtplib.SMTPException):
        logger.exception("mail.failed")


def sender() -> str:
    """The installation's address under the name that people know."""
    return formataddr((_("Sleek Official"), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def address_of(name: str, *args: str) -> str:
    """Links in mails lead to the configured address: a request may lie about its host."""
    return settings.PUBLIC_URL + reverse(name, args=args)
