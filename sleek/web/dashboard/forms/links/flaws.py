"""What is wrong with a link, in words, and at which field to say it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sleek.core.money import Money
from sleek.links import rules
from sleek.links.rules import AmountKind, Ask, Flaw
from sleek.web.dashboard.forms import amounts
from sleek.web.ui.templatetags.sleek_ui import plain_money

_FIELDS = {
    Flaw.AMOUNT_TOO_SMALL: "amount",
    Flaw.AMOUNT_TOO_LARGE: "amount",
    Flaw.AMOUNT_OUT_OF_BOUNDS: "amount",
    Flaw.BOUNDS_MISSING: "minimum",
    Flaw.BOUNDS_REVERSED: "maximum",
    Flaw.QUANTITY_MISSING: "quantity_max",
    Flaw.QUANTITY_TOO_LARGE: "quantity_max",
    Flaw.USES_WRONG: "uses",
    Flaw.PIECES_WRONG: "pieces",
    Flaw.REASON_MISSING: "reason",
    Flaw.REASON_TOO_LONG: "reason",
    Flaw.EXPIRY_PASSED: "expires_at",
    Flaw.EXPIRY_TOO_FAR: "expires_at",
    Flaw.TOO_MANY_TAGS: "tags",
    Flaw.TAG_TOO_LONG: "tags",
    Flaw.TOO_MANY_PICTURES: "picture",
    Flaw.REDIRECT_NOT_HTTPS: "redirect_url",
}
_BOUNDS = {Flaw.AMOUNT_TOO_SMALL: "minimum", Flaw.AMOUNT_TOO_LARGE: "maximum"}


def field_of(flaw: Flaw, ask: Ask | None = None) -> str:
    """Of an open amount it is a bound that is too small or too large."""
    if ask is not None and ask.kind == AmountKind.OPEN and flaw in _BOUNDS:
        return _BOUNDS[flaw]
    return _FIELDS[flaw]


def explain(flaw: Flaw, *, currency: str = "USD", length: int = 0) -> str:
    words: dict[Flaw, str | Promise] = {
        Flaw.AMOUNT_TOO_SMALL: amounts.too_small(currency),
        Flaw.AMOUNT_TOO_LARGE: _("A link can collect at most %(most)s."),
        Flaw.AMOUNT_OUT_OF_BOUNDS: _("The suggestion lies outside the bounds below."),
        Flaw.BOUNDS_MISSING: _("Say what the payer may pay at least and at most."),
        Flaw.BOUNDS_REVERSED: _("This is less than the least amount."),
        Flaw.QUANTITY_MISSING: _("Say how many pieces one payer can take at most."),
        Flaw.QUANTITY_TOO_LARGE: _("At most %(quantity)s pieces in one payment."),
        Flaw.USES_WRONG: _("Enter a number from 1 to %(stock)s."),
        Flaw.PIECES_WRONG: _("Enter a number from 1 to %(stock)s."),
        Flaw.REASON_MISSING: _("Say what the payment is for; the payer reads it."),
        Flaw.REASON_TOO_LONG: _("At most %(limit)s characters; these are %(length)s."),
        Flaw.EXPIRY_PASSED: _("The link would have expired already. Choose a later moment."),
        Flaw.EXPIRY_TOO_FAR: _("A link lasts at most %(days)s days. Choose an earlier moment."),
        Flaw.TOO_MANY_TAGS: _("At most %(tags)s tags."),
        Flaw.TAG_TOO_LONG: _("A tag has at most %(tag)s characters."),
        Flaw.TOO_MANY_PICTURES: _("At most %(pictures)s pictures. Take some away first."),
        Flaw.REDIRECT_NOT_HTTPS: _("Enter a whole address that begins with https://"),
    }
    return str(words[flaw]) % {
        "most": plain_money(Money(rules.MAX_MINOR, currency)),
        "quantity": rules.MAX_QUANTITY,
        "stock": rules.MAX_STOCK,
        "limit": rules.MAX_REASON,
        "length": length,
        "days": rules.MAX_DAYS,
        "tags": rules.MAX_TAGS,
        "tag": rules.MAX_TAG,
        "pictures": rules.MAX_PICTURES,
    }
