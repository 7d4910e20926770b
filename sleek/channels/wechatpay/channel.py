"""Talking to WeChat Pay: signed requests, replies believed only when they are signed and recent.

A native order is a code that the payer scans, an H5 order a page for phone browsers, a JSAPI order
a call that the page makes inside WeChat, for a payer who is known there. An order exists at WeChat
as soon as it is made, paid or not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa

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
from sleek.channels.reading import json_object
from sleek.channels.wechatpay import app, keys, mapping, signing, statement
from sleek.channels.wechatpay.signing import Seal
from sleek.core import clock, http
from sleek.core.money import InvalidAmount

logger = logging.getLogger(__name__)

API = "https://api.mch.weixin.qq.com"
LIFETIME = timedelta(hours=1)
# A payer may be typing the password when the order ends, and the news needs its time too.
END_MARGIN = timedelta(minutes=10)
LARGEST_FEN = 100_000_000  # of one order, unless the merchant's contract says otherwise
# 0.6 %, what pay.weixin.qq.com lists for most trades; contracts have from 0.2 % to 1 %.
PRICE = Decimal("0.006")
# WeChat says to come for a day's bills from ten o'clock on the next day.
BILLS_AFTER = timedelta(days=1, hours=10)
UNKNOWN_TRADE = "sleek_connection_check"
PATHS = {Flow.QR: "native", Flow.MOBILE: "h5", Flow.IN_APP: "jsapi"}
PUBLIC_KEY_ID = "PUB_KEY_ID_"
DOWNLOAD = "/v3/billdownload/file"

Content = dict[str, object]


class WechatPay:
    id: ClassVar[str] = "wechatpay"
    capabilities: ClassVar[Capabilities] = Capabilities(
        methods=(
            Method(
                id="wechatpay",
                flows=(Flow.QR, Flow.MOBILE, Flow.IN_APP),
                currencies=frozenset({mapping.CURRENCY}),
                maximum={mapping.CURRENCY: LARGEST_FEN},
                cost=Cost(PRICE),
                within={Device.WECHAT: (Flow.IN_APP,), Device.ALIPAY: ()},
                needs={Flow.IN_APP: "app_secret"},
                introduced=frozenset({Flow.IN_APP}),
            ),
        ),
        tells_fee=False,
        lifetime=LIFETIME,
        has_statement=True,
    )
    fields: ClassVar[tuple[Credential, ...]] = (
        Credential("mch_id"),
        Credential("app_id"),
        Credential("serial_no"),
        Credential("private_key", Secrecy.KEY),
        Credential("api_v3_key", Secrecy.SECRET),
        Credential("public_key_id", is_required=False),
        Credential("public_key", Secrecy.OPEN_KEY, is_required=False),
        Credential("app_secret", Secrecy.SECRET, is_required=False),
        Credential("api_base", is_required=False),
        Credential("app_base", is_required=False),
    )
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(204)

    def __init__(
        self, credentials: Mapping[str, str], *, client: httpx.Client | None = None
    ) -> None:
        """Credentials: `mch_id`, `app_id`, `serial_no`, `private_key`, `api_v3_key`;
        `public_key_id` with `public_key` in public-key mode; `app_secret` for payments inside
        WeChat; `api_base` and `app_base` are left empty.

        Raises `Refused` for keys that cannot be read and an address that is none.
        """
        self._merchant, self._app_id = credentials["mch_id"], credentials["app_id"]
        self._serial = credentials["serial_no"]
        self._private_key = signing.private_key(credentials["private_key"])
        self._api_key = signing.api_key(credentials["api_v3_key"])
        self._public_key_id = credentials.get("public_key_id", "")
        self._public_key = _public_key(self._public_key_id, credentials.get("public_key", ""))
        self._base = credentials.get("api_base") or API
        if not is_web_address(self._base):
            raise Refused("WeChat Pay's address is no web address.", reason="api_base")
        self._account = app.Account(
            self._app_id, credentials.get("app_secret", ""), credentials.get("app_base", "")
        )
        self._client = client

    def start(self, order: Order) -> NextStep:
        content: Content = {
            "appid": self._app_id,
            "mchid": self._merchant,
            "description": mapping.description(order.description, order.key),
            "out_trade_no": order.key,
            "time_expire": mapping.beijing(order.expires_at),
            "notify_url": order.notice_url,
            "amount": mapping.fen(order.amount),
        }
        flow = Flow(order.flow)
        if flow == Flow.MOBILE:
            content["scene_info"] = {
                "payer_client_ip": order.payer_address,
                "h5_info": {"type": "Wap"},
            }
        if flow == Flow.IN_APP:
            content["payer"] = {"openid": order.payer_id}
        reply = self._call("POST", f"/v3/pay/transactions/{PATHS[flow]}", content)
        return self._next_step(flow, reply, order.return_url)

    def fetch(self, order: Order) -> Report:
        path = f"/v3/pay/transactions/out-trade-no/{quote(order.key)}?mchid={self._merchant}"
        try:
            trade = self._call("GET", path)
        except Refused as error:
            if error.reason in mapping.NO_ORDER:
                return _unknown(order)
            raise
        self._must_be_ours(trade)
        if trade.get("out_trade_no") != order.key:
            raise Unavailable("WeChat Pay answered about another trade.")
        try:
            return mapping.report(trade)
        except InvalidAmount as error:
            raise _not_understood(error, order.key) from None

    def cancel(self, order: Order) -> Report:
        """Close the order. Whatever WeChat answers, the order itself says what it is now."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(order.key)}/close"
        try:
            self._call("POST", path, {"mchid": self._merchant})
        except Refused:
            return self.fetch(order)
        return Report(order.key, Outcome.CANCELED)

    def refund(self, order: RefundOrder) -> RefundReport:
        content: Content = {
            "out_trade_no": order.payment_key,
            "out_refund_no": order.key,
            "amount": mapping.fen(order.total) | {"refund": order.amount.minor},
        }
        if order.reason:
            content["reason"] = mapping.reason(order.reason)
        try:
            reply = self._call("POST", "/v3/refund/domestic/refunds", content)
        except Refused as error:
            if error.reason in mapping.LOCKED_OUT:
                raise Unavailable(error.message) from None
            raise
        return self._refund(order, reply)

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        try:
            reply = self._call("GET", f"/v3/refund/domestic/refunds/{quote(order.key)}")
        except Refused as error:
            if error.reason in mapping.NO_REFUND:
                return RefundReport(order.key, Outcome.PENDING)
            raise
        return self._refund(order, reply)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        self._verify(Seal.of(headers), body)
        envelope = json_object(body)
        sealed = envelope.get("resource")
        if not isinstance(sealed, dict) or not isinstance(envelope.get("id"), str):
            raise Untrusted("the notice holds no resource")
        resource = json_object(signing.decrypt(sealed, self._api_key))
        if resource.get("mchid") != self._merchant:
            raise Untrusted("the notice is for another merchant")
        if resource.get("appid", self._app_id) != self._app_id:
            raise Untrusted("the notice is for another app")
        return mapping.notice(envelope, resource)

    def check(self) -> None:
        """Ask about an order that cannot exist: only the right merchant and keys get a signed
        answer.
        """
        path = f"/v3/pay/transactions/out-trade-no/{UNKNOWN_TRADE}?mchid={self._merchant}"
        try:
            self._ask("GET", path)
        except Refused as error:
            if error.reason not in mapping.NO_ORDER:
                raise
        except Untrusted:
            message = "WeChat Pay's answer does not fit the keys given here."
            raise Refused(message, reason="public_key") from None

    def statement(self, day: date) -> Iterator[StatementLine]:
        """A day of Beijing. Payments stand at their success, refunds at their acceptance."""
        if clock.now() < datetime.combine(day, time(), mapping.BEIJING) + BILLS_AFTER:
            raise Unavailable("WeChat Pay has not made that day's bills yet.")
        # Both are read before anything is told.
        trades = self._bill("tradebill", day, "bill_type=ALL")
        funds = self._bill("fundflowbill", day, "account_type=BASIC")
        told = statement.trades(trades) if trades else []
        told += statement.others(funds) if funds else []
        return iter(told)

    def introduction(self, return_url: str, state: str) -> str:
        return self._account.introduction(return_url, state)

    def introduced(self, word: str) -> str:
        return self._account.introduced(word, client=self._client)

    def _bill(self, kind: str, day: date, of: str) -> str:
        """A day's bill; empty when nothing happened."""
        try:
            reply = self._call("GET", f"/v3/bill/{kind}?bill_date={day}&{of}&tar_type=GZIP")
        except Refused as error:
            if error.reason == mapping.NO_BILL:
                return ""
            if error.reason == mapping.BILL_IN_MAKING:
                raise Unavailable(error.message) from None
            raise
        place = urlsplit(str(reply.get("download_url", "")))
        if reply.get("hash_type") != "SHA1" or place.path != DOWNLOAD:
            raise Unavailable("WeChat Pay's answer leads to no bill.")
        # Within thirty seconds, and whatever host is named, from the one that we know.
        response = self._send("GET", f"{place.path}?{place.query}")
        if not response.is_success:
            raise Unavailable("WeChat Pay does not hand out the bill.")
        return statement.text(response.content, str(reply.get("hash_value", "")))

    def _next_step(self, flow: Flow, reply: mapping.Node, return_url: str) -> NextStep:
        if flow == Flow.QR:
            return NextStep(Flow.QR, qr=str(reply.get("code_url", "")))
        if flow == Flow.MOBILE:
            back = urlencode({"redirect_url": return_url})
            return NextStep(flow, url=f"{reply.get('h5_url', '')}&{back}")
        prepared = str(reply.get("prepay_id") or "")
        if not prepared:
            raise Unavailable("WeChat Pay's answer holds no call for its app.")
        call = signing.call(self._app_id, prepared, key=self._private_key, now=clock.now())
        return NextStep(flow, data=call)

    def _refund(self, order: RefundOrder, reply: mapping.Node) -> RefundReport:
        if (reply.get("out_refund_no"), reply.get("out_trade_no")) != (
            order.key,
            order.payment_key,
        ):
            raise Unavailable("WeChat Pay answered about another refund.")
        try:
            return mapping.refund_report(reply, order.key)
        except InvalidAmount as error:
            raise _not_understood(error, order.key) from None

    def _call(self, method: str, target: str, content: Content | None = None) -> mapping.Node:
        """The content of a successful reply. Raises `Refused` or `Unavailable`."""
        try:
            return self._ask(method, target, content)
        except Untrusted:
            logger.error("wechatpay.reply_not_trusted", extra={"target": target.split("?")[0]})
            raise Unavailable("WeChat Pay's answer cannot be trusted.") from None

    def _ask(self, method: str, target: str, content: Content | None = None) -> mapping.Node:
        response = self._send(method, target, content)
        body, headers = response.content, response.headers
        if not response.is_success:
            # An error may come without a signature: then only its code is used, to stop or to ask
            # again, and it says nothing of money.
            raise mapping.error(response.status_code, _error_node(body))
        self._verify(Seal.of(headers), body)
        return json_object(body) if body else {}

    def _send(self, method: str, target: str, content: Content | None = None) -> httpx.Response:
        body = json.dumps(content, ensure_ascii=False).encode() if content is not None else b""
        merchant = (self._merchant, self._serial, self._private_key)
        headers = {
            "accept": "application/json",
            "content-type": "application/json",
            "user-agent": "sleek",
            "authorization": signing.authorization(
                method, target, body, merchant=merchant, now=clock.now()
            ),
        }
        if self._public_key_id:
            headers["wechatpay-serial"] = self._public_key_id
        try:
            request = httpx.Request(method, self._base + target, headers=headers, content=body)
            return http.send(request, client=self._client)
        except httpx.TransportError:
            raise Unavailable("WeChat Pay did not answer.") from None

    def _verify(self, seal: Seal, body: bytes) -> None:
        now = clock.now()
        signing.must_be_recent(seal, now)
        if seal.serial == self._public_key_id and self._public_key:
            key: rsa.RSAPublicKey | None = self._public_key
        elif seal.serial.startswith(PUBLIC_KEY_ID):
            raise Untrusted("the message is signed with a public key that is not entered here")
        else:
            known = keys.ring(self._base, self._merchant)
            key = known.key(seal.serial, now=now, download=self._certificates)
        if key is None:
            raise Untrusted("the message is signed with a key that WeChat Pay does not list")
        signing.verify(seal, body, key)

    def _certificates(self) -> keys.Keys:
        """The platform certificates of today. They are encrypted under the APIv3 key, so nobody but
        WeChat Pay can have written them; the reply's own signature adds nothing and is not read.
        """
        try:
            response = self._send("GET", "/v3/certificates")
        except Unavailable:
            raise Untrusted("the platform certificates cannot be had") from None
        if not response.is_success:
            raise Untrusted("the platform certificates are not given to this merchant")
        listed = json_object(response.content).get("data")
        found: keys.Keys = {}
        for entry in listed if isinstance(listed, list) else []:
            with suppress(Untrusted):  # one that is over leaves the others good
                pem = signing.decrypt(entry["encrypt_certificate"], self._api_key)
                found |= signing.certificate_key(pem, clock.now())
        return found

    def _must_be_ours(self, trade: mapping.Node) -> None:
        if trade.get("mchid") != self._merchant:
            raise Unavailable("WeChat Pay answered about another merchant.")


def _public_key(key_id: str, text: str) -> rsa.RSAPublicKey | None:
    if not key_id and not text:
        return None
    if not key_id.startswith(PUBLIC_KEY_ID):
        message = f"The public key's id begins with {PUBLIC_KEY_ID}."
        raise Refused(message, reason="public_key_id")
    return signing.public_key(text)


def _error_node(body: bytes) -> mapping.Node:
    try:
        return json_object(body)
    except Untrusted:
        return {}


def _unknown(order: Order) -> Report:
    is_over = clock.now() > order.expires_at + END_MARGIN
    return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)


def _not_understood(error: InvalidAmount, key: str) -> Unavailable:
    logger.error("wechatpay.amount_not_understood", extra={"key": key})
    return Unavailable(str(error))
