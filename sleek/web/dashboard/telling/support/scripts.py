"""The scripts for payers, as the back office names them."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy, to_locale
from django.utils.translation import gettext_lazy as _

from sleek.notifications.rules import Matter
from sleek.notifications.scripts import BUTTON, Wording

NAMES: dict[Matter, Promise] = {
    Matter.ENTRY_WRONG: pgettext_lazy("script", "Details entered wrongly"),
    Matter.INSUFFICIENT_FUNDS: pgettext_lazy("script", "Not enough money"),
    Matter.LIMIT: pgettext_lazy("script", "Over a limit"),
    Matter.DECLINED: pgettext_lazy("script", "Declined by the bank"),
    Matter.AUTHENTICATION: pgettext_lazy("script", "Not confirmed at the bank"),
    Matter.EXPIRED_CARD: pgettext_lazy("script", "Card expired"),
    Matter.PROVIDER: pgettext_lazy("script", "The channel did not answer"),
    Matter.UNKNOWN: pgettext_lazy("script", "Did not go through"),
    Matter.UNCONFIRMED: pgettext_lazy("script", "Outcome not known yet"),
    Matter.DUPLICATE: pgettext_lazy("script", "Paid twice"),
    Matter.LATE: pgettext_lazy("script", "Arrived too late"),
    Matter.PARTIAL: pgettext_lazy("script", "A part is missing"),
    Matter.OVERPAID: pgettext_lazy("script", "Paid too much"),
    Matter.WRONG_CURRENCY: pgettext_lazy("script", "Other currency"),
    Matter.REFUND_IN_REVIEW: pgettext_lazy("script", "Refund in review"),
    Matter.REFUND_PENDING: pgettext_lazy("script", "Refund on its way"),
    Matter.REFUND_SUCCEEDED: pgettext_lazy("script", "Refund sent"),
    Matter.REFUND_IN_WALLET: pgettext_lazy("script", "Refund in a wallet"),
    Matter.REFUND_FAILED: pgettext_lazy("script", "Refund not delivered"),
    Matter.REFUND_LATE: pgettext_lazy("script", "Refund late"),
    Matter.CLAIM: pgettext_lazy("script", "Refund needs an account"),
}
VARIABLES: dict[str, Promise] = {
    "payer": _("the payer's name"),
    "merchant": _("your business"),
    "amount": _("what was asked"),
    "received": _("what came"),
    "refund": _("what goes back"),
    "method": _("how it was paid"),
    "number": _("the short number to quote"),
    "reference": _("the channel's or bank's reference"),
    "link": _("the page to pay or look at"),
    "arrives": _("when the refund should arrive"),
}


@dataclass(frozen=True, slots=True)
class Ready:
    """One script, filled in for a payment."""

    wording: Wording
    name: str
    title: str
    text: str


def name(matter: Matter) -> str:
    return str(NAMES[matter])


def button() -> str:
    """On mails, in the language that is current."""
    return str(BUTTON)


def languages() -> list[tuple[str, str]]:
    """The payers' languages, by their names in the reader's."""
    reader = Locale.parse(to_locale(get_language() or "en"))
    return [
        (code, Locale.parse(to_locale(code)).get_display_name(reader) or code)
        for code in settings.PAYER_LANGUAGES
    ]
