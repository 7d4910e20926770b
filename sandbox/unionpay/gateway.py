"""UnionPay's addresses: every request is verified, every answer is signed."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import faults, world
from sandbox.faults import Fault
from sandbox.store import Account
from sandbox.unionpay import checking, errors, notices, orders, signing, statements
from sandbox.unionpay.errors import UnionError
from sandbox.unionpay.signing import Fields
from sandbox.world import World

MAX_BODY_BYTES = 64 * 1024
PLAIN = "text/plain;charset=UTF-8"

Verb = Callable[[World, Account, Fields], Fields]


async def front(request: Request) -> Response:
    """A payer's browser brings a signed order, and is led to the cashier."""
    this, raw = world.of(request), await request.body()
    try:
        fields = _read(raw)
        fault = this.faults.for_call("unionpay", "create", fields.get("orderId", ""))
        if early := await _before(fault):
            return early
        account = checking.merchant(this, fields)
        checking.kind(fields, "01", "01", "000201")
        needed = ("orderId", "txnTime", "txnAmt", "currencyCode", "channelType")
        checking.need(fields, *needed, "frontUrl", "backUrl")
        if "payTimeout" in fields:
            checking.need(fields, "payTimeout")
        for name in ("frontUrl", "backUrl"):
            checking.address(fields[name], name)
        with this.store.transaction():
            order = orders.make(this, account, fields)
    except UnionError as error:
        return error_page(request, error)
    if late := faults.after(fault):
        return late
    return RedirectResponse(f"/unionpay/pay/{order['id']}", 303)


def query(this: World, account: Account, fields: Fields) -> Fields:
    checking.kind(fields, "00", "00", "000000")
    checking.need(fields, "orderId", "txnTime")
    found = orders.of_id(this, account, fields["orderId"])
    found = found or orders.refund_of_id(this, account, fields["orderId"])
    if found is None or found["fields"]["txnTime"] != fields["txnTime"]:
        raise errors.no_order()
    return notices.answered(account, found)


def refund(this: World, account: Account, fields: Fields) -> Fields:
    checking.kind(fields, "04", "00", "000201")
    checking.need(fields, "orderId", "txnTime", "txnAmt", "origQryId", "channelType", "backUrl")
    checking.address(fields["backUrl"], "backUrl")
    made = orders.refund(this, account, fields)
    return {"queryId": made["queryId"], "origQryId": fields["origQryId"]}


def file(this: World, account: Account, fields: Fields) -> Fields:
    checking.kind(fields, "76", "01", "000000")
    checking.need(fields, "txnTime", "settleDate", "fileType")
    return statements.file(this, account, fields)


def routes() -> list[Route]:
    return [
        Route("/gateway/api/frontTransReq.do", front, methods=["POST"]),
        Route("/gateway/api/queryTrans.do", _endpoint(query, "query"), methods=["POST"]),
        Route("/gateway/api/backTransReq.do", _endpoint(refund, "refund"), methods=["POST"]),
        Route("/unionpay/files/", _endpoint(file, "statement"), methods=["POST"]),
    ]


def error_page(request: Request, error: UnionError) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    context = {"code": error.code, "reason": error.message}
    return templates.TemplateResponse(request, "unionpay/error.html", context, status_code=400)


def _endpoint(verb: Verb, operation: str) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        return await _answer(request, verb, operation)

    return endpoint


async def _answer(request: Request, verb: Verb, operation: str) -> Response:
    this, raw = world.of(request), await request.body()
    fields: Fields = {}
    fault: Fault | None = None
    try:
        fields = _read(raw)
        account = checking.merchant(this, fields)
        fault = this.faults.for_call(
            "unionpay", _operation(this, account, fields, operation), fields.get("orderId", "")
        )
        if early := await _before(fault):
            return early
        with this.store.transaction():
            reply = verb(this, account, fields)
        reply = {"respCode": "00", "respMsg": notices.WORDS["00"]} | reply
    except UnionError as error:
        reply = {"respCode": error.code, "respMsg": error.message}
    if fault:
        notices.spoil(reply, fault)
    if late := faults.after(fault):
        return late
    return _signed(this, fields, reply, is_spoilt=faults.strikes(fault, "wrong_signature"))


def _read(raw: bytes) -> Fields:
    if len(raw) > MAX_BODY_BYTES:
        raise errors.bad_form("报文过长")
    return signing.read(raw)


def _operation(this: World, account: Account, fields: Fields, operation: str) -> str:
    """A question about a refund is another operation to those who order faults."""
    is_refund = orders.refund_of_id(this, account, fields.get("orderId", "")) is not None
    return "refund_query" if operation == "query" and is_refund else operation


async def _before(fault: Fault | None) -> Response | None:
    """Faults that strike before anything has happened."""
    if fault and fault.kind == "refuse":
        given = fault.parameters
        words = str(given.get("respMsg", "交易金额超限"))
        raise UnionError(str(given.get("respCode", "33")), words)
    return await faults.before(fault)


def _signed(this: World, asked: Fields, reply: Fields, *, is_spoilt: bool) -> Response:
    """What was asked is told back beside the answer."""
    echoed = (
        *("version", "encoding", "signMethod", "txnType", "txnSubType", "bizType", "accessType"),
        *("merId", "orderId", "txnTime", "txnAmt", "settleDate", "fileType"),
    )
    content = {name: asked[name] for name in echoed if name in asked} | reply
    usual = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01"}
    signed = signing.signed(this.store, usual | content, is_spoilt=is_spoilt)
    return Response(signing.written(signed), 200, media_type=PLAIN)
