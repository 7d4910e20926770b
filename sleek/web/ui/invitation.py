"""What a merchant writes to a payer when sending a link, in the payer's language.

A reason is the merchant's free text. Marks that turn the direction of what follows are taken out of
it, so that it cannot rearrange the sentence around it, nor the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core.money import Money
from sleek.web.ui.templatetags.sleek_ui import plain_money

_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Invitation:
    subject: str
    sentence: str  # with the address, for a chat
    letter: str  # with the address, for a mail
    button: str


def write(*, payee: str, reason: str, amount: Money | None, url: str, language: str) -> Invitation:
    """Without an amount the payer chooses it."""
    payee, reason = _TURNS.sub("", payee), _TURNS.sub("", reason)
    with translation.override(language):
        words = {"payee": payee, "reason": reason, "url": url}
        if amount is None:
            ask = _("%(payee)s asks for a payment: %(reason)s.") % words
            button = _("Pay")
        else:
            words["amount"] = plain_money(amount)
            ask = _("%(payee)s asks for %(amount)s: %(reason)s.") % words
            button = _("Pay %(amount)s") % words
        pay = _("Pay here, no account needed: %(url)s") % words
        greeting = _("Hello,")
        thanks = _("Thank you")
    return Invitation(
        subject=f"{payee}: {reason}",
        sentence=f"{ask} {pay}",
        letter="\r\n\r\n".join([greeting, ask, pay, f"{thanks}\r\n{payee}"]),
        button=button,
    )
