"""What support reads about a failure: what it was, and what to do. One table, complete.

The payer's own advice stands in the checkout's wording; the codes in `channels.failures`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.channels import registry
from sleek.channels.failures import Support


@dataclass(frozen=True, slots=True)
class Help:
    what: Promise
    do: Promise


HELP: dict[Support, Help] = {
    Support.ENTRY: Help(
        _("Something was entered wrongly."),
        _("Ask the payer to compare number, expiry date and security code with the card."),
    ),
    Support.FUNDS: Help(
        _("There is not enough money on the card or account."),
        _("Another card or method works at once, on the same link."),
    ),
    Support.LIMIT: Help(
        _("It is above a limit of the card, the account or the contract."),
        _("The payer can raise the limit with the bank, or pay in two parts or another way."),
    ),
    Support.AMOUNT: Help(
        _("The amount is smaller than the channel takes."),
        _("Ask for a larger amount, or offer a method without this minimum."),
    ),
    Support.ASK_BANK: Help(
        _("The payer's bank declined, and says no more."),
        _("Only the bank can tell the payer why. Another card or method is quickest."),
    ),
    Support.NOT_TAKEN: Help(
        _("This kind of card is not taken for this payment."),
        _("Ask the payer for another card, or offer another method or currency."),
    ),
    Support.PAYER_ACCOUNT: Help(
        _("The payer's own account there may not pay this."),
        _("The payer sees the reason in the provider's app. Offer another method meanwhile."),
    ),
    Support.VERIFY: Help(
        _("The identity check (such as 3-D Secure) was not passed."),
        _("The payer can try again and confirm in the bank's app."),
    ),
    Support.NEW_CARD: Help(
        _("The card has expired."), _("The payer needs another card or method.")
    ),
    Support.SAY_NOTHING: Help(
        _("The bank wants care with this card or payer."),
        _(
            "Say only that the bank declined, whoever asks. Do not send goods before another "
            "method has paid."
        ),
    ),
    Support.WAIT: Help(
        _("The provider did not answer."),
        _("Nothing was charged. Try again in some minutes; other methods work meanwhile."),
    ),
    Support.CREDENTIALS: Help(
        _("The provider does not accept this connection's credentials."),
        _("Open the payment channels in the settings, enter the named field anew, and test it."),
    ),
    Support.CONTRACT: Help(
        _("The contract with the provider does not cover this."),
        _("Sign the product in the provider's own back office; until then it can't be offered."),
    ),
    Support.MERCHANT_ACCOUNT: Help(
        _("The provider has restricted your account."),
        _("Ask the provider's support why. Other channels work meanwhile."),
    ),
    Support.REQUEST: Help(
        _("The provider refused the request itself."),
        _("Look for unusual words in the reason of the payment, then tell us the code."),
    ),
    Support.ORDER_STATE: Help(
        _("The provider has dealt with this order before."),
        _("Look at the payment here: it may be paid. If not, let the payer open the link anew."),
    ),
    Support.REFUND_STATE: Help(
        _("This payment cannot be refunded this way any more."),
        _("Look at the refunds of the payment, and choose another way to give the money back."),
    ),
    Support.TOP_UP: Help(
        _("Your balance at the provider does not cover the refund."),
        _("Top it up there, or choose another way. The refund waits."),
    ),
    Support.UNKNOWN: Help(
        _("The provider gave a reason that we do not know yet."),
        _("The payer can try again or use another method. Tell us the code."),
    ),
}


def help_for(channel: str, code: str) -> Help:
    return HELP[registry.meaning(channel, code).support]
