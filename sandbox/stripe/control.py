"""A payer at Stripe without a browser, for tests and load."""

from starlette.requests import Request

from sandbox import world
from sandbox.store import Json
from sandbox.stripe import actions, cards, refunds
from sandbox.stripe.actions import Payer
from sandbox.stripe.api import checking
from sandbox.stripe.books import funds
from sandbox.stripe.objects import shown

FIELDS = frozenset({"card", "email", "name", "country", "challenge", "delayed_method"})


async def pay(request: Request, order: Json) -> Json:
    """Pay as on the hosted page; `challenge` answers 3-D Secure (`complete` or `fail`)."""
    if unknown := set(order) - FIELDS:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    account, session = _session(request)
    if session["status"] != "open":
        raise ValueError(f"This Checkout Session is {session['status']}.")
    this = world.of(request)
    payer = _payer(order)
    with this.store.transaction():
        intent = actions.submit(this, account, session, payer)
        answer = order.get("challenge", "complete")
        if intent["status"] == "requires_action" and answer in ("complete", "fail"):
            intent = actions.finish_challenge(
                this, account, session, payer, is_authentic=answer == "complete"
            )
    _, session = _session(request)
    return {"session": shown(session), "payment_intent": shown(intent)}


async def expire(request: Request, order: Json) -> Json:
    """Its time has come, as far as this session is concerned."""
    account, session = _session(request)
    this = world.of(request)
    with this.store.transaction():
        actions.expire_when_open(this, account, session["id"])
    return {"session": shown(_session(request)[1])}


async def withdraw(request: Request, order: Json) -> Json:
    """The account takes `amount` of a `currency` to its bank, or all there is; a negative one
    comes back.
    """
    this, account = world.of(request), request.path_params["id"]
    if this.store.account(account) is None:
        raise LookupError(f"no account {account}")
    currency = str(order.get("currency", "usd"))
    amount = order.get("amount", funds.balance(this, account, currency))
    if type(amount) is not int:
        raise ValueError("amount is a whole number of Stripe's units")
    with this.store.transaction():
        funds.pay_out(this, account, currency, amount)
        refunds.make_up(this, account)
    this.deliveries.wake()
    return {"balance": funds.balance(this, account, currency)}


VERBS = {
    "sessions": {"pay": pay, "expire": expire},
    "accounts": {"withdraw": withdraw},
}


def _session(request: Request) -> tuple[str, Json]:
    session_id = request.path_params["id"]
    found = world.of(request).store.find("checkout.session", session_id)
    if found is None:
        raise LookupError(f"no session {session_id}")
    return found


def _payer(order: Json) -> Payer:
    number = str(order.get("card", "4242424242424242")).replace(" ", "")
    if not cards.passes_luhn(number):
        raise ValueError("Your card number is invalid.")
    method = str(order.get("delayed_method") or "")
    if method and method not in checking.DELAYED_METHODS:
        raise ValueError(f"delayed_method is one of {', '.join(checking.DELAYED_METHODS)}")
    return Payer(
        card=cards.of(number),
        email=str(order.get("email", "payer@example.com")),
        name=str(order.get("name", "Test Payer")),
        country=str(order.get("country", "US")),
        delayed_method=method,
    )
