"""What happens at Stripe: sessions open, payers pay or fail, money comes and goes back.

Each verb is one transaction that changes objects, records events and writes the journal.
"""

from dataclasses import dataclass

from sandbox.journal import Entry
from sandbox.store import Json
from sandbox.stripe import events, money, objects
from sandbox.stripe.cards import GENERIC, Card, Decline
from sandbox.stripe.errors import StripeError
from sandbox.stripe.kept import keeping
from sandbox.world import World

DELAYED_OUTCOME_AFTER_S = 60.0
EXPIRY_TIMER = "stripe.session_expiry"
DELAYED_TIMER = "stripe.delayed_outcome"

AUTHENTICATION_FAILED = Decline(
    "payment_intent_authentication_failure",
    "",
    "We are unable to authenticate your payment method. Please choose a different payment"
    " method and try again.",
)


@dataclass(frozen=True, slots=True)
class Payer:
    """What the payer filled in on the hosted page."""

    card: Card
    email: str
    name: str = ""
    country: str = ""
    exp_month: int = 12
    exp_year: int = 2040
    delayed_method: str = ""

    def details(self) -> Json:
        return {
            "email": self.email,
            "name": self.name,
            "country": self.country,
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "payment_method": f"pm_1{self.card.last4}{self.card.brand}",
            "delayed_method": self.delayed_method,
        }


def open_session(world: World, account: str, params: Json, base_url: str) -> Json:
    lines = params["line_items"]
    total = sum(line["price_data"]["unit_amount"] * line["quantity"] for line in lines)
    now = int(world.clock.now())
    session = objects.session(params, total=total, now=now, base_url=base_url)
    reference = params.get("client_reference_id", "")
    session["sandbox_reference"] = reference
    world.store.insert(account, "checkout.session", session, reference=reference)
    world.timers.at(session["expires_at"], EXPIRY_TIMER, account, session["id"])
    _journal(world, account, "session.created", session)
    return session


def expire(world: World, account: str, session_id: str) -> Json:
    """By the merchant's wish, or by the timer: an open session closes unpaid."""
    session = _get(world, account, "checkout.session", session_id)
    session |= {"status": "expired", "url": None}
    world.store.update("checkout.session", session)
    if session["payment_intent"]:
        intent = _get(world, account, "payment_intent", session["payment_intent"])
        cancel_intent(world, account, intent)
    events.record(world, account, "checkout.session.expired", session)
    _journal(world, account, "session.expired", session)
    return session


def expire_when_open(world: World, account: str, session_id: str) -> None:
    session = world.store.get(account, "checkout.session", session_id)
    if session is not None and session["status"] == "open":
        expire(world, account, session_id)


def submit(world: World, account: str, session: Json, payer: Payer) -> Json:
    """The payer pressed Pay. Returns the PaymentIntent, whose status says what came of it."""
    intent = _intent_of(world, account, session)
    intent |= {"payment_method": payer.details()["payment_method"], "next_action": None}
    intent["sandbox_payer"] = payer.details() | {"card": payer.card.number}
    if payer.delayed_method:
        return _start_delayed(world, account, intent, payer)
    if payer.card.needs_3ds:
        return _challenge(world, account, intent)
    return _authorise(world, account, intent, payer)


def finish_challenge(
    world: World, account: str, session: Json, payer: Payer, *, is_authentic: bool
) -> Json:
    intent = _intent_of(world, account, session)
    if intent["status"] != "requires_action":
        return intent
    intent["next_action"] = None
    if is_authentic:
        return _authorise(world, account, intent, payer)
    return fail(world, account, intent, authentication_error())


def finish_delayed(world: World, account: str, intent_id: str) -> None:
    """The bank has answered, days after the payer left."""
    intent = _get(world, account, "payment_intent", intent_id)
    session = _get(world, account, "checkout.session", intent["sandbox_session"])
    charge = _get(world, account, "charge", intent["latest_charge"])
    if intent["sandbox_is_delayed_success"]:
        _capture(world, account, intent, charge)
        session["payment_status"] = "paid"
        world.store.update("checkout.session", session)
        events.record(world, account, "checkout.session.async_payment_succeeded", session)
        return
    _decline(world, account, intent, charge, GENERIC)
    events.record(world, account, "checkout.session.async_payment_failed", session)


def confirm(world: World, account: str, intent: Json, payer: Payer, *, asks: bool) -> Json:
    """An intent without a session takes a kept card. `asks`: the bank is to make sure first."""
    intent["sandbox_payer"] = payer.details() | {"card": payer.card.number}
    return _challenge(world, account, intent) if asks else _authorise(world, account, intent, payer)


def answer(world: World, account: str, intent: Json, payer: Payer, *, is_authentic: bool) -> Json:
    """What the payer said to their bank about such an intent."""
    if intent["status"] != "requires_action":
        return intent
    intent["next_action"] = None
    if is_authentic:
        return _authorise(world, account, intent, payer)
    return fail(world, account, intent, authentication_error())


def authentication_error() -> Json:
    return {
        "code": AUTHENTICATION_FAILED.code,
        "message": AUTHENTICATION_FAILED.message,
        "type": "invalid_request_error",
    }


