"""Where mail goes: `SLEEK_MAIL_URL`, or, in the demo, one .eml file per mail in `var/mail`, which
the sandbox shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from sleek.core import ids

TIMEOUT_S = 20
PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


def from_url(url: str) -> dict[str, object]:
    """Django's settings for `smtp+tls://user:password@host:587`; unknown schemes are refused."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(
            "SLEEK_MAIL_URL is smtp+tls://user:password@host:587, smtp+ssl:// or smtp://."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
        "EMAIL_TIMEOUT": TIMEOUT_S,
    }


class FolderBackend(BaseEmailBackend):
    """Writes each mail as a file whose name sorts by time. Complete when its name ends in .eml."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            file = folder / f"{ids.new('mail')}.eml"
            unfinished = file.with_suffix(".unfinished")
            unfinished.write_bytes(mail.message().as_bytes())
            unfinished.rename(file)
        return len(email_messages)
