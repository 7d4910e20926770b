"""The mail with a code, in the payer's language. It says nothing of the link: whoever typed the
address may not own it.
"""

from __future__ import annotations

import logging
import smtplib

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


def send(digits: str, to: str) -> bool:
    subject = _("%(digits)s is your code") % {"digits": digits}
    words = {"digits": digits, "subject": subject}
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("checkout/guard/letter.txt", words),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("checkout/guard/letter.html", words), "text/html")
    try:
        mail.send()
    except (OSError, smtplib.SMTPException):
        logger.exception("mail.failed")
        return False
    return True