def _authorise(world: World, account: str, intent: Json, payer: Payer) -> Json:
    if payer.card.decline is None:
        keeping.keep(world, account, intent, payer.details(), payer.card)
    charge = _new_charge(world, account, intent, payer)
    if payer.card.decline is not None:
        return _decline(world, account, intent, charge, payer.card.decline)
    _capture(world, account, intent, charge)
    if intent["sandbox_session"]:
        _complete_session(world, account, intent, payer, payment_status="paid")
    # The fee is known a moment after the payment, which is what this event is for.
    events.record(world, account, "charge.updated", charge)
    return intent


def _start_delayed(world: World, account: str, intent: Json, payer: Payer) -> Json:
    charge = _new_charge(world, account, intent, payer)
    intent |= {"status": "processing", "latest_charge": charge["id"]}
    intent["sandbox_is_delayed_success"] = payer.card.decline is None
    world.store.update("payment_intent", intent)
    events.record(world, account, "charge.pending", charge)
    events.record(world, account, "payment_intent.processing", intent)
    _complete_session(world, account, intent, payer, payment_status="unpaid")
    world.timers.after(DELAYED_OUTCOME_AFTER_S, DELAYED_TIMER, account, intent["id"])
    world.deliveries.wake()
    return intent


def _challenge(world: World, account: str, intent: Json) -> Json:
    intent |= {"status": "requires_action", "next_action": {"type": "use_stripe_sdk"}}
    world.store.update("payment_intent", intent)
    events.record(world, account, "payment_intent.requires_action", intent)
    return intent


def _decline(world: World, account: str, intent: Json, charge: Json, decline: Decline) -> Json:
    charge |= {
        "status": "failed",
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": objects.declined_outcome(decline),
    }
    world.store.update("charge", charge)
    events.record(world, account, "charge.failed", charge)
    intent["latest_charge"] = charge["id"]
    error = objects.payment_error(decline, charge["id"], Card(charge["sandbox_card"], "visa"))
    return fail(world, account, intent, error)


def fail(world: World, account: str, intent: Json, error: Json) -> Json:
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error,
    }
    world.store.update("payment_intent", intent)
    events.record(world, account, "payment_intent.payment_failed", intent)
    failure = {"code": error["code"], "decline_code": error.get("decline_code")}
    _journal(world, account, "payment.declined", intent, data=failure)
    return intent


def _capture(world: World, account: str, intent: Json, charge: Json) -> None:
    """Money moves. Events before the fee is known show no balance transaction, as at Stripe."""
    amount, currency = intent["amount"], intent["currency"]
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": amount,
    }
    events.record(world, account, "charge.succeeded", charge)
    entry = objects.balance_transaction(
        "charge",
        amount,
        money.fee(amount, currency),
        source=charge,
        now=int(world.clock.now()),
    )
    world.store.insert(account, "balance_transaction", entry, parent=charge["id"])
    charge["balance_transaction"] = entry["id"]
    world.store.update("charge", charge)
    intent |= {
        "status": "succeeded",
        "amount_received": amount,
        "latest_charge": charge["id"],
        "last_payment_error": None,
    }
    world.store.update("payment_intent", intent)
    events.record(world, account, "payment_intent.succeeded", intent)
    _journal(world, account, "money.captured", intent, data={"fee": entry["fee"]})


def _complete_session(
    world: World, account: str, intent: Json, payer: Payer, *, payment_status: str
) -> None:
    session = _get(world, account, "checkout.session", intent["sandbox_session"])
    session |= {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer": intent["customer"],
        "customer_details": objects.customer_details(payer.details()),
    }
    world.store.update("checkout.session", session)
    events.record(world, account, "checkout.session.completed", session)


def cancel_intent(world: World, account: str, intent: Json) -> None:
    intent |= {
        "status": "canceled",
        "canceled_at": int(world.clock.now()),
        "cancellation_reason": "automatic",
        "next_action": None,
    }
    world.store.update("payment_intent", intent)
    events.record(world, account, "payment_intent.canceled", intent)


def _intent_of(world: World, account: str, session: Json) -> Json:
    if session["payment_intent"]:
        return _get(world, account, "payment_intent", session["payment_intent"])
    intent = objects.payment_intent(session, now=int(world.clock.now()))
    reference = session["sandbox_reference"]
    intent |= {"sandbox_session": session["id"], "sandbox_reference": reference}
    intent["sandbox_keeps"] = session["customer_creation"] == "always"
    world.store.insert(account, "payment_intent", intent, reference=reference, parent=session["id"])
    session["payment_intent"] = intent["id"]
    world.store.update("checkout.session", session)
    events.record(world, account, "payment_intent.created", intent)
    return intent


def _new_charge(world: World, account: str, intent: Json, payer: Payer) -> Json:
    charge = objects.charge(intent, payer.card, payer.details(), now=int(world.clock.now()))
    reference = intent["sandbox_reference"]
    charge["sandbox_reference"] = reference
    world.store.insert(account, "charge", charge, reference=reference, parent=intent["id"])
    return charge


def _get(world: World, account: str, kind: str, object_id: str) -> Json:
    found = world.store.get(account, kind, object_id)
    if found is None:
        raise StripeError(f"No such {kind}: '{object_id}'", status=404, code="resource_missing")
    return found


def _journal(
    world: World, account: str, kind: str, subject: Json, *, data: Json | None = None
) -> None:
    amount = subject.get("amount_total", subject.get("amount"))
    world.journal.note(
        Entry(
            "stripe",
            account,
            kind,
            reference=subject["sandbox_reference"],
            provider_reference=subject["id"],
            amount=amount if amount is not None else "",
            currency=subject["currency"],
            data=data or {},
        )
    )
