"""What payers read about their refunds by mail, in the language they paid in."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_datetime_format
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from sleek.core.amounts import plain_money
from sleek.notifications.bills import payers
from sleek.notifications.rules import Letter
from sleek.payments import queries as payments
from sleek.payments.models import Payment
from sleek.refunds import queries
from sleek.refunds.models import Claim, Refund
from sleek.refunds.rules import RefundStatus


def promised(refund: Refund) -> Letter:
    with translation.override(refund.attempt.payment.language):
        lines = [_("%(payee)s is giving you %(amount)s back.")]
        if refund.status == RefundStatus.IN_REVIEW:
            lines.append(_("They are still checking it, until %(until)s at the latest."))
        lines.append(_("Expect the money between %(first)s and %(last)s."))
        if refund.note:
            lines.append(_("They write: %(note)s"))
        return _letter(refund, _("%(amount)s are on their way back to you"), lines)


def account_wanted(refund: Refund, claim: Claim) -> Letter:
    with translation.override(refund.attempt.payment.language):
        zone = refund.attempt.payment.merchant.zone
        words = _words(refund) | {"open_until": _moment(claim.expires_at, zone)}
        lines, button = _ways(refund)
        if refund.note:
            lines.append(_("They write: %(note)s"))
        return Letter(
            subject=_("Where should %(amount)s go?") % words,
            text="\n\n".join(lines) % words,
            button=button,
            url=claim_address(claim),
        )


def _ways(refund: Refund) -> tuple[list[str], str]:
    """Where it can go, and the button that leads there."""
    if queries.may_go_to_wallet(refund):
        lines = [
            _("It can't go back the way you paid."),
            _(
                "Name a bank account and %(payee)s transfers it there; or take it into your Sleek "
                "wallet, if you have one: it is there at once. The money is set aside for you "
                "until %(open_until)s."
            ),
        ]
        return lines, _("Choose where it goes")
    lines = [
        _("It can't go back the way you paid, so %(payee)s transfers it to your bank account."),
        _("Please tell us which one. The money is set aside for you until %(open_until)s."),
    ]
    return lines, _("Enter the bank account")


def succeeded(refund: Refund) -> Letter:
    with translation.override(refund.attempt.payment.language):
        lines = [
            _("The money has been sent. It should be with you between %(first)s and %(last)s."),
            *_number(refund),
        ]
        if refund.is_in_wallet:
            lines = [
                _("It has been in your Sleek wallet since %(arrived)s. You can use it at once.")
            ]
        return _letter(refund, _("%(amount)s went back to you"), lines)


def failed(refund: Refund) -> Letter:
    with translation.override(refund.attempt.payment.language):
        lines = [_("The money is with %(payee)s again. They know, and you can write to them.")]
        if refund.answer:
            refund.note = refund.answer
            lines.append(_("They write: %(note)s"))
        return _letter(refund, _("The refund of %(amount)s did not work"), lines)


def late(refund: Refund) -> Letter:
    with translation.override(refund.attempt.payment.language):
        lines = [
            _("It should have arrived by %(last)s. %(payee)s has been told and follows it up."),
            *_number(refund),
        ]
        return _letter(refund, _("Your refund of %(amount)s is late"), lines)


def claim_address(claim: Claim) -> str:
    return settings.PUBLIC_URL + reverse("checkout-claim", args=[queries.claim_token(claim)])


def _number(refund: Refund) -> list[str]:
    return [_("If your bank asks, it finds the money by this number: %(trace)s")] * bool(
        refund.trace
    )


def _letter(refund: Refund, subject: str, lines: list[str]) -> Letter:
    words = _words(refund)
    return Letter(
        subject=subject % words,
        text="\n\n".join(lines) % words,
        button=_("See the refund"),
        url=settings.PUBLIC_URL
        + reverse("checkout-payment", args=[refund.attempt.payment.public_id]),
    )


def _words(refund: Refund) -> dict[str, str]:
    payment = refund.attempt.payment
    return {
        "amount": plain_money(refund.money),
        "payee": payee(payment),
        "note": refund.note,
        "trace": refund.trace,
        "first": _day(refund.lands_from),
        "last": _day(refund.lands_by),
        "until": _moment(refund.review_by, payment.merchant.zone),
        "arrived": _moment(refund.succeeded_at, payment.merchant.zone),
    }


def payee(payment: Payment) -> str:
    """As they call themselves on the page that was paid."""
    if payment.link:
        return payment.link.brand.display_name
    paid = payments.bills_of(payment)
    return payers.payee(paid[0]) if paid else payment.merchant.name


def _day(day: date | None) -> str:
    return format_date(day, "long", locale=_locale()) if day else ""


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    """To the minute, in the payee's zone and saying so: the payer may live in another."""
    if at is None:
        return ""
    time = format_datetime(at, "HH:mm (ZZZZ)", tzinfo=zone, locale="en")
    day = _day(at.astimezone(zone).date())
    return str(get_datetime_format("medium", locale=_locale())).format(time, day)


def _locale() -> str:
    return to_locale(get_language() or "en")
