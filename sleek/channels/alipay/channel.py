"""Talking to Alipay's gateway: signed requests, replies believed only when they are signed.

A page or phone payment is an address that we sign ourselves; Alipay hears of it when the payer
opens it. So a trade that it does not know may still be made until the order's end.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlencode, urlsplit

import httpx

from sleek.channels.alipay import mapping, signing, statement
from sleek.channels.base import (
    Acknowledgement,
    Capabilities,
    Cost,
    Credential,
    Device,
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
from sleek.core import clock, http
from sleek.core.money import InvalidAmount

logger = logging.getLogger(__name__)

GATEWAY = "https://openapi.alipay.com/gateway.do"
DOMAIN = ".alipay.com"
LIFETIME = timedelta(hours=1)
# A payer may be typing the password when the order ends, and the news needs its time too.
END_MARGIN = timedelta(minutes=10)
LARGEST_FEN = 100_000_000 * 100
# 0.6 %, what b.alipay.com lists for payments on web pages and by code.
PRICE = Decimal("0.006")
# Alipay says to come for a day's bills from ten o'clock on the next day.
BILLS_AFTER = timedelta(days=1, hours=10)
UNKNOWN_TRADE = "sleek_connection_check"

# The method and product of a payment that the payer's browser opens.
PAGES = {
    Flow.REDIRECT: ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    Flow.MOBILE: ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
}

Content = dict[str, str | list[str]]


class Alipay:
    id: ClassVar[str] = "alipay"
    capabilities: ClassVar[Capabilities] = Capabilities(
        methods=(
            Method(
                id="alipay",
                flows=(Flow.REDIRECT, Flow.MOBILE, Flow.QR),
                currencies=frozenset({mapping.CURRENCY}),
                maximum={mapping.CURRENCY: LARGEST_FEN},
                cost=Cost(PRICE),
                within={Device.WECHAT: ()},
            ),
        ),
        tells_fee=False,
        lifetime=LIFETIME,
        has_statement=True,
    )
    fields: ClassVar[tuple[Credential, ...]] = (
        Credential("app_id"),
        Credential("seller_id"),
        Credential("app_private_key", Secrecy.KEY),
        Credential("alipay_public_key", Secrecy.OPEN_KEY),
        Credential("gateway", is_required=False),
    )
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(200, "success")

    def __init__(
        self, credentials: Mapping[str, str], *, client: httpx.Client | None = None
    ) -> None:
        """Credentials: `app_id`, `seller_id`, `app_private_key`, `alipay_public_key`, `gateway`.

        Raises `Refused` for keys that cannot be read and an address that is none.
        """
        self._app_id, self._seller_id = credentials["app_id"], credentials["seller_id"]
        self._private_key = signing.private_key(credentials["app_private_key"])
        self._public_key = signing.public_key(credentials["alipay_public_key"])
        self._gateway = credentials.get("gateway") or GATEWAY
        if not is_web_address(self._gateway):
            raise Refused("Alipay's gateway is no web address.", reason="gateway")
        self._client = client

    def start(self, order: Order) -> NextStep:
        content: Content = {
            "out_trade_no": order.key,
            "total_amount": mapping.yuan(order.amount),
            "subject": mapping.subject(order.description, order.key),
            "time_expire": mapping.beijing(order.expires_at),
        }
        flow = Flow(order.flow)
        if flow == Flow.QR:
            reply = self._call("alipay.trade.precreate", content, notify_url=order.notice_url)
            _must_be_about(reply, order.key)
            return NextStep(Flow.QR, qr=str(reply.get("qr_code", "")))
        method, content["product_code"] = PAGES[flow]
        params = self._signed(
            method, content, notify_url=order.notice_url, return_url=order.return_url
        )
        return NextStep(flow, url=f"{self._gateway}?{urlencode(params)}")

    def fetch(self, order: Order) -> Report:
        try:
            trade = self._call("alipay.trade.query", {"out_trade_no": order.key})
        except Refused as error:
            if error.reason == mapping.NO_TRADE:
                return _unknown(order)
            raise
        _must_be_about(trade, order.key)
        try:
            return mapping.report(trade)
        except InvalidAmount as error:
            raise _not_understood(error, order.key) from None

    def cancel(self, order: Order) -> Report:
        """Close the trade.

        Before the payer comes to Alipay there is none, and it may yet be made: still PENDING.
        """
        try:
            trade = self._call("alipay.trade.close", {"out_trade_no": order.key})
        except Refused:
            return self.fetch(order)
        _must_be_about(trade, order.key)
        return Report(order.key, Outcome.CANCELED, reference=str(trade.get("trade_no", "")))

    def refund(self, order: RefundOrder) -> RefundReport:
        content: Content = {
            "out_trade_no": order.payment_key,
            "out_request_no": order.key,
            "refund_amount": mapping.yuan(order.amount),
        }
        if order.reason:
            content["refund_reason"] = order.reason[: mapping.MAX_SUBJECT]
        try:
            reply = self._call("alipay.trade.refund", content)
        except Refused as error:
            if error.reason.startswith("ACQ."):
                raise
            # A key that was replaced meanwhile says nothing about an earlier request that may have
            # moved the money.
            raise Unavailable(error.message) from None
        _must_be_about(reply, order.payment_key)
        # The reply's `refund_fee` is the sum of all refunds of the trade: only the query tells this
        # one's amount.
        report = self.fetch_refund(order)
        if report.outcome == Outcome.PENDING and reply.get("fund_change") == "Y":
            return replace(report, outcome=Outcome.SUCCEEDED)
        return report

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        content: Content = {
            "out_trade_no": order.payment_key,
            "out_request_no": order.key,
            "query_options": ["gmt_refund_pay"],
        }
        try:
            reply = self._call("alipay.trade.fastpay.refund.query", content)
        except Refused as error:
            if error.reason == mapping.NO_TRADE:
                return RefundReport(order.key, Outcome.PENDING)
            raise
        try:
            report = mapping.refund_report(reply, order.key)
        except InvalidAmount as error:
            raise _not_understood(error, order.key) from None
        if report.outcome != Outcome.PENDING:
            _must_be_about(reply, order.payment_key)
            if reply.get("out_request_no") != order.key:
                raise Unavailable("Alipay answered about another refund.")
        return report

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        fields = signing.open_notice(body, self._public_key)
        if fields.get("app_id") != self._app_id or fields.get("seller_id") != self._seller_id:
            raise Untrusted("the notice is for another account")
        try:
            return mapping.notice(fields)
        except KeyError:
            raise Untrusted("the notice says nothing about a trade") from None

    def statement(self, day: date) -> Iterator[StatementLine]:
        """A day of Beijing."""
        if clock.now() < datetime.combine(day, time(), mapping.BEIJING) + BILLS_AFTER:
            raise Unavailable("Alipay has not made that day's bills yet.")
        # Both are read before anything is told.
        trades, moves = self._bill("trade", day), self._bill("signcustomer", day)
        told = statement.trades(trades) if trades else []
        told += statement.others(moves) if moves else []
        return iter(told)

    def check(self) -> None:
        """Ask about a trade that cannot exist: only the right app and keys get a signed answer."""
        try:
            self._ask("alipay.trade.query", {"out_trade_no": UNKNOWN_TRADE})
        except Refused as error:
            if error.reason != mapping.NO_TRADE:
                raise
        except Untrusted:
            message = "Alipay's answer is not signed with the public key given here."
            raise Refused(message, reason="alipay_public_key") from None

    def _bill(self, kind: str, day: date) -> bytes:
        """A day's bill, packed; empty when nothing happened."""
        content: Content = {"bill_type": kind, "bill_date": str(day)}
        try:
            reply = self._call("alipay.data.dataservice.bill.downloadurl.query", content)
        except Refused as error:
            if error.reason in mapping.NO_BILL:
                return b""
            raise
        # Good for thirty seconds, and for whoever has it.
        address = self._place_of_bills(str(reply.get("bill_download_url", "")))
        try:
            response = http.send(httpx.Request("GET", address), client=self._client)
        except httpx.TransportError:
            raise Unavailable("Alipay did not answer.") from None
        if response.status_code != httpx.codes.OK:
            raise Unavailable("Alipay does not hand out the bill.")
        return response.content

    def _place_of_bills(self, address: str) -> str:
        """Alipay's own, or the gateway's; the file carries no signature, so not in the clear."""
        place = urlsplit(address)
        if (place.hostname or "").endswith(DOMAIN):
            return place._replace(scheme="https").geturl()
        if place[:2] != urlsplit(self._gateway)[:2]:
            raise Unavailable("Alipay's answer leads to no bill.")
        return address

    def _call(self, method: str, content: Content, *, notify_url: str = "") -> signing.Node:
        """The node of a successful reply. Raises `Refused` or `Unavailable`."""
        try:
            return self._ask(method, content, notify_url=notify_url)
        except Untrusted:
            logger.error("alipay.reply_not_trusted", extra={"method": method})
            raise Unavailable("Alipay's answer cannot be trusted.") from None

    def _ask(self, method: str, content: Content, *, notify_url: str = "") -> signing.Node:
        params = self._signed(method, content, notify_url=notify_url)
        body = urlencode({"biz_content": params.pop("biz_content")}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
        address = f"{self._gateway}?{urlencode(params)}"
        try:
            request = httpx.Request("POST", address, headers=headers, content=body)
            response = http.send(request, client=self._client)
        except httpx.TransportError:
            raise Unavailable("Alipay did not answer.") from None
        if response.status_code != httpx.codes.OK:
            raise Unavailable(f"Alipay answered with status {response.status_code}.")
        node_name = f"{method.replace('.', '_')}_response"
        reply = signing.open_reply(response.content, node_name, self._public_key)
        code = reply.node.get("code")
        if not reply.is_signed and code in ("10000", mapping.BUSINESS_FAILED):
            raise Untrusted("the reply is not signed")
        if code != "10000":
            raise mapping.error(reply.node)
        return reply.node

    def _signed(
        self, method: str, content: Content, *, notify_url: str, return_url: str = ""
    ) -> dict[str, str]:
        params = {
            "app_id": self._app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": mapping.beijing(clock.now()),
            "version": "1.0",
            "notify_url": notify_url,
            "return_url": return_url,
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
        given = {name: value for name, value in params.items() if value}
        return given | {"sign": signing.sign(given, self._private_key)}


def _unknown(order: Order) -> Report:
    is_over = clock.now() > order.expires_at + END_MARGIN
    return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)


def _must_be_about(reply: signing.Node, key: str) -> None:
    """A signed reply to another question, replayed, is as good as none."""
    if reply.get("out_trade_no") != key:
        raise Unavailable("Alipay answered about another trade.")


def _not_understood(error: InvalidAmount, key: str) -> Unavailable:
    logger.error("alipay.amount_not_understood", extra={"key": key})
    return Unavailable(str(error))
