"""Every call of Stripe's API that the sandbox answers: its schema and what it does."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Account, Json
from sandbox.stripe import actions, events, objects, refunds
from sandbox.stripe.api import checking, kept, params
from sandbox.stripe.api.lists import FILTERS, PAGING, page
from sandbox.stripe.errors import StripeError, missing, no_such
from sandbox.stripe.kept import intents, keeping
from sandbox.world import World

NOUNS = {"webhook_endpoint": "webhook endpoint", "payment_method": "PaymentMethod"}
EXPAND = {"expand": params.ListOf(params.string)}


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request with checked parameters."""

    world: World
    account: Account
    params: Json
    object_id: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    perform: Callable[[Call], Json]
    schema: params.Schema = field(default_factory=dict)
    fault: str = ""
    unsupported: frozenset[str] = frozenset()
    refine: Callable[[Json, int], Json] = lambda checked, now: checked

    def check(self, raw: Json, now: int) -> Json:
        schema = {**self.schema, **EXPAND}
        return self.refine(params.check(raw, schema, unsupported=self.unsupported), now)


def create_session(call: Call) -> Json:
    session = actions.open_session(call.world, call.account.id, call.params, call.base_url)
    return objects.shown(session)


def expire_session(call: Call) -> Json:
    session = _found(call, "checkout.session", "session")
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{session['status']}`."
        )
    return objects.shown(actions.expire(call.world, call.account.id, session["id"]))


def cancel_intent(call: Call) -> Json:
    """Of one that belongs to a Checkout Session, Stripe has the session expire."""
    intent = _found(call, "payment_intent", "intent")
    if intent["status"] in ("succeeded", "canceled"):
        raise StripeError(
            "You cannot cancel this PaymentIntent because it has a status of"
            f" {intent['status']}. Only a PaymentIntent with one of the following statuses may"
            " be canceled: requires_payment_method, requires_capture, requires_confirmation,"
            " requires_action, processing.",
            code="payment_intent_unexpected_state",
        )
    if intent["sandbox_session"] is None:
        actions.cancel_intent(call.world, call.account.id, intent)
        return objects.shown(intent)
    raise StripeError(
        "You cannot cancel this PaymentIntent because it was created by a Checkout Session."
        " You can expire the Checkout Session instead.",
        code="payment_intent_unexpected_state",
    )


def create_intent(call: Call) -> Json:
    return intents.make(call.world, call.account.id, call.params, call.base_url)


def detach_method(call: Call) -> Json:
    method = _found(call, "payment_method", "payment_method")
    return objects.shown(keeping.detach(call.world, method))


def create_refund(call: Call) -> Json:
    return objects.shown(refunds.refund(call.world, call.account.id, call.params))


def create_endpoint(call: Call) -> Json:
    endpoint = objects.webhook_endpoint(call.params, now=int(call.world.clock.now()))
    stored = {key: value for key, value in endpoint.items() if key != "secret"}
    stored["sandbox_secret"] = endpoint["secret"]
    call.world.store.insert(call.account.id, "webhook_endpoint", stored)
    return endpoint


def check_endpoint(given: Json, now: int) -> Json:
    for name in ("url", "enabled_events"):
        if not given.get(name):
            raise missing(name)
    for index, kind in enumerate(given["enabled_events"]):
        if not _is_event_type(kind):
            message = f"Invalid enabled_events[{index}]: {kind} is not a type of event."
            raise StripeError(message, param=f"enabled_events[{index}]")
    return given


def delete_endpoint(call: Call) -> Json:
    endpoint = _found(call, "webhook_endpoint", "webhook_endpoint")
    call.world.store.delete("webhook_endpoint", endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def show_balance(call: Call) -> Json:
    now = int(call.world.clock.now())
    sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for entry in call.world.store.newest(call.account.id, "balance_transaction"):
        part = sums["available" if entry["available_on"] <= now else "pending"]
        part[entry["currency"]] = part.get(entry["currency"], 0) + entry["net"]
    return {"object": "balance", "livemode": False} | {
        name: [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in sorted(part.items())
        ]
        or [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}]
        for name, part in sums.items()
    }


def _retrieve(kind: str, param: str) -> Callable[[Call], Json]:
    def perform(call: Call) -> Json:
        return _presented(call, _found(call, kind, param))

    return perform


def _list(kind: str, url: str) -> Callable[[Call], Json]:
    def perform(call: Call) -> Json:
        items = call.world.store.newest(call.account.id, kind)
        reply = page(items, call.params, url)
        reply["data"] = [_presented(call, item) for item in reply["data"]]
        return reply

    return perform


def _presented(call: Call, item: Json) -> Json:
    shown = objects.shown(item)
    if shown["object"] == "balance_transaction":
        is_due = shown["available_on"] <= call.world.clock.now()
        shown["status"] = "available" if is_due else "pending"
    return shown


def _found(call: Call, kind: str, param: str) -> Json:
    found = call.world.store.get(call.account.id, kind, call.object_id)
    if found is None:
        raise no_such(NOUNS.get(kind, kind), call.object_id, param)
    return found


def _is_event_type(kind: str) -> bool:
    return kind in events.KNOWN_TYPES or bool(re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)+", kind))


def _readable(path: str, kind: str, param: str, filters: tuple[str, ...], fault: str) -> list[Any]:
    schema = {**PAGING, **{name: FILTERS[name] for name in filters}}
    return [
        Operation("GET", path, _list(kind, path), schema, fault),
        Operation("GET", path + "/{id}", _retrieve(kind, param), fault=fault),
    ]


REFUND: params.Schema = {
    "amount": params.positive,
    "charge": params.string,
    "payment_intent": params.string,
    "reason": params.one_of("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": params.metadata,
}
REFUND_UNSUPPORTED = frozenset(
    {
        "currency",
        "customer",
        "instructions_email",
        "origin",
        "refund_application_fee",
        "reverse_transfer",
    }
)
ENDPOINT: params.Schema = {
    "url": params.url,
    "enabled_events": params.ListOf(params.string),
    "api_version": params.string,
    "description": params.limited(params.MAX_STRING),
    "metadata": params.metadata,
}
SESSIONS = "/v1/checkout/sessions"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        SESSIONS,
        create_session,
        checking.SESSION,
        "create",
        checking.SESSION_UNSUPPORTED,
        checking.session,
    ),
    *_readable(
        SESSIONS,
        "checkout.session",
        "session",
        ("payment_intent", "status", "created"),
        "query",
    ),
    Operation("POST", SESSIONS + "/{id}/expire", expire_session, fault="close"),
    *_readable("/v1/payment_intents", "payment_intent", "intent", ("customer", "created"), "query"),
    Operation(
        "POST",
        "/v1/payment_intents",
        create_intent,
        kept.INTENT,
        "create",
        kept.INTENT_UNSUPPORTED,
        intents.refine,
    ),
    Operation(
        "POST",
        "/v1/payment_intents/{id}/cancel",
        cancel_intent,
        {"cancellation_reason": params.string},
        "close",
    ),
    *_readable("/v1/customers", "customer", "customer", ("created",), ""),
    *_readable(
        "/v1/payment_methods", "payment_method", "payment_method", ("customer", "type"), "query"
    ),
    Operation("POST", "/v1/payment_methods/{id}/detach", detach_method, fault="forget"),
    *_readable("/v1/charges", "charge", "charge", ("payment_intent", "created"), "query"),
    Operation("POST", "/v1/refunds", create_refund, REFUND, "refund", REFUND_UNSUPPORTED),
    *_readable(
        "/v1/refunds",
        "refund",
        "refund",
        ("payment_intent", "charge", "created"),
        "refund_query",
    ),
    *_readable(
        "/v1/balance_transactions",
        "balance_transaction",
        "id",
        ("type", "source", "currency", "created"),
        "statement",
    ),
    Operation("GET", "/v1/balance", show_balance),
    *_readable(
        "/v1/events",
        "event",
        "id",
        ("type", "types", "created", "delivery_success"),
        "",
    ),
    Operation(
        "POST",
        "/v1/webhook_endpoints",
        create_endpoint,
        ENDPOINT,
        refine=check_endpoint,
    ),
    *_readable("/v1/webhook_endpoints", "webhook_endpoint", "webhook_endpoint", (), ""),
    Operation("DELETE", "/v1/webhook_endpoints/{id}", delete_endpoint),
)
