"""The providers of the sandbox learn of the story's payments, with what went back of them, so that
these can be asked about and given back like any other.

They take the story's own references and keep silent: to Sleek nothing new has happened.
"""

from __future__ import annotations

from collections.abc import Callable

from sleek.channels.models import Connection
from sleek.channels.stripe import currencies
from sleek.channels.stripe.mapping import ATTEMPT, REFUND
from sleek.config.demo import accounts
from sleek.core.money import Money
from sleek.payments.models import Attempt
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus, Route

Told = dict[str, object]

CARDS = {"american express": "amex"}


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
        refunds = _went_back(attempts)
        order = {
            "payments": [
                _told(attempt) | tell(attempt) | {"refunds": refunds.get(attempt.pk, [])}
                for attempt in attempts
            ]
        }
        known_as = account(sandbox, attempts[0].connection.unseal())
        url = f"{sandbox}/control/{channel}/accounts/{known_as}/remember"
        accounts.post(url, json=order)


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


def _went_back(attempts: list[Attempt]) -> dict[int, list[Told]]:
    """The way it was paid, by attempt."""
    found: dict[int, list[Told]] = {}
    rows = Refund.objects.filter(
        attempt__in=attempts, route=Route.CHANNEL, status=RefundStatus.SUCCEEDED
    )
    for refund in rows.select_related("attempt").order_by("pk"):
        found.setdefault(refund.attempt_id, []).append(_told_of_refund(refund))
    return found


def _told_of_refund(refund: Refund) -> Told:
    attempt = refund.attempt
    is_stripe = attempt.channel == "stripe"
    return {
        "key": refund.public_id,
        "amount": currencies.to_raw(refund.money) if is_stripe else refund.amount,
        "at": (refund.succeeded_at or refund.created_at).timestamp(),
        "metadata": {REFUND: refund.public_id, ATTEMPT: attempt.public_id} if is_stripe else {},
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
