"""What support tells payers: the wording that comes with Sleek, one text a matter, in the payer's
language.

A text says what happened, what it means for the money, and what to do next. In braces stands what
is filled in from the payment at hand (`rules.VARIABLES`). Why a bank declined is its secret and
often a trap for whoever found the card, so all its reasons of that kind share one text.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.channels.base import Failure
from sleek.notifications.rules import Matter

ABOUT_PAYMENT = _("About your payment of {amount}")
ABOUT_REFUND = _("About your refund of {refund}")
BUTTON = _("Open the payment page")
GREETING = _("Hello,")
CLOSING = _("Your number for questions: {number}\n{merchant}")

TEXTS: dict[Matter, Promise] = {
    Matter.ENTRY_WRONG: _(
        "Your payment of {amount} did not go through because the card details were not correct. "
        "Nothing was charged. Please check the number, expiry date and security code and try "
        "again here:\n{link}"
    ),
    Matter.INSUFFICIENT_FUNDS: _(
        "Your payment of {amount} did not go through because there was not enough money on the "
        "card or account. Nothing was charged. You can top it up, or use another card or method "
        "here:\n{link}"
    ),
    Matter.LIMIT: _(
        "Your payment of {amount} is above a limit of your card or account. Nothing was charged. "
        "Your bank can raise the limit, often in its app; or use another method here:\n{link}"
    ),
    Matter.DECLINED: _(
        "Your bank declined the payment of {amount}. Nothing was charged. Only the bank can say "
        "why: please call the number on the back of your card, or use another card or method "
        "here:\n{link}"
    ),
    Matter.AUTHENTICATION: _(
        "Your payment of {amount} was not confirmed at your bank. Nothing was charged. Please "
        "try again and confirm it in your bank's window or app:\n{link}"
    ),
    Matter.EXPIRED_CARD: _(
        "Your payment of {amount} did not go through because the card has expired. Nothing was "
        "charged. Please use another card or method here:\n{link}"
    ),
    Matter.PROVIDER: _(
        "Your payment of {amount} could not start because {method} did not answer. Nothing was "
        "charged. Please try again in a few minutes, or use another method here:\n{link}"
    ),
    Matter.UNKNOWN: _(
        "Your payment of {amount} did not go through. Nothing was charged. Please try again, "
        "over another network if you can, or use another method here:\n{link}"
    ),
    Matter.UNCONFIRMED: _(
        "{method} has not told us yet how your payment of {amount} ended. Please do not pay "
        "again: we keep asking, and this page shows the outcome:\n{link}\n\nShould the money "
        "have left your account without arriving, write to us with the number below."
    ),
    Matter.DUPLICATE: _(
        "We received two payments from you. The second one, {received}, goes back to where it "
        "came from; you need not do anything. Expected with you: {arrives}"
    ),
    Matter.LATE: _(
        "{received} reached us after the time to pay was over, so it goes back to where it came "
        "from. Expected with you: {arrives}\n\nIf you still wish to pay, write to us for a new "
        "link."
    ),
    Matter.PARTIAL: _(
        "Thank you for {received}. {amount} were asked, so a part is still missing. Please "
        "answer whether you will send the rest, or would like your money back."
    ),
    Matter.OVERPAID: _(
        "We received {received} from you, and {amount} were asked. We can send the difference "
        "back or keep it for your next payment: please tell us which."
    ),
    Matter.WRONG_CURRENCY: _(
        "We received {received}, but {amount} were asked. Your money is safe. Please tell us "
        "whether we shall send it back, so that you can pay in the right currency."
    ),
    Matter.REFUND_IN_REVIEW: _(
        "Your refund of {refund} is being reviewed. The money is set aside for you, and you hear "
        "from us within 24 hours."
    ),
    Matter.REFUND_PENDING: _(
        "Your refund of {refund} is on its way to where you paid from ({method}). Expected with "
        "you: {arrives}"
    ),
    Matter.REFUND_SUCCEEDED: _(
        "Your refund of {refund} has left us. Expected with you: {arrives}\nYour bank finds it "
        "by this reference: {reference}"
    ),
    Matter.REFUND_IN_WALLET: _(
        "Your refund of {refund} is in your Sleek wallet. You can use it there at once; there is "
        "no bank to wait for."
    ),
    Matter.REFUND_FAILED: _(
        "Your refund of {refund} could not be delivered to where you paid from. The money is "
        "safe with us. Please tell us another way to reach you, for example a bank account in "
        "your name."
    ),
    Matter.REFUND_LATE: _(
        "Your refund of {refund} should have arrived by now. Please ask your bank with this "
        "reference: {reference}\nWe are asking on our side and will write to you again."
    ),
    Matter.CLAIM: _(
        "{refund} are set aside for you, but cannot go back the way you paid. Please answer this "
        "message: we then send you a page on which you enter the account that the money shall go "
        "to. Never send account or card numbers by mail."
    ),
}

_OF_REFUNDS = frozenset(
    {
        Matter.REFUND_IN_REVIEW,
        Matter.REFUND_PENDING,
        Matter.REFUND_SUCCEEDED,
        Matter.REFUND_IN_WALLET,
        Matter.REFUND_FAILED,
        Matter.REFUND_LATE,
        Matter.CLAIM,
    }
)
OF_FAILURES: dict[str, Matter] = {
    Failure.ENTRY_WRONG: Matter.ENTRY_WRONG,
    Failure.INSUFFICIENT_FUNDS: Matter.INSUFFICIENT_FUNDS,
    Failure.LIMIT: Matter.LIMIT,
    Failure.DECLINED: Matter.DECLINED,
    Failure.CAREFUL: Matter.DECLINED,
    Failure.AUTHENTICATION: Matter.AUTHENTICATION,
    Failure.EXPIRED_CARD: Matter.EXPIRED_CARD,
    Failure.PROVIDER: Matter.PROVIDER,
    Failure.UNKNOWN: Matter.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What is told about one matter in one language; `is_own` where the merchant wrote it."""

    matter: Matter
    language: str
    title: str
    text: str
    is_own: bool = False


def shipped(matter: Matter, language: str) -> Wording:
    with translation.override(language):
        text = "\n\n".join(map(str, (GREETING, TEXTS[matter], CLOSING)))
        title = ABOUT_REFUND if matter in _OF_REFUNDS else ABOUT_PAYMENT
        return Wording(matter, language, str(title), text)
