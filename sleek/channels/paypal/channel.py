"""Talking to PayPal: orders that the payer approves there and we capture.

Money moves only by our capture. `fetch` makes it for an order that is approved and still wanted;
`cancel` turns the order into one that cannot be captured, so that a capture which is on its way at
that moment either came first, and is told, or fails. Each request that moves money carries an id
under which PayPal does it once; it forgets an order's after six hours and a refund's after 45 days,
so what there is is always looked at first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar
from urllib.parse import quote

import httpx

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
from sleek.channels.paypal import certificates, currencies, mapping, report, signing
from sleek.channels.paypal.certificates import Trust
from sleek.channels.paypal.signing import Seal
from sleek.channels.paypal.wire import Content, Wire
from sleek.channels.reading import json_object
from sleek.core import clock
from sleek.core.money import InvalidAmount

logger = logging.getLogger(__name__)

LIFETIME = timedelta(hours=1)  # PayPal itself takes an approval for three
# A payer may be approving when the order ends, and the news needs its time too.
END_MARGIN = timedelta(minutes=10)
STATEMENT_AFTER = timedelta(hours=3)  # so long a transaction may be missing in PayPal's reports


class Paypal:
    id: ClassVar[str] = "paypal"
    capabilities: ClassVar[Capabilities] = Capabilities(
        methods=(
            Method(
                id="paypal",
                flows=(Flow.REDIRECT, Flow.MOBILE),
                currencies=currencies.CURRENCIES,
                minimum=currencies.MINIMUM,
                maximum=currencies.MAXIMUM,
                cost=currencies.COST,
            ),
        ),
        tells_fee=True,
        lifetime=LIFETIME,
        has_statement=True,
    )
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(200)
    fields: ClassVar[tuple[Credential, ...]] = (
        Credential("client_id"),
        Credential("client_secret", Secrecy.SECRET),
        Credential("webhook_id", is_required=False),  # PayPal gives it once it knows our address
        Credential("api_base", is_required=False),
        Credential("root_certificate", Secrecy.OPEN_KEY, is_required=False),
    )

    def __init__(
        self, credentials: Mapping[str, str], *, client: httpx.Client | None = None
    ) -> None:
        """Credentials: `client_id`, `client_secret`, `webhook_id`; `api_base` is left empty, or is
        PayPal's own sandbox; `root_certificate` is for any other address.

        Raises `Refused` for an address that is none and a certificate that cannot be read.
        """
        self._webhook_id = credentials.get("webhook_id", "")
        base = (credentials.get("api_base") or certificates.LIVE).rstrip("/")
        if not is_web_address(base):
            raise Refused("PayPal's address is no web address.", reason="api_base")
        root = credentials.get("root_certificate", "")
        if root:
            certificates.root(root)
        self._trust = Trust(base, root)
        self._wire = Wire(base, credentials["client_id"], credentials["client_secret"], client)

    def start(self, order: Order) -> NextStep:
        made = self._wire.call("POST", "/v2/checkout/orders", _content(order), request_id=order.key)
        flow = Flow(order.flow)
        return NextStep(flow, url=mapping.approval(made), reference=str(made.get("id", "")))

    def fetch(self, order: Order) -> Report:
        found = self._order(order.reference)
        if found is None:
            return _unknown(order)
        if order.is_wanted and _may_be_captured(found, order):
            return self._capture(order)
        return _report(found, order)

    def cancel(self, order: Order) -> Report:
        """Make the order one that cannot be captured. Where PayPal will not have it changed, the
        order itself says what it is: we capture none that was given up.
        """
        if not order.reference:
            return _unknown(order)
        change = {"op": "replace", "path": "/intent", "value": mapping.ENDED}
        try:
            self._wire.call("PATCH", _path(order.reference), [change])
        except Refused:
            found = self._order(order.reference)
            if found is not None and mapping.capture(found):
                return _report(found, order)
        return Report(order.key, Outcome.CANCELED, reference=order.reference)

    def refund(self, order: RefundOrder) -> RefundReport:
        paid = self._paid(order)
        found = mapping.refund_of(paid, order.key)
        if found:
            return _refund_report(found, order.key)
        try:
            amount = currencies.value(order.amount)
        except InvalidAmount as error:
            raise Refused(str(error), reason="amount") from None
        content: dict[str, object] = {
            "amount": amount,
            "custom_id": order.key,
            "invoice_id": order.key,
        }
        if order.reason:
            content["note_to_payer"] = order.reason[: mapping.MAX_NOTE]
        reference = str(mapping.capture(paid).get("id", ""))
        path = f"/v2/payments/captures/{quote(reference, safe='')}/refund"
        return _refund_report(
            self._wire.call("POST", path, content, request_id=order.key), order.key
        )

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        found = mapping.refund_of(self._paid(order), order.key)
        return _refund_report(found, order.key) if found else _not_sent(order)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        if not self._webhook_id:
            raise Untrusted("no webhook id is entered, so no notice can be told from a forged one")
        seal, now = Seal.of(headers), clock.now()
        signing.must_be_recent(seal, now)
        url = seal.certificate_url
        key = certificates.key(url, self._trust, now=now, download=self._wire.download)
        signing.verify(seal, self._webhook_id, body, key)
        event = json_object(body)
        if not isinstance(event.get("id"), str) or not event["id"]:
            raise Untrusted("the notice has no id")
        return mapping.notice(event)

    def statement(self, day: date) -> Iterator[StatementLine]:
        """A day of UTC."""
        start = datetime.combine(day, time(), UTC)
        end = start + timedelta(days=1)
        if clock.now() < end + STATEMENT_AFTER:
            raise Unavailable("PayPal's report of that day is not complete yet.")
        return report.lines(self._wire, start, end)

    def check(self) -> None:
        """Ask for a token anew, and for the webhook, which must be this app's."""
        self._wire.log_in()
        if not self._webhook_id:
            return
        try:
            self._wire.call("GET", f"/v1/notifications/webhooks/{quote(self._webhook_id, safe='')}")
        except Refused as error:
            if error.reason not in mapping.NO_ORDER:
                raise
            message = "PayPal does not know this webhook id for this app."
            raise Refused(message, reason="webhook_id") from None

    def _order(self, reference: str) -> mapping.Node | None:
        """None when we have no reference yet, or PayPal knows it no more: it keeps an order that
        nobody paid for some hours only.
        """
        if not reference:
            return None
        try:
            return self._wire.call("GET", _path(reference))
        except Refused as error:
            if error.reason in mapping.NO_ORDER:
                return None
            raise

    def _capture(self, order: Order) -> Report:
        path = f"{_path(order.reference)}/capture"
        try:
            return _report(self._wire.call("POST", path, {}, request_id=f"cap_{order.key}"), order)
        except Refused as error:
            if error.reason in mapping.LOCKED_OUT:
                raise
            if error.reason not in mapping.LOOK_AGAIN | mapping.NO_ORDER:
                return mapping.refused_capture(order.key, error)
        found = self._order(order.reference)
        return _report(found, order) if found is not None else _unknown(order)

    def _paid(self, order: RefundOrder) -> mapping.Node:
        """The order that is refunded, with its capture and refunds."""
        try:
            found = self._order(order.reference)
        except Refused as error:
            # Access that was taken away says nothing of an earlier request, which may have moved
            # money.
            raise Unavailable(error.message) from None
        if found is None:
            raise Refused("PayPal knows no such payment to refund.", reason="RESOURCE_NOT_FOUND")
        if mapping.key_of(found) != order.payment_key:
            raise Unavailable("PayPal answered about another payment.")
        return found


