"""Opening the apps that people send links by, with the message already written."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind
from sleek.web.ui import invitation
from sleek.web.ui.invitation import Invitation


@dataclass(frozen=True, slots=True)
class MessageTo:
    """Opens an app with a message already written."""

    name: str
    icon: str
    url: str


def languages() -> list[tuple[str, str]]:
    """Those that payers read, by their own names."""
    return [(code, str(get_language_info(code)["name_local"])) for code in settings.PAYER_LANGUAGES]


def asked(link: PaymentLink) -> Money | None:
    """What one payer pays, where that is certain."""
    return link.money if link.amount_kind == AmountKind.FIXED else None


def invite(link: PaymentLink, url: str, language: str) -> Invitation:
    return invitation.write(
        payee=link.brand.display_name,
        reason=link.reason,
        amount=asked(link),
        url=url,
        language=language,
    )


def messages_to(invited: Invitation, url: str) -> list[MessageTo]:
    text = invited.sentence.removesuffix(url).strip()
    return [
        MessageTo("WhatsApp", "brand-whatsapp", f"https://wa.me/?text={_quoted(invited.sentence)}"),
        MessageTo(_("E-mail"), "mail", mail_to("", invited)),
        MessageTo(
            "Telegram",
            "brand-telegram",
            f"https://t.me/share/url?url={_quoted(url)}&text={_quoted(text)}",
        ),
    ]


def mail_to(email: str, invited: Invitation) -> str:
    """RFC 6068: everything but the address's own @ is encoded, lines end in CR LF."""
    subject, body = _quoted(invited.subject), _quoted(invited.letter)
    return f"mailto:{quote(email, safe='@')}?subject={subject}&body={body}"


def _quoted(text: str) -> str:
    return quote(text, safe="")
