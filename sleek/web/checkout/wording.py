"""What the payer reads about methods and declines. One table each, complete.

Every decline says what happened and what to do next. A card that was reported lost or stolen reads
like any other the bank refused: who holds it must learn nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from sleek.channels.base import Failure, Flow, Unfit
from sleek.channels.failures import Special, meaning
from sleek.channels.names import METHODS
from sleek.payments.queries import Misfit
from sleek.web.ui.templatetags.sleek_ui import plain_money

Text: TypeAlias = str | Promise


@dataclass(frozen=True, slots=True)
class Advice:
    happened: Text
    next: Text


_REFUSED_BY_BANK = Advice(
    _("The bank did not approve this payment."),
    _("Please choose another method, or ask your bank for the reason."),
)

DECLINES: dict[Failure, Advice] = {
    Failure.ENTRY_WRONG: Advice(
        _("The card details are not correct."),
        _("Please check the number, expiry date and security code, and try again."),
    ),
    Failure.INSUFFICIENT_FUNDS: Advice(
        _("There was not enough money on the card or account."),
        _("Please choose another method, or check with your bank."),
    ),
    Failure.LIMIT: Advice(
        _("The amount is above the limit of this card or account."),
        _("Please raise the limit with your bank, or choose another method."),
    ),
    Failure.DECLINED: _REFUSED_BY_BANK,
    Failure.AUTHENTICATION: Advice(
        _("The identity check (such as 3-D Secure) was not completed."),
        _("Please try again and confirm in your bank's window or app, or choose another method."),
    ),
    Failure.EXPIRED_CARD: Advice(
        _("The card has expired."),
        _("Please use another card, or choose another method."),
    ),
    Failure.CAREFUL: _REFUSED_BY_BANK,
    Failure.PROVIDER: Advice(
        _("This method does not answer at the moment. Nothing was charged."),
        _("Please choose another method, or try this one again in a few minutes."),
    ),
    Failure.UNKNOWN: Advice(
        _("The payment did not go through."),
        _("Please try again, or choose another method."),
    ),
}


# What some codes allow to say beyond their category.
SPECIAL: dict[Special, Advice] = {
    Special.TOO_SMALL: Advice(
        _("The amount is too small for this method."),
        _("Please choose another method."),
    ),
    Special.TOO_OFTEN: Advice(
        _("This card was used too often in a short time."),
        _("Please try again tomorrow, or choose another method."),
    ),
    Special.ACCOUNT: Advice(
        _("Your account there cannot make this payment."),
        _("Please look in its app for the reason, or choose another method."),
    ),
    Special.OTHER_CARD: Advice(
        _("This kind of card is not accepted here."),
        _("Please use another card, or choose another method."),
    ),
}


def advice(failure: str, *, channel: str = "", code: str = "") -> Advice:
    """For what an attempt's columns hold."""
    row = meaning(channel, code)
    if row.special and row.category == failure:
        return SPECIAL[row.special]
    return DECLINES.get(Failure(failure), DECLINES[Failure.UNKNOWN])


AT_ONCE = _("Saved card · pay at once")

ICONS: dict[str, str] = {
    "card": "credit-card",
    "alipay": "brand-alipay",
    "wechatpay": "brand-wechat",
    "unionpay": "credit-card-pay",
    "paypal": "brand-paypal",
    "bank_transfer": "building-bank",
    "balance": "wallet",
}
CHANNELS: dict[str, Text] = {
    "stripe": "Stripe",
    "alipay": _("Alipay"),
    "wechatpay": _("WeChat Pay"),
    "unionpay": _("UnionPay"),
    "paypal": "PayPal",
    "banktransfer": _("Bank transfer"),
    "balance": _("Sleek balance"),
}
HINTS: dict[Flow, Text] = {
    Flow.REDIRECT: _("On the secure page of %(channel)s"),
    Flow.MOBILE: _("Opens %(channel)s"),
    Flow.QR: _("Scan a code with your phone"),
    Flow.IN_APP: _("Confirm here in %(channel)s"),
    Flow.HERE: _("The next steps are shown here"),
}
# Where a hint by flow says too little.
OWN_HINTS: dict[str, Text] = {
    "banktransfer": _("From your bank account, usually 1 to 3 working days"),
    "balance": _("At once, from your own Sleek wallet"),
}


# Why a method is not among the choices.
UNFIT: dict[Unfit, Text] = {
    Unfit.CURRENCY: _("%(method)s does not take %(currency)s."),
    Unfit.TOO_SMALL: _("%(method)s takes %(bound)s and more."),
    Unfit.TOO_LARGE: _("%(method)s takes %(bound)s at most."),
    Unfit.COUNTRY: _("%(method)s is not available in your country."),
    Unfit.UNWELL: _("%(method)s does not answer at the moment."),
    Unfit.DEVICE: _("%(method)s only opens on a phone."),
    Unfit.APP: _(
        "%(method)s cannot be opened inside this app. "
        "To use it, tap ⋯ at the top and choose “Open in browser”."
    ),
}
_MOMENTS = {
    "zh": "y年M月d日 HH:mm（ZZZZ）",
    "ja": "y年M月d日 HH:mm（ZZZZ）",
    "en": "d MMM y, HH:mm (ZZZZ)",
}


def moment(value: datetime | None, zone: ZoneInfo) -> str:
    """To the minute, in the payee's zone and saying so: the payer may live in another."""
    if value is None:
        return ""
    language = get_language() or "en"
    locale = to_locale(language)
    pattern = _MOMENTS.get(language[:2])
    if pattern:
        return format_datetime(value, pattern, tzinfo=zone, locale=locale)
    day = format_skeleton("yMMMd", value, tzinfo=zone, locale=locale)
    return f"{day}, {format_datetime(value, 'HH:mm (ZZZZ)', tzinfo=zone, locale='en')}"


def day(value: datetime, zone: ZoneInfo) -> str:
    return date_of(value.astimezone(zone).date())


def date_of(value: date) -> str:
    return format_date(value, "long", locale=to_locale(get_language() or "en"))


def hour(value: datetime, zone: ZoneInfo) -> SafeString:
    """Today's hour and minute; the script turns it into the payer's own, and drops our zone."""
    text = format_datetime(value, "HH:mm (ZZZZ)", tzinfo=zone, locale="en")
    return format_html('<time datetime="{}" dir="ltr" data-hour>{}</time>', value.isoformat(), text)


def method_name(method: str) -> Text:
    return METHODS.get(method, method.replace("_", " ").title())


def method_icon(method: str) -> str:
    return ICONS.get(method, "wallet")


def channel_name(channel: str) -> Text:
    return CHANNELS.get(channel, channel.title())


def hint(channel: str, flow: str) -> str:
    own = OWN_HINTS.get(channel)
    return str(own) if own else str(HINTS[Flow(flow)]) % {"channel": channel_name(channel)}


def unfit(misfit: Misfit, currency: str) -> str:
    return str(UNFIT[misfit.why]) % {
        "method": method_name(misfit.method),
        "currency": currency,
        "bound": plain_money(misfit.bound) if misfit.bound else "",
    }
