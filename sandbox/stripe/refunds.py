"""Refunds at Stripe: never more than is left, and some turn out differently later."""

from sandbox.journal import Entry
from sandbox.store import Json
from sandbox.stripe import events, money, objects
from sandbox.stripe.books import funds
from sandbox.stripe.cards import Refunding
from sandbox.stripe.cards import of as card_of
from sandbox.stripe.errors import StripeError, missing, no_such
from sandbox.world import World

OUTCOME_AFTER_S = 60.0
TIMER = "stripe.refund_outcome"
SHORT = "insufficient_funds"


def refund(world: World, account: str, params: Json) -> Json:
    charge = _charge(world, account, params)
    amount = _checked_amount(charge, params)
    now = int(world.clock.now())
    refund = objects.refund(charge, params, amount=amount, now=now)
    refund["sandbox_reference"] = charge["sandbox_reference"]
    refunding = card_of(charge["sandbox_card"]).refunding
    is_short = not funds.covers(world, account, refund["currency"], amount)
    if refunding is Refunding.PENDING:
        refund |= {"status": "pending", "pending_reason": "processing"}
    if is_short:
        refund |= {"status": "pending", "pending_reason": SHORT}
    else:
        refund["balance_transaction"] = _move(world, account, refund, "refund", -amount)
    world.store.insert(
        account,
        "refund",
        refund,
        reference=refund["sandbox_reference"],
        parent=charge["payment_intent"],
    )
    _count(world, charge, amount)
    events.record(world, account, "charge.refunded", charge)
    events.record(world, account, "refund.created", refund)
    if is_short:
        return refund
    if refunding is not Refunding.AT_ONCE:
        world.timers.after(OUTCOME_AFTER_S, TIMER, account, refund["id"])
        world.deliveries.wake()
    _journal(world, account, "money.refunded", refund)
    return refund


def make_up(world: World, account: str) -> None:
    """Money came in: what waited for it is given back, the oldest first."""
    for refund in reversed(world.store.newest(account, "refund")):
        if refund.get("pending_reason") != SHORT:
            continue
        if not funds.covers(world, account, refund["currency"], refund["amount"]):
            return
        refund["status"] = "succeeded"
        refund.pop("pending_reason")
        move = _move(world, account, refund, "refund", -refund["amount"])
        refund["balance_transaction"] = move
        world.store.update("refund", refund)
        events.record(world, account, "refund.updated", refund)
        _journal(world, account, "money.refunded", refund)


def turn_out(world: World, account: str, refund_id: str) -> None:
    """Later the bank answers: a pending refund succeeds, a succeeded one fails."""
    refund = world.store.get(account, "refund", refund_id)
    if refund is None:
        return
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        refund.pop("pending_reason", None)
        world.store.update("refund", refund)
        events.record(world, account, "refund.updated", refund)
        return
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    back = _move(world, account, refund, "refund_failure", refund["amount"])
    refund["failure_balance_transaction"] = back
    world.store.update("refund", refund)
    charge = world.store.get(account, "charge", refund["charge"])
    if charge is not None:
        _count(world, charge, -refund["amount"])
    events.record(world, account, "refund.failed", refund)
    _journal(world, account, "refund.failed", refund)


def _charge(world: World, account: str, params: Json) -> Json:
    if "charge" in params and "payment_intent" in params:
        message = "You may only specify one of these parameters: charge, payment_intent."
        raise StripeError(message)
    if "charge" in params:
        charge = world.store.get(account, "charge", params["charge"])
        if charge is None:
            raise no_such("charge", params["charge"], "charge")
    elif "payment_intent" in params:
        charge = _charge_of_intent(world, account, params["payment_intent"])
    else:
        raise missing("charge")
    if not charge["captured"]:
        message = f"Charge {charge['id']} was not successful and cannot be refunded."
        raise StripeError(message, code="charge_not_refundable", param="charge")
    return charge


def _charge_of_intent(world: World, account: str, intent_id: str) -> Json:
    intent = world.store.get(account, "payment_intent", intent_id)
    if intent is None:
        raise no_such("payment_intent", intent_id, "payment_intent")
    charge = world.store.get(account, "charge", intent["latest_charge"] or "")
    if charge is None or not charge["captured"]:
        message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
        raise StripeError(message, code="payment_intent_unexpected_state", param="payment_intent")
    return charge


def _checked_amount(charge: Json, params: Json) -> int:
    currency = charge["currency"]
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded")
    amount = int(params.get("amount", left))
    money.check_unit_amount(amount, currency, "amount")
    if amount > left:
        raise StripeError(
            f"Refund amount ({money.shown(amount, currency)}) is greater than unrefunded amount"
            f" on charge ({money.shown(left, currency)})",
            param="amount",
        )
    return amount


def _move(world: World, account: str, refund: Json, kind: str, amount: int) -> str:
    entry = objects.balance_transaction(
        kind,
        amount,
        0,
        source=refund,
        now=int(world.clock.now()),
    )
    world.store.insert(account, "balance_transaction", entry, parent=refund["id"])
    return str(entry["id"])


def _count(world: World, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.store.update("charge", charge)


def _journal(world: World, account: str, kind: str, refund: Json) -> None:
    world.journal.note(
        Entry(
            "stripe",
            account,
            kind,
            reference=refund["sandbox_reference"],
            provider_reference=refund["id"],
            amount=refund["amount"],
            currency=refund["currency"],
            data={
                "payment_intent": refund["payment_intent"],
                "metadata": refund["metadata"],
            },
        )
    )
