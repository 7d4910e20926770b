"""Stripe's well-known test cards and what comes of each."""

from dataclasses import dataclass
from enum import StrEnum


class Refunding(StrEnum):
    """How a refund to this card turns out."""

    AT_ONCE = "succeeds"
    FAILS_LATER = "succeeds, then fails"
    PENDING = "is pending, then succeeds"


@dataclass(frozen=True, slots=True)
class Decline:
    code: str
    decline_code: str
    message: str


@dataclass(frozen=True, slots=True)
class Card:
    number: str
    brand: str
    decline: Decline | None = None
    needs_3ds: bool = False  # unless it was set up with it before
    always_3ds: bool = False  # set up or not
    may_3ds: bool = False  # when the merchant asks for it
    refunding: Refunding = Refunding.AT_ONCE

    @property
    def last4(self) -> str:
        return self.number[-4:]


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
INSUFFICIENT = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN = Decline("card_declined", "stolen_card", "Your card was declined.")
FRAUDULENT = Decline("card_declined", "fraudulent", "Your card was declined.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
VELOCITY = Decline(
    "card_declined",
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its"
    " amount limit.",
)
LIVE_CARD = Decline(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test (live) card."
    " For a list of valid test cards, visit: https://stripe.com/docs/testing.",
)

CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "visa"),
        Card("4000056655665556", "visa"),
        Card("5555555555554444", "mastercard"),
        Card("2223003122003222", "mastercard"),
        Card("5200828282828210", "mastercard"),
        Card("5105105105105100", "mastercard"),
        Card("378282246310005", "amex"),
        Card("371449635398431", "amex"),
        Card("6011111111111117", "discover"),
        Card("6011000990139424", "discover"),
        Card("3056930009020004", "diners"),
        Card("36227206271667", "diners"),
        Card("3566002020360505", "jcb"),
        Card("6200000000000005", "unionpay"),
        Card("6200000000000047", "unionpay"),
        Card("4000000000000002", "visa", GENERIC),
        Card("4000000000009995", "visa", INSUFFICIENT),
        Card("4000000000009987", "visa", LOST),
        Card("4000000000009979", "visa", STOLEN),
        Card("4100000000000019", "visa", FRAUDULENT),
        Card("4000000000000069", "visa", EXPIRED),
        Card("4000000000000127", "visa", CVC),
        Card("4000000000000119", "visa", PROCESSING),
        Card("4000000000006975", "visa", VELOCITY),
        Card("4000002500003155", "visa", needs_3ds=True),
        Card("4000002760003184", "visa", needs_3ds=True, always_3ds=True),
        Card("4000000000003055", "visa", may_3ds=True),
        Card("4000000000003220", "visa", needs_3ds=True),
        Card("4000008400001629", "visa", GENERIC, needs_3ds=True),
        Card("4000000000005126", "visa", refunding=Refunding.FAILS_LATER),
        Card("4000000000007726", "visa", refunding=Refunding.PENDING),
    )
}


def of(number: str) -> Card:
    """Any other number is a live card, which test mode declines."""
    return CARDS.get(number) or Card(number, "unknown", LIVE_CARD)


def cvc_length(number: str) -> int:
    return 4 if number.startswith(("34", "37")) else 3


def passes_luhn(number: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if index % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
