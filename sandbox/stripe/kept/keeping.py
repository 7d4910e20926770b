"""Keeping a card under a customer, and letting go of it for good."""

from sandbox import world
from sandbox.store import Json
from sandbox.stripe.cards import Card
from sandbox.stripe.errors import StripeError
from sandbox.world import World


def keep(this: World, account: str, intent: Json, payer: Json, card: Card) -> None:
    """What a session with `setup_future_usage` does once its card is good. Without a customer,
    nothing is kept.
    """
    if not intent.get("sandbox_keeps") or not intent["setup_future_usage"]:
        return
    now, reference = int(this.clock.now()), intent["sandbox_reference"]
    customer = _customer(payer, now)
    method = _method(payer, card, now) | {"customer": customer["id"]}
    for kind, kept in (("customer", customer), ("payment_method", method)):
        this.store.insert(account, kind, kept | {"sandbox_reference": reference})
    intent |= {"customer": customer["id"], "payment_method": method["id"]}
    this.store.update("payment_intent", intent)


def detach(this: World, method: Json) -> Json:
    if method["customer"] is None:
        message = (
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible."
        )
        raise StripeError(message)
    method["customer"] = None
    this.store.update("payment_method", method)
    return method


def _customer(payer: Json, now: int) -> Json:
    return {
        "id": f"cus_{world.token(14)}",
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": now,
        "currency": None,
        "delinquent": False,
        "description": None,
        "email": payer["email"],
        "livemode": False,
        "metadata": {},
        "name": payer["name"] or None,
        "phone": None,
    }


def _method(payer: Json, card: Card, now: int) -> Json:
    return {
        "id": f"pm_1{world.token(23)}",
        "object": "payment_method",
        "billing_details": {"email": payer["email"], "name": payer["name"] or None},
        "card": {
            "brand": card.brand,
            "country": "US",
            "exp_month": payer["exp_month"],
            "exp_year": payer["exp_year"],
            "funding": "credit",
            "last4": card.last4,
            "three_d_secure_usage": {"supported": True},
        },
        "created": now,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "sandbox_card": card.number,
        "sandbox_payer": payer,
    }
