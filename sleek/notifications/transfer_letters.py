"""What a payer reads once a transfer has arrived."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core.amounts import plain_money
from sleek.core.money import Money
from sleek.notifications.payer_letters import payee
from sleek.notifications.rules import Letter
from sleek.payments.models import Payment


def arrived(payment: Payment, came: Money, missing: Money | None, language: str) -> Letter:
    with translation.override(language):
        words = {
            "came": plain_money(came),
            "payee": payee(payment),
            "reason": payment.description,
            "missing": plain_money(missing) if missing else "",
        }
        if payment.succeeded_at:
            text = _("Your payment for “%(reason)s” is complete. The receipt is on its page.")
        elif missing:
            text = _(
                "For “%(reason)s” %(missing)s are still missing. Please send the rest to the same "
                "account, with the same reference."
            )
        else:
            text = _(
                "It is not the amount that was asked for “%(reason)s”. %(payee)s sees this and "
                "decides what becomes of it."
            )
        return Letter(
            subject=_("Your transfer of %(came)s has reached %(payee)s") % words,
            text=text % words,
            button=_("Open the payment"),
            url=settings.PUBLIC_URL + reverse("checkout-payment", args=[payment.public_id]),
        )
