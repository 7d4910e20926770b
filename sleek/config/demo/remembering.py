"""The providers of the sandbox learn of the story's payments, so that these can be asked about and
given back like any other.

They take the story's own references and keep silent: to Sleek nothing new has happened.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx

from sleek.channels.models import Connection
from sleek.channels.stripe import currencies
from sleek.channels.stripe.mapping import ATTEMPT
from sleek.config.demo import accounts
from sleek.core.money import Money
from sleek.payments.models import Attempt

Told = dict[str, object]

CARDS = {"american express": "amex"}
TIMEOUT_S = 30


def remember(sandbox: str) -> None:
    """All that was paid so far through the demo's own connections; again, it changes nothing.

    Raises when the sandbox does not answer, or knows one of them otherwise.
    """
    for channel, (account, tell) in PROVIDERS.items():
        paid = Attempt.objects.filter(
            connection__in=Connection.objects.filter(merchant=None, channel=channel),
            amount_received__isnull=False,
            origin=None,
        )
        attempts = list(paid.select_related("connection", "payment").order_by("pk"))
        if not attempts:
            continue
        order = {"payments": [_told(attempt) | tell(attempt) for attempt in attempts]}
        known_as = account(sandbox, attempts[0].connection.unseal())
        url = f"{sandbox}/control/{channel}/accounts/{known_as}/remember"
        httpx.post(url, json=order, timeout=TIMEOUT_S).raise_for_status()


def _told(attempt: Attempt) -> Told:
    money = _received(attempt)
    return {
        "reference": attempt.reference,
        "key": attempt.public_id,
        "amount": money.minor,
        "currency": money.currency,
        "at": (attempt.payment.succeeded_at or attempt.created_at).timestamp(),
        "subject": attempt.public_id,
    }


def _of_stripe(attempt: Attempt) -> Told:
    told: Told = {
        "amount": currencies.to_raw(_received(attempt)),
        "metadata": {ATTEMPT: attempt.public_id},
    }
    if attempt.payer:  # "Visa •4242"
        brand, last4 = attempt.payer.lower().rsplit(" •", 1)
        told["payer"] = f"{CARDS.get(brand, brand)} {last4}"
    return told


def _received(attempt: Attempt) -> Money:
    money = attempt.money_received
    assert money is not None  # `remember` asks for no others
    return money


def _of_alipay(attempt: Attempt) -> Told:
    return {"payer": attempt.payer}


def _of_wechatpay(attempt: Attempt) -> Told:
    return {}


# At each provider, what the sandbox calls our account there, and what it is told besides.
PROVIDERS: dict[str, tuple[Callable[[str, dict[str, str]], str], Callable[[Attempt], Told]]] = {
    "stripe": (lambda sandbox, keys: accounts.stripe_account(sandbox), _of_stripe),
    "alipay": (lambda sandbox, keys: keys["app_id"], _of_alipay),
    "wechatpay": (lambda sandbox, keys: keys["mch_id"], _of_wechatpay),
}