def _content(order: Order) -> Content:
    """Made of the order alone: said again it must be the same, or PayPal refuses the request id."""
    try:
        amount = currencies.value(order.amount)
    except InvalidAmount as error:
        raise Refused(str(error), reason="amount") from None
    experience: dict[str, object] = {
        "return_url": order.return_url,
        "cancel_url": order.return_url,
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
    }
    locale = mapping.locale(order.language)
    if locale:
        experience["locale"] = locale
    unit: dict[str, object] = {
        "amount": amount,
        "description": mapping.description(order.description, order.key),
        "custom_id": order.key,
        # PayPal refuses a second payment of one invoice, whichever order it is of.
        "invoice_id": order.key,
    }
    return {
        "intent": mapping.CAPTURE,
        "purchase_units": [unit],
        "payment_source": {"paypal": {"experience_context": experience}},
    }


def _path(reference: str) -> str:
    return f"/v2/checkout/orders/{quote(reference, safe='')}"


def _may_be_captured(found: mapping.Node, order: Order) -> bool:
    if found.get("status") != mapping.APPROVED or mapping.capture(found):
        return False
    if found.get("intent") != mapping.CAPTURE:
        return False
    try:
        is_ours = (mapping.key_of(found), mapping.asked(found)) == (order.key, order.amount)
    except InvalidAmount:
        is_ours = False
    if not is_ours:
        logger.error("paypal.order_is_another", extra={"key": order.key})
        raise Unavailable("PayPal's order is not what was asked for, so it is not captured.")
    return True


def _report(found: mapping.Node, order: Order) -> Report:
    if mapping.key_of(found) != order.key:
        raise Unavailable("PayPal answered about another payment.")
    try:
        return mapping.report(found)
    except InvalidAmount as error:
        raise _not_understood(error, order.key) from None


def _refund_report(refund: mapping.Node, key: str) -> RefundReport:
    if refund.get("custom_id") != key:
        raise Unavailable("PayPal answered about another refund.")
    try:
        return mapping.refund_report(refund)
    except InvalidAmount as error:
        raise _not_understood(error, key) from None


def _not_sent(order: RefundOrder) -> RefundReport:
    return RefundReport(order.key, Outcome.PENDING)


def _unknown(order: Order) -> Report:
    """What to say of an order that PayPal does not know, or does not know any more."""
    is_over = clock.now() > order.expires_at + END_MARGIN
    return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)


def _not_understood(error: InvalidAmount, key: str) -> Unavailable:
    logger.error("paypal.amount_not_understood", extra={"key": key})
    return Unavailable(str(error))
