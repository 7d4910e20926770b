"""Charging a card that Stripe keeps: a PaymentIntent of its own, confirmed as it is made.

Our token is Stripe's customer and payment method in one. Such an intent says in its metadata that
no Checkout Session stands behind it, so that its events are read and a session's are not read
twice.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Any, cast

import stripe
from stripe.params import PaymentIntentCreateParams, PaymentIntentListParamsCreated

from sleek.channels.base import Flow, Gone, NextStep, Order, Outcome, Refused, Report
from sleek.channels.stripe import currencies, mapping, wire
from sleek.core import clock
from sleek.core.money import InvalidAmount

# Longer than a request may be under way: what is not there by then was never made.
LOST_AFTER = timedelta(minutes=4)
CLOCK_SLACK = timedelta(minutes=5)
PAGE = 100
MAX_LOOKED_THROUGH = 1000  # intents of one customer
EXPANDED = ["latest_charge.balance_transaction"]

Json = dict[str, Any]


def is_intent(reference: str) -> bool:
    return reference.startswith("pi_")


class KeptCards:
    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client

    def charge(self, order: Order) -> NextStep:
        """Raises `Gone` for a card that Stripe keeps no more, `Refused` for one that is declined.

        `Unavailable` says nothing here: the money may have moved.
        """
        params = _params(order)

        def create(key: str) -> Json:
            intent = self._stripe.v1.payment_intents.create(params, {"idempotency_key": key})
            return intent.to_dict()

        with wire.in_our_words():
            try:
                intent = wire.once(order.key, create, lambda: self._find(order))
            except stripe.InvalidRequestError as error:
                # What it says of a card that was let go of has no code of its own.
                if self._is_there(order.saved):
                    raise
                message = "Stripe keeps this card no more."
                raise Gone(message, reason=error.code or "resource_missing") from None
        page = mapping.challenge_of(intent)
        return NextStep(Flow.REDIRECT, url=page or order.return_url, reference=intent["id"])

    def fetch(self, order: Order) -> Report:
        intent = self._intent(order)
        return mapping.intent_report(intent) if intent else _lost(order)

    def cancel(self, order: Order) -> Report:
        reference = order.reference or (self._find(order) or {}).get("id", "")
        if not reference:
            return _lost(order)
        try:
            intent = self._stripe.v1.payment_intents.cancel(reference)
        except stripe.InvalidRequestError:
            return self.fetch(order)  # over already, perhaps paid a moment ago
        return mapping.intent_report(intent.to_dict())

    def payment_of(self, reference: str, key: str) -> str:
        """The intent itself, if it is this attempt's. Raises `Refused`."""
        intent = self._stripe.v1.payment_intents.retrieve(reference).to_dict()
        if mapping.attempt_of(intent) != key:
            raise Refused("Stripe knows no such payment to refund.", reason="payment_unknown")
        return str(intent["id"])

    def forget(self, token: str) -> None:
        _customer, method = _parts(token)
        try:
            self._stripe.v1.payment_methods.detach(method)
        except stripe.InvalidRequestError:
            if self._is_there(token):
                raise

    def _is_there(self, token: str) -> bool:
        customer, method = _parts(token)
        try:
            found = self._stripe.v1.payment_methods.retrieve(method).to_dict()
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
            return False
        return bool(found.get("customer") == customer)

    def _intent(self, order: Order) -> Json | None:
        reference = order.reference or (self._find(order) or {}).get("id", "")
        if not reference:
            return None
        try:
            found = self._stripe.v1.payment_intents.retrieve(reference, {"expand": EXPANDED})
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
            return None
        return found.to_dict()

    def _find(self, order: Order) -> Json | None:
        """The intent whose making we did not live to remember, among its customer's."""
        customer, _method = _parts(order.saved)
        since = order.started_at or clock.now()
        made: PaymentIntentListParamsCreated = {"gte": int((since - CLOCK_SLACK).timestamp())}
        page = self._stripe.v1.payment_intents.list(
            {"customer": customer, "created": made, "limit": PAGE}
        )
        for intent in islice(page.auto_paging_iter(), MAX_LOOKED_THROUGH):
            found = intent.to_dict()
            if mapping.attempt_of(found) == order.key:
                return found
        return None


def _params(order: Order) -> PaymentIntentCreateParams:
    """Made of the order alone: said again it must be the same, or Stripe refuses the key."""
    try:
        raw = currencies.to_raw(order.amount)
    except InvalidAmount as error:
        raise Refused(str(error), reason="amount") from None
    customer, method = _parts(order.saved)
    proof = "any" if order.is_proof_asked else "automatic"
    params = {
        "amount": raw,
        "currency": order.amount.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "payment_method_types": ["card"],
        "payment_method_options": {"card": {"request_three_d_secure": proof}},
        "description": order.description or order.key,
        "metadata": {mapping.ATTEMPT: order.key, mapping.KEPT: "1"},
        "confirm": True,
        "return_url": order.return_url,
    }
    return cast(PaymentIntentCreateParams, params)


def _parts(token: str) -> tuple[str, str]:
    customer, colon, method = token.partition(":")
    if not (customer and colon and method):
        raise Gone("This is no card that Stripe keeps.", reason="resource_missing")
    return customer, method


def _lost(order: Order) -> Report:
    """What to say of a charge that Stripe does not know. One whose name it gave us and which it
    denies now is another account's, where it may have been paid: a person must look.
    """
    since = order.started_at
    is_over = not order.reference and since is not None and clock.now() > since + LOST_AFTER
    return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)
