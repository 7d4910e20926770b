"""Talking to Stripe: hosted Checkout Sessions through the official SDK.

A session or refund whose making we did not live to remember is found again by our key. Stripe
forgets idempotency keys after a day, so a refund is always looked for before it is made.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, ClassVar, cast

import httpx
import stripe
from stripe.params.checkout import SessionCreateParams, SessionListParamsCreated

from sleek.channels.base import (
    Acknowledgement,
    Capabilities,
    Flow,
    Method,
    NextStep,
    Notice,
    Order,
    Outcome,
    RefundOrder,
    RefundReport,
    Refused,
    Report,
    Unavailable,
    Untrusted,
    is_web_address,
)
from sleek.channels.stripe import currencies, mapping, signing, wire
from sleek.core import clock
from sleek.core.money import InvalidAmount

logger = logging.getLogger(__name__)

API_BASE = "https://api.stripe.com"
LIFETIME = timedelta(hours=1)  # Stripe takes half an hour to a day
SHORTEST_LIFETIME = timedelta(minutes=30)
CLOCK_SLACK = timedelta(minutes=5)
PAGE = 100
MAX_LOOKED_THROUGH = 1000  # objects of a list
EXPANDED = ["payment_intent.latest_charge.balance_transaction"]

Json = dict[str, Any]


class Stripe:
    id: ClassVar[str] = "stripe"
    capabilities: ClassVar[Capabilities] = Capabilities(
        methods=(
            Method(
                id="card",
                flows=(Flow.REDIRECT,),
                currencies=currencies.CURRENCIES,
                minimum=currencies.MINIMUM,
                maximum=currencies.MAXIMUM,
            ),
        ),
        tells_fee=True,
        lifetime=LIFETIME,
    )
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(200)

    def __init__(
        self, credentials: Mapping[str, str], *, client: httpx.Client | None = None
    ) -> None:
        """Credentials: `secret_key`, `webhook_secret`, `api_base` (Stripe's own unless given).

        Raises `Refused` for an address that is none.
        """
        self._webhook_secret = credentials.get("webhook_secret", "")
        base = credentials.get("api_base") or API_BASE
        if not is_web_address(base):
            raise Refused("Stripe's address is no web address.", reason="api_base")
        self._stripe = stripe.StripeClient(
            credentials["secret_key"],
            base_addresses={"api": base.rstrip("/")},
            max_network_retries=0,
            http_client=wire.Wire(client),
        )

    def start(self, order: Order) -> NextStep:
        params = _session_params(order)

        def create(key: str) -> Json:
            session = self._stripe.v1.checkout.sessions.create(params, {"idempotency_key": key})
            return session.to_dict()

        with wire.in_our_words():
            session = wire.once(order.key, create, lambda: self._find_session(order))
        return NextStep(
            Flow.REDIRECT, url=session.get("url") or "", reference=session.get("id", "")
        )

    def fetch(self, order: Order) -> Report:
        with wire.in_our_words():
            session = self._session(order)
        if session is None:
            return _unknown(order)
        return _report(session, order.key)

    def cancel(self, order: Order) -> Report:
        with wire.in_our_words():
            reference = order.reference or (self._find_session(order) or {}).get("id", "")
            try:
                session = self._stripe.v1.checkout.sessions.expire(reference) if reference else None
            except stripe.InvalidRequestError:
                # Not open any more, perhaps paid a moment ago.
                return self.fetch(order)
        if session is None:
            return _unknown(order)
        return _report(session.to_dict(), order.key)

    def refund(self, order: RefundOrder) -> RefundReport:
        try:
            raw = currencies.to_raw(order.amount)
        except InvalidAmount as error:
            raise Refused(str(error), reason="amount") from None
        metadata = {mapping.REFUND: order.key, mapping.ATTEMPT: order.payment_key}

        def create(key: str) -> Json:
            refund = self._stripe.v1.refunds.create(
                {"payment_intent": intent, "amount": raw, "metadata": metadata},
                {"idempotency_key": key},
            )
            return refund.to_dict()

        with wire.in_our_words(), wire.doubtful_when_locked_out():
            intent = self._intent(order)
            found = self._find_refund(order, intent)
            refund = found or wire.once(order.key, create, lambda: self._find_refund(order, intent))
        return _refund_report(refund, order.key)

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        with wire.in_our_words():
            if order.refund_reference:
                refund = self._stripe.v1.refunds.retrieve(order.refund_reference).to_dict()
            else:
                refund = self._find_refund(order, self._intent(order)) or {}
        if not refund:
            return RefundReport(order.key, Outcome.PENDING)
        return _refund_report(refund, order.key)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        header = headers.get("stripe-signature", "")
        signing.verify(header, body, self._webhook_secret, clock.now())
        try:
            return mapping.notice(json.loads(body))
        except (LookupError, TypeError, ValueError, AttributeError):
            raise Untrusted("the notice is not one of Stripe's events") from None

    def check(self) -> None:
        with wire.in_our_words():
            self._stripe.v1.balance.retrieve()

    def _session(self, order: Order) -> Json | None:
        reference = order.reference or (self._find_session(order) or {}).get("id", "")
        if not reference:
            return None
        try:
            session = self._stripe.v1.checkout.sessions.retrieve(reference, {"expand": EXPANDED})
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
            return None
        return session.to_dict()

    def _find_session(self, order: Order) -> Json | None:
        """The session whose making we did not live to remember, among those of that time."""
        made: SessionListParamsCreated = {
            "gte": int((order.expires_at - LIFETIME - CLOCK_SLACK).timestamp()),
            "lte": int((order.expires_at - SHORTEST_LIFETIME + CLOCK_SLACK).timestamp()),
        }
        page = self._stripe.v1.checkout.sessions.list({"created": made, "limit": PAGE})
        for session in islice(page.auto_paging_iter(), MAX_LOOKED_THROUGH):
            if session.client_reference_id == order.key:
                return session.to_dict()
        return None

    def _intent(self, order: RefundOrder) -> str:
        session = self._stripe.v1.checkout.sessions.retrieve(order.reference).to_dict()
        intent = session["payment_intent"]
        if mapping.attempt_of(session) != order.payment_key or not isinstance(intent, str):
            raise Refused("Stripe knows no such payment to refund.", reason="payment_unknown")
        return intent

    def _find_refund(self, order: RefundOrder, intent: str) -> Json | None:
        page = self._stripe.v1.refunds.list({"payment_intent": intent, "limit": PAGE})
        for refund in islice(page.auto_paging_iter(), MAX_LOOKED_THROUGH):
            found = refund.to_dict()
            if (found["metadata"] or {}).get(mapping.REFUND) == order.key:
                return found
        return None


def _session_params(order: Order) -> SessionCreateParams:
    """Made of the order alone: said again it must be the same, or Stripe refuses the key."""
    try:
        raw = currencies.to_raw(order.amount)
    except InvalidAmount as error:
        raise Refused(str(error), reason="amount") from None
    metadata = {mapping.ATTEMPT: order.key}
    price = {
        "currency": order.amount.currency.lower(),
        "unit_amount": raw,
        "product_data": {"name": order.description or order.key},
    }
    params = {
        "mode": "payment",
        "payment_method_types": ["card"],
        "line_items": [{"price_data": price, "quantity": 1}],
        "client_reference_id": order.key,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "expires_at": int(order.expires_at.timestamp()),
        "locale": mapping.locale(order.language),
    }
    return cast(SessionCreateParams, params)


def _report(session: Json, key: str) -> Report:
    if mapping.attempt_of(session) != key:
        raise Unavailable("Stripe answered about another payment")
    try:
        return mapping.report(session)
    except (InvalidAmount, KeyError) as error:
        raise _not_understood(error, key) from None


def _refund_report(refund: Json, key: str) -> RefundReport:
    try:
        report = mapping.refund_report(refund)
    except (InvalidAmount, KeyError) as error:
        raise _not_understood(error, key) from None
    if report.key != key:
        raise Unavailable("Stripe answered about another refund")
    return report


def _not_understood(error: Exception, key: str) -> Unavailable:
    logger.error("stripe.answer_not_understood", extra={"key": key, "error": str(error)})
    return Unavailable("Stripe's answer cannot be understood.")


def _unknown(order: Order) -> Report:
    """What to say of an order that Stripe does not know.

    A session that we never learned of the payer never saw either: past its end nobody can have paid
    it. But one that Stripe gave us and denies now belongs to another account, where it may have
    been paid: a person must look.
    """
    is_over = not order.reference and clock.now() > order.expires_at + CLOCK_SLACK
    return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)
