"""Talking to Stripe: hosted Checkout Sessions through the official SDK.

A session or refund whose making we did not live to remember is found again by our key. Stripe
forgets idempotency keys after a day, so a refund is always looked for before it is made.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, ClassVar, cast

import httpx
import stripe
from stripe.params import BalanceTransactionListParamsCreated
from stripe.params.checkout import SessionCreateParams, SessionListParamsCreated

from sleek.channels.base import (
    Acknowledgement,
    Capabilities,
    Credential,
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
    Secrecy,
    StatementLine,
    Unavailable,
    Untrusted,
    is_web_address,
)
from sleek.channels.stripe import currencies, mapping, signing, statement, wire
from sleek.channels.stripe.kept import KeptCards, is_intent
from sleek.core import clock
from sleek.core.money import InvalidAmount

logger = logging.getLogger(__name__)

API_BASE = "https://api.stripe.com"
LIFETIME = timedelta(hours=1)  # Stripe takes half an hour to a day
SHORTEST_LIFETIME = timedelta(minutes=30)
CLOCK_SLACK = timedelta(minutes=5)
PAGE = 100
MAX_LOOKED_THROUGH = 1000  # objects of a list
MAX_LINES = 500_000  # of a day
# The newest objects come into lists with a short delay.
STATEMENT_AFTER = timedelta(hours=1)
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
                cost=currencies.PRICE,
            ),
        ),
        tells_fee=True,
        lifetime=LIFETIME,
        has_statement=True,
        saves=frozenset({"card"}),
    )
    fields: ClassVar[tuple[Credential, ...]] = (
        Credential("secret_key", Secrecy.SECRET),
        # Stripe gives it once it knows our address.
        Credential("webhook_secret", Secrecy.SECRET, is_required=False),
        Credential("api_base", is_required=False),
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
        self._kept = KeptCards(self._stripe)

    def start(self, order: Order) -> NextStep:
        if order.saved:
            return self._kept.charge(order)
        params = _session_params(order)

        def create(key: str) -> Json:
            session = self._stripe.v1.checkout.sessions.create(params, {"idempotency_key": key})
            return session.to_dict()

        with wire.in_our_words():
            session = wire.once(order.key, create, lambda: self._find_session(order))
        if session.get("client_reference_id") != order.key:
            raise Unavailable("Stripe answered about another payment.")
        return NextStep(
            Flow.REDIRECT, url=session.get("url") or "", reference=session.get("id", "")
        )

    def fetch(self, order: Order) -> Report:
        with wire.in_our_words():
            if _is_kept(order):
                return _as_asked(self._kept.fetch, order)
            session = self._session(order)
        if session is None:
            return _unknown(order)
        return _report(session, order.key)

    def cancel(self, order: Order) -> Report:
        with wire.in_our_words():
            if _is_kept(order):
                return _as_asked(self._kept.cancel, order)
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

    def forget(self, token: str) -> None:
        with wire.in_our_words():
            self._kept.forget(token)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        header = headers.get("stripe-signature", "")
        signing.verify(header, body, self._webhook_secret, clock.now())
        try:
            return mapping.notice(json.loads(body))
        except (LookupError, TypeError, ValueError, AttributeError):
            raise Untrusted("the notice is not one of Stripe's events") from None

    def statement(self, day: date) -> Iterator[StatementLine]:
        """A day of UTC."""
        start = datetime.combine(day, time(), UTC)
        end = start + timedelta(days=1)
        if clock.now() < end + STATEMENT_AFTER:
            raise Unavailable("Stripe's list of that day is not complete yet.")
        made: BalanceTransactionListParamsCreated = {
            "gte": int(start.timestamp()),
            "lt": int(end.timestamp()),
        }
        told: list[StatementLine] = []
        with wire.in_our_words():
            page = self._stripe.v1.balance_transactions.list(
                {"created": made, "limit": PAGE, "expand": ["data.source"]}
            )
            for entry in page.auto_paging_iter():
                if len(told) >= MAX_LINES:
                    raise Unavailable("Stripe's list of that day is too long.")
                told.append(statement.line(entry.to_dict()))
        return iter(told)  # all of it or nothing

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
        if is_intent(order.reference):
            return self._kept.payment_of(order.reference, order.payment_key)
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
    if order.saves:
        # For payments that the payer starts. Stripe keeps a card under a customer only.
        params["customer_creation"] = "always"
        params["payment_intent_data"] = {"metadata": metadata, "setup_future_usage": "on_session"}
    return cast(SessionCreateParams, params)


def _is_kept(order: Order) -> bool:
    return bool(order.saved) or is_intent(order.reference)


def _as_asked(ask: Callable[[Order], Report], order: Order) -> Report:
    try:
        report = ask(order)
    except (InvalidAmount, LookupError, TypeError, AttributeError) as error:
        raise _not_understood(error, order.key) from None
    if report.key != order.key:
        raise Unavailable("Stripe answered about another payment")
    return report


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
