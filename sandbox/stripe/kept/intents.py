"""PaymentIntents that a merchant makes itself, to charge a card that is kept."""

from sandbox import world
from sandbox.store import Json
from sandbox.stripe import actions, cards, money, objects
from sandbox.stripe.actions import Payer
from sandbox.stripe.cards import Card, Decline
from sandbox.stripe.errors import StripeError, missing, no_such, not_simulated
from sandbox.world import World

NEEDED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


def refine(given: Json, now: int) -> Json:
    for name in ("amount", "currency", "customer", "payment_method"):
        if name not in given:
            raise missing(name)
    if given.get("confirm") != "true":
        raise not_simulated("confirm=false")
    if given.get("off_session") != "true" and "return_url" not in given:
        raise missing("return_url")
    money.check_total(given["amount"], given["currency"])
    return given


def make(this: World, account: str, params: Json, base_url: str) -> Json:
    """The intent, or the error that a decline is answered with. Either way it is there."""
    method = _method(this, account, params)
    intent = _new(params, now=int(this.clock.now()))
    reference = intent["sandbox_reference"]
    this.store.insert(account, "payment_intent", intent, reference=reference)
    payer = _payer(method)
    asks = _asks(payer.card, params)
    if asks and params.get("off_session") == "true":
        error = objects.payment_error(NEEDED, "", payer.card)
        intent = actions.fail(this, account, intent, error)
    else:
        intent = actions.confirm(this, account, intent, payer, asks=asks)
    if intent["status"] == "requires_payment_method":
        return {"error": intent["last_payment_error"] | {"payment_intent": objects.shown(intent)}}
    if intent["status"] == "requires_action":
        page = f"{base_url}/stripe/authenticate/{intent['id']}"
        redirect = {"url": page, "return_url": params["return_url"]}
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": redirect}
        this.store.update("payment_intent", intent)
    return objects.shown(intent)


def payer_of(intent: Json) -> Payer:
    """Who is asked by their bank."""
    kept = intent["sandbox_payer"]
    return Payer(
        card=cards.of(kept["card"]),
        email=kept["email"],
        name=kept["name"],
        country=kept["country"],
        exp_month=kept["exp_month"],
        exp_year=kept["exp_year"],
    )


def _method(this: World, account: str, params: Json) -> Json:
    if this.store.get(account, "customer", params["customer"]) is None:
        raise no_such("customer", params["customer"], "customer")
    method = this.store.get(account, "payment_method", params["payment_method"])
    if method is None:
        raise no_such("PaymentMethod", params["payment_method"], "payment_method")
    if method["customer"] is None:
        raise StripeError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer"
            " attachment, shared with a connected account without Customer attachment, or was"
            " detached from a Customer. It may not be used again. To use a PaymentMethod multiple"
            " times, you must attach it to a Customer first."
        )
    if method["customer"] != params["customer"]:
        raise StripeError(
            f"The customer does not have a payment method with the ID {method['id']}. The payment"
            " method must be attached to the customer.",
            param="payment_method",
        )
    return method


def _asks(card: Card, params: Json) -> bool:
    """Whether the bank makes sure who pays: a card that was set up need not be asked again."""
    wish = params.get("payment_method_options", {}).get("card", {})
    is_wanted = wish.get("request_three_d_secure") in ("any", "challenge")
    return card.always_3ds or (is_wanted and (card.needs_3ds or card.may_3ds))


def _payer(method: Json) -> Payer:
    return payer_of({"sandbox_payer": method["sandbox_payer"] | {"card": method["sandbox_card"]}})


def _new(params: Json, *, now: int) -> Json:
    metadata = params.get("metadata", {})
    session = {
        "amount_total": params["amount"],
        "currency": params["currency"],
        "payment_method_types": params.get("payment_method_types", ["card"]),
        "sandbox_intent_data": params,
    }
    return objects.payment_intent(session, now=now) | {
        "customer": params["customer"],
        "payment_method": params["payment_method"],
        "sandbox_session": None,
        # What the merchant calls it, if anything.
        "sandbox_reference": next(iter(metadata.values()), f"pi_{world.token(8)}"),
        "sandbox_return_url": params.get("return_url", ""),
    }
