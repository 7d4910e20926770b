"""What messages say: each in one place, in the language of who reads it.

What payers wrote is quoted as they wrote it, in plain words; a template escapes it.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.channels.models import Connection
from sleek.core.amounts import plain_money
from sleek.core.money import Money
from sleek.links.models import Plea
from sleek.notifications.models import BalanceAlert, Gateway
from sleek.notifications.rules import Direction, Letter
from sleek.payments.models import Payment
from sleek.reconciliation.models import Anomaly
from sleek.reconciliation.rules.flags import Flag


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
                "and frozen; nobody pays again until you have decided what becomes of it."
            )
            % words,
            button=_("Open the payment"),
            url=_address_of("payment-show", payment.public_id),
        )


def look_wanted(anomaly: Anomaly, language: str) -> Letter:
    with translation.override(language):
        money = anomaly.money
        words = {
            "amount": plain_money(money) if money else _("A notice"),
            "about": anomaly.payment.description if anomaly.payment else anomaly.subject,
            "number": anomaly.reference,
        }
        return Letter(
            subject=_("%(amount)s: please look into it") % words,
            text=_to_look_into(anomaly) % words,
            button=_("Open the list of exceptions"),
            url=_address_of("anomaly-index"),
        )


def _to_look_into(anomaly: Anomaly) -> str:
    match anomaly.flag:
        case Flag.ORPHAN:
            return _(
                "A provider speaks of money that does not fit anything here: %(about)s. Compare "
                "with its own back office."
            )
        case Flag.UNKNOWN_PAYER:
            return _(
                "%(amount)s came to your bank account, and nothing says what for. Find the payment "
                "that it was meant for."
            )
        case Flag.GIVEN_TWICE:
            return _(
                "A refund of the bill %(number)s failed after another bill had taken over its "
                "deduction: your customer has %(amount)s of it twice. Ask for them on a new bill, "
                "void the other bill while it is unpaid, or let it be."
            )
    return _(
        "For “%(about)s” a provider has not said how it ended, longer than it should take. "
        "We go on waiting for its word; look it up in its own back office."
    )


def many_wait(language: str) -> Letter:
    """Instead of a mail for each."""
    with translation.override(language):
        return Letter(
            subject=_("Several payments need a decision"),
            text=_(
                "More payments than usual need somebody to look at them. You find all of them in "
                "one list; for this hour we write no more about single ones."
            ),
            button=_("Open the list of exceptions"),
            url=_address_of("anomaly-index"),
        )


def connection_unwell(connection: Connection, language: str) -> Letter:
    with translation.override(language):
        words = {"name": connection.name}
        return Letter(
            subject=_("The payment channel %(name)s does not answer") % words,
            text=_(
                "%(name)s is taken out of use until its provider answers again, which we find out "
                "by asking. Payers are offered what else you take. If its credentials changed, "
                "enter the new ones."
            )
            % words,
            button=_("Open the payment channel"),
            url=_address_of("channel-edit", connection.public_id),
        )


def connection_recovered(connection: Connection, language: str) -> Letter:
    with translation.override(language):
        words = {"name": connection.name}
        return Letter(
            subject=_("The payment channel %(name)s answers again") % words,
            text=_("A payer has just got through. It is in use again.") % words,
            button=_("Open the payment channel"),
            url=_address_of("channel-edit", connection.public_id),
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
