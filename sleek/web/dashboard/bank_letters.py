"""The mail that tells all owners where money is sent from now on: a thief changes just that."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from sleek.merchants.actions import BankDetails
from sleek.merchants.models import Merchant, User
from sleek.web.dashboard import mails
from sleek.web.dashboard.mails import Letter


def changed(
    merchant: Merchant, before: BankDetails, after: BankDetails, *, by: User, to: list[User]
) -> None:
    """To each in the language that they read."""
    for owner in to:
        with translation.override(owner.language):
            mails.send(_letter(merchant, before, after, by), owner.email)


def _letter(merchant: Merchant, before: BankDetails, after: BankDetails, by: User) -> Letter:
    words = {
        "person": by.email,
        "merchant": merchant.name,
        "before": _in_words(before),
        "after": _in_words(after),
    }
    return Letter(
        subject=_("The bank details of %(merchant)s were changed") % words,
        title=_("The bank details were changed"),
        text=_(
            "%(person)s changed where customers transfer money to. "
            "Before: %(before)s. From now on: %(after)s."
        )
        % words,
        button=_("Look at the bank details"),
        url=mails.address_of("bank-edit"),
        note=_(
            "If it was not you and nobody told you of it, put the old details back at once, "
            "choose a new password, and look at who works in the team."
        ),
    )


def _in_words(details: BankDetails) -> str:
    told = [value for value in details.masked().values() if value]
    return " · ".join(told) or _("none")
