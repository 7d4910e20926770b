"""What messages say: each in one place, in the language of who reads it.

What payers wrote is quoted as they wrote it, in plain words; a template escapes it.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core.amounts import plain_money
from sleek.core.money import Money
from sleek.links.models import Plea
from sleek.notifications.models import BalanceAlert, Gateway
from sleek.notifications.rules import Direction, Letter
from sleek.payments.models import Payment


def balance_crossed(alert: BalanceAlert, balance: Money, language: str) -> Letter:
    with translation.override(language):
        words = {
            "merchant": alert.merchant.name,
            "balance": plain_money(balance),
            "threshold": plain_money(alert.money),
            "rearm": plain_money(alert.rearm_money),
        }
        if alert.direction == Direction.BELOW:
            subject = _("%(merchant)s: available balance below %(threshold)s")
            text = _(
                "%(balance)s are available now. "
                "You are told again after it was back at %(rearm)s or more."
            )
        else:
            subject = _("%(merchant)s: available balance above %(threshold)s")
            text = _(
                "%(balance)s are available now. "
                "You are told again after it was back at %(rearm)s or less."
            )
        url = _address_of("wallet-index")
        return Letter(subject % words, text % words, _("Open the wallet"), url)


def new_link_wanted(plea: Plea, language: str) -> Letter:
    with translation.override(language):
        words = {"email": plea.email, "reason": plea.link.reason, "note": plea.note}
        said = _("%(email)s found the link “%(reason)s” closed and would like to pay.") % words
        if plea.note:
            said += "\n\n" + _("They write: %(note)s") % words
        return Letter(
            subject=_("A payer asks for a new link: %(reason)s") % words,
            text=said,
            button=_("Open the link"),
            url=_address_of("link-show", plea.link.public_id),
        )


def decision_wanted(payment: Payment, received: Money, language: str) -> Letter:
    with translation.override(language):
        words = {
            "received": plain_money(received),
            "asked": plain_money(payment.money),
            "reason": payment.description,
        }
        return Letter(
            subject=_("%(received)s arrived instead of %(asked)s: please decide") % words,
            text=_(
                "For “%(reason)s” %(asked)s were asked, and %(received)s came. The money is safe "
                "and frozen; nobody pays again until you have given it back."
            )
            % words,
            button=_("Open the payment"),
            url=_address_of("payment-show", payment.public_id),
        )


def greeting(gateway: Gateway, language: str) -> Letter:
    with translation.override(language):
        return Letter(
            subject=_("Sleek can reach you here"),
            text=_("Messages for “%(name)s” will arrive like this one.") % {"name": gateway.name},
            button=_("Open the alerts"),
            url=_address_of("alert-index"),
        )


def _address_of(name: str, *args: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)
