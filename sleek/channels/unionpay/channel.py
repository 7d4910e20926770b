"""Talking to UnionPay: the payer's browser carries a signed form there, we ask and give back.

Starting needs no call, so it cannot fail half-way. An order is known by its id and its time
together, and must be asked about by both. It cannot be closed: it ends when its time is over.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlencode

import httpx

from sleek.channels.base import (
    Acknowledgement,
    Capabilities,
    Cost,
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
from sleek.channels.unionpay import mapping, signing, statement
from sleek.core import clock, http
from sleek.core.money import InvalidAmount

logger = logging.getLogger(__name__)

GATEWAY, FILES = "https://gateway.95516.com", "https://filedownload.95516.com"
LIFETIME = timedelta(minutes=15)  # UnionPay's own advice
# A bank's page may finish after the order's end, and the news needs its time too.
END_MARGIN = timedelta(minutes=10)
# By then a day's file is there, or nothing was settled that day.
FILE_IS_THERE_AFTER = timedelta(hours=36)
LARGEST_FEN = 100_000_000  # of one order, unless the merchant's contract says otherwise
UNKNOWN_ORDER = "att_sleekconnectioncheck"
NO_NOTICE = "http://www.specialUrl.com"  # UnionPay's word for: we shall ask
MERCHANT = re.compile(r"[0-9A-Za-z]{15}", re.ASCII)
DEVICES = {Flow.REDIRECT: "07", Flow.MOBILE: "08"}
LIST_PRICE = Cost(Decimal("0.006"))

Content = dict[str, str]


class UnionPay:
    id: ClassVar[str] = "unionpay"
    capabilities: ClassVar[Capabilities] = Capabilities(
        methods=(
            Method(
                id="unionpay",
                flows=(Flow.REDIRECT, Flow.MOBILE),
                currencies=frozenset({mapping.CURRENCY}),
                maximum={mapping.CURRENCY: LARGEST_FEN},
                cost=LIST_PRICE,
            ),
        ),
        tells_fee=False,
        lifetime=LIFETIME,
        can_close=False,
        has_statement=True,
    )
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(200, "ok")
    fields: ClassVar[tuple[Credential, ...]] = (
        Credential("mer_id"),
        Credential("sign_key", Secrecy.KEY),
        Credential("sign_password", Secrecy.SECRET, is_required=False),
        Credential("root_certificate", Secrecy.OPEN_KEY),
        Credential("middle_certificate", Secrecy.OPEN_KEY),
        Credential("gateway", is_required=False),
        Credential("file_gateway", is_required=False),
    )

    def __init__(
        self, credentials: Mapping[str, str], *, client: httpx.Client | None = None
    ) -> None:
        """Credentials: `mer_id`; `sign_key`, a PFX in base64 with its `sign_password`, or PEM of
        certificate and key; `root_certificate` and `middle_certificate`; `gateway` and
        `file_gateway` are left empty. Raises `Refused` for what cannot work, by its name.
        """
        self._merchant = credentials["mer_id"]
        if not MERCHANT.fullmatch(self._merchant):
            raise Refused("UnionPay's merchant number has 15 digits.", reason="mer_id")
        self._signer = signing.signer(credentials["sign_key"], credentials.get("sign_password", ""))
        self._trust = signing.trust(
            credentials["root_certificate"], credentials["middle_certificate"]
        )
        self._gateway = _address(credentials, "gateway", GATEWAY)
        self._files = _address(credentials, "file_gateway", FILES)
        self._client = client

    def start(self, order: Order) -> NextStep:
        flow = Flow(order.flow)
        content = {
            **self._common(mapping.PURCHASE, "01", "000201"),
            **_named(order.key, order.started_at),
            "channelType": DEVICES[flow],
            "txnAmt": mapping.fen(order.amount),
            "currencyCode": mapping.CURRENCY_NUMBER,
            "payTimeout": mapping.beijing(order.expires_at),
            "frontUrl": order.return_url,
            "backUrl": order.notice_url,
            "riskRateInfo": mapping.commodity(order.description, order.key),
        }
        url = f"{self._gateway}/gateway/api/frontTransReq.do"
        return NextStep(flow, url=url, data=signing.sign(content, self._signer))

    def fetch(self, order: Order) -> Report:
        is_over = clock.now() > order.expires_at + END_MARGIN
        try:
            reply = self._query(order.key, order.started_at)
        except Refused as error:
            if error.reason == mapping.NO_ORDER:
                return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)
            raise
        if reply.get("txnType") != mapping.PURCHASE:
            raise Unavailable("UnionPay answered about something else.")
        try:
            return mapping.report(reply, order.key, is_over=is_over)
        except InvalidAmount as error:
            raise _not_understood(error, order.key) from None

    def cancel(self, order: Order) -> Report:
        """There is no call for it: what it is now."""
        return self.fetch(order)

    def refund(self, order: RefundOrder) -> RefundReport:
        """UnionPay takes it and does it later. Whatever it says to a repetition, the refund itself
        says what it is: an old one may be refused for its time although it was done.
        """
        content = {
            **self._common(mapping.REFUND, "00", "000201"),
            **_named(order.key, order.started_at),
            "channelType": DEVICES[Flow.REDIRECT],
            "txnAmt": mapping.fen(order.amount),
            "origQryId": order.reference,
            "backUrl": NO_NOTICE,
        }
        try:
            reply = self._call("backTransReq.do", content)
        except Refused as refusal:
            try:
                known = self._refund_known(order)
            except Refused as error:
                # Access that was taken away says nothing of an earlier request, which may have
                # moved money.
                raise Unavailable(error.message) from None
            if known is None:
                raise refusal from None
            return known
        self._must_be_refund_of(order, reply)
        return RefundReport(order.key, Outcome.PENDING, reference=reply.get("queryId", ""))

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        return self._refund_known(order) or RefundReport(order.key, Outcome.PENDING)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        fields = signing.read_form(body)
        signing.verify(fields, self._trust, clock.now())
        if fields.get("merId") != self._merchant:
            raise Untrusted("the notice is for another merchant")
        return mapping.notice(fields)

    def statement(self, day: date) -> Iterator[StatementLine]:
        content = {
            **self._common("76", "01", "000000"),
            "txnTime": mapping.beijing(clock.now()),
            "settleDate": f"{day:%m%d}",
            "fileType": "00",
        }
        try:
            reply = self._call("", content)
        except Refused as error:
            if error.reason == mapping.NO_FILE and _is_settled(day):
                return
            raise Unavailable(error.message) from None
        yield from statement.lines(reply.get("fileContent", ""), self._merchant, day)

    def check(self) -> None:
        """Ask about an order that cannot exist: only the right merchant and keys get that answer,
        signed.
        """
        try:
            self._ask("queryTrans.do", self._question(UNKNOWN_ORDER, clock.now()))
        except Refused as error:
            if error.reason != mapping.NO_ORDER:
                raise
        except Untrusted:
            message = "UnionPay's answer does not fit the certificates given here."
            raise Refused(message, reason="root_certificate") from None

    def _refund_known(self, order: RefundOrder) -> RefundReport | None:
        try:
            reply = self._query(order.key, order.started_at)
        except Refused as error:
            if error.reason == mapping.NO_ORDER:
                return None
            raise
        code = reply.get("origRespCode", "")
        if code == mapping.NO_ORDER:
            return None
        self._must_be_refund_of(order, reply)
        try:
            return mapping.refund_report(reply, order.key, code)
        except InvalidAmount as error:
            raise _not_understood(error, order.key) from None

    def _must_be_refund_of(self, order: RefundOrder, reply: mapping.Fields) -> None:
        about = (reply.get("txnType"), reply.get("origQryId", order.reference))
        if about != (mapping.REFUND, order.reference):
            raise Unavailable("UnionPay answered about another refund.")

    def _query(self, key: str, started_at: datetime | None) -> mapping.Fields:
        return self._call("queryTrans.do", self._question(key, started_at))

    def _question(self, key: str, started_at: datetime | None) -> Content:
        return self._common("00", "00", "000000") | _named(key, started_at)

    def _common(self, kind: str, sub_kind: str, product: str) -> Content:
        return {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "txnType": kind,
            "txnSubType": sub_kind,
            "bizType": product,
            "accessType": "0",
            "merId": self._merchant,
        }

    def _call(self, name: str, content: Content) -> mapping.Fields:
        """The fields of a successful reply. Raises `Refused` or `Unavailable`."""
        try:
            return self._ask(name, content)
        except Untrusted as error:
            logger.error("unionpay.reply_not_trusted", extra={"call": name, "why": error.message})
            raise Unavailable("UnionPay's answer cannot be trusted.") from None

    def _ask(self, name: str, content: Content) -> mapping.Fields:
        url = f"{self._gateway}/gateway/api/{name}" if name else f"{self._files}/"
        response = self._send(url, signing.sign(content, self._signer))
        if response.status_code != 200:
            raise Unavailable(f"UnionPay could not answer ({response.status_code}).")
        reply = signing.read_reply(response.content)
        signing.verify(reply, self._trust, clock.now())
        asked = ("merId", "orderId", "txnTime", "settleDate")
        if any(reply.get(field) != content[field] for field in asked if field in content):
            raise Untrusted("the answer is to another question")
        if reply.get("respCode") not in mapping.SUCCESS:
            raise mapping.error(reply.get("respCode", ""), reply.get("respMsg", ""))
        return reply

    def _send(self, url: str, fields: Content) -> httpx.Response:
        headers = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
        body = urlencode(fields).encode()
        try:
            request = httpx.Request("POST", url, headers=headers, content=body)
            return http.send(request, client=self._client)
        except httpx.TransportError:
            raise Unavailable("UnionPay did not answer.") from None


def _named(key: str, started_at: datetime | None) -> Content:
    """The two that make an order. They stay the same for ever: under another time the same id is
    another order.
    """
    if started_at is None:
        raise Refused("UnionPay needs to know when the order was made.", reason="started_at")
    return {"orderId": mapping.order_id(key), "txnTime": mapping.beijing(started_at)}


def _address(credentials: Mapping[str, str], name: str, usual: str) -> str:
    address = credentials.get(name) or usual
    if not is_web_address(address):
        raise Refused("UnionPay's address is no web address.", reason=name)
    return address.rstrip("/")


def _is_settled(day: date) -> bool:
    begins = datetime.combine(day, time(), mapping.BEIJING)
    return clock.now() > begins.astimezone(UTC) + timedelta(days=1) + FILE_IS_THERE_AFTER


def _not_understood(error: InvalidAmount, key: str) -> Unavailable:
    logger.error("unionpay.amount_not_understood", extra={"key": key})
    return Unavailable(str(error))
