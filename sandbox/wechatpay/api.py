"""`/v3/…`: every request is verified, every reply is signed."""

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import faults, world
from sandbox.faults import Fault
from sandbox.store import Account, Json
from sandbox.wechatpay import checking, errors, notices, orders, signing, telling
from sandbox.wechatpay.books import bills
from sandbox.wechatpay.errors import WechatError
from sandbox.world import World

SCHEME = "WECHATPAY2-SHA256-RSA2048 "
TOLERANCE_S = 300
MAX_BODY_BYTES = 64 * 1024
FIELD = re.compile(r'(\w+)="([^"]*)"')

Verb = Callable[[World, Account, Request, Json], Json | None]


def native(this: World, account: Account, request: Request, content: Json) -> Json:
    order = _made(this, account, content, "NATIVE")
    return {"code_url": f"weixin://wxpay/bizpayurl?pr={order['id']}"}


def h5(this: World, account: Account, request: Request, content: Json) -> Json:
    order = _made(this, account, content, "MWEB")
    return {"h5_url": f"{world.base_url(request)}/wechatpay/h5?prepay_id={order['id']}"}


def jsapi(this: World, account: Account, request: Request, content: Json) -> Json:
    openid = checking.payer(this, account, content)
    order = _made(this, account, content, "JSAPI", openid=openid)
    return {"prepay_id": order["id"]}


def query(this: World, account: Account, request: Request, content: Json) -> Json:
    return telling.order_told(account, _order(this, account, request))


def query_by_id(this: World, account: Account, request: Request, content: Json) -> Json:
    _check_merchant(account, request.query_params.get("mchid"))
    wanted = request.path_params["number"]
    for order in this.store.newest(account.id, orders.KIND):
        if order["transaction_id"] == wanted:
            return telling.order_told(account, order)
    raise errors.no_order()


def close(this: World, account: Account, request: Request, content: Json) -> None:
    _check_merchant(account, content.get("mchid"))
    order = orders.of_number(this, account, request.path_params["number"])
    if order is None:
        raise errors.no_order()
    orders.close(this, account, order)


def refund(this: World, account: Account, request: Request, content: Json) -> Json:
    amount = content.get("amount")
    reason = str(content.get("reason") or "")
    if len(reason.encode()) > checking.REASON_BYTES:
        raise errors.bad_parameter("reason 不超过 80 个字节")
    if not isinstance(amount, dict) or amount.get("currency") != "CNY":
        raise errors.bad_parameter("amount.currency 须为 CNY")
    wanted = {
        "out_trade_no": checking.number(content, "out_trade_no", checking.ORDER_NUMBER),
        "out_refund_no": checking.number(content, "out_refund_no", checking.REFUND_NUMBER),
        "refund": checking.fen(amount, "refund"),
        "total": checking.fen(amount, "total"),
        "reason": reason,
        "notify_url": str(content.get("notify_url") or ""),
    }
    order = orders.of_number(this, account, str(wanted["out_trade_no"]))
    if order is None:
        raise errors.no_order()
    return telling.refund_told(orders.refund(this, account, order, wanted))


def query_refund(this: World, account: Account, request: Request, content: Json) -> Json:
    made = orders.refund_of_number(this, account, request.path_params["number"])
    if made is None:
        raise errors.no_refund()
    return telling.refund_told(made)


def certificates(this: World, account: Account, request: Request, content: Json) -> Json:
    """All that are in use, encrypted under the merchant's APIv3 key."""
    return {
        "data": [
            {
                "serial_no": each["serial"],
                "effective_time": checking.rfc3339(each["effective_at"]),
                "expire_time": checking.rfc3339(each["expires_at"]),
                "encrypt_certificate": signing.encrypt(
                    each["certificate"].encode(), account.data["api_v3_key"], aside="certificate"
                ),
            }
            for each in account.data["certificates"]
        ]
    }


# Method, path, verb, and the operation that faults know it by.
CALLS: list[tuple[str, str, Verb, str]] = [
    ("POST", "/v3/pay/transactions/native", native, "create"),
    ("POST", "/v3/pay/transactions/h5", h5, "create"),
    ("POST", "/v3/pay/transactions/jsapi", jsapi, "create"),
    ("GET", "/v3/pay/transactions/out-trade-no/{number}", query, "query"),
    ("GET", "/v3/pay/transactions/id/{number}", query_by_id, "query"),
    ("POST", "/v3/pay/transactions/out-trade-no/{number}/close", close, "close"),
    ("POST", "/v3/refund/domestic/refunds", refund, "refund"),
    ("GET", "/v3/refund/domestic/refunds/{number}", query_refund, "refund_query"),
    ("GET", "/v3/certificates", certificates, "certificates"),
    ("GET", "/v3/bill/tradebill", bills.trade_bill, "statement"),
    ("GET", "/v3/bill/fundflowbill", bills.fund_bill, "statement"),
]


def routes() -> list[Route]:
    return [
        Route(path, _endpoint(verb, operation), methods=[method])
        for method, path, verb, operation in CALLS
    ] + [Route("/v3/billdownload/file", hand_out, methods=["GET"])]


async def hand_out(request: Request) -> Response:
    """A bill, to the merchant who asked for it: the one answer that carries no signature."""
    this = world.of(request)
    try:
        account = _verified(this, request, b"")
        content = bills.file_of(this, account, request.query_params.get("token", ""))
    except WechatError as error:
        return Response(signing.compact(error.node()), error.status, media_type="application/json")
    return Response(content, media_type="application/octet-stream")


def _endpoint(verb: Verb, operation: str) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        return await _answer(request, verb, operation)

    return endpoint


async def _answer(request: Request, verb: Verb, operation: str) -> Response:
    this, raw = world.of(request), await request.body()
    account: Account | None = None
    fault: Fault | None = None
    try:
        account = _verified(this, request, raw)
        content = checking.body(raw) if request.method == "POST" else {}
        fault = this.faults.for_call("wechatpay", operation, _reference(request, content))
        if early := await _before(fault):
            return early
        with this.store.transaction():
            reply, status = verb(this, account, request, content), 200
    except WechatError as error:
        reply, status = error.node(), error.status
    if late := _after(fault, reply):
        return late
    if reply is None:
        status = 204
    body = signing.compact(reply) if reply is not None else b""
    return _signed(this, request, account, body, status=status, fault=fault)


def _verified(this: World, request: Request, raw: bytes) -> Account:
    """The merchant who signed the request."""
    if len(raw) > MAX_BODY_BYTES:
        raise errors.bad_parameter("请求体过大")
    if not request.headers.get("user-agent") or "json" not in request.headers.get("accept", ""):
        raise errors.bad_parameter("缺少 User-Agent 或 Accept 头")
    header = request.headers.get("authorization", "")
    fields = dict(FIELD.findall(header))
    if not header.startswith(SCHEME) or set(fields) != {
        *("mchid", "nonce_str", "timestamp", "serial_no", "signature"),
    }:
        raise errors.bad_signature("Authorization 头格式有误")
    account = this.store.account(fields["mchid"])
    if account is None or account.provider != "wechatpay":
        raise errors.bad_signature("商户号不存在")
    if fields["serial_no"] != account.data["serial_no"]:
        raise errors.bad_signature("商户证书序列号有误")
    sent_at = int(fields["timestamp"]) if fields["timestamp"].isdigit() else 0
    if abs(this.clock.now() - sent_at) > TOLERANCE_S:
        raise errors.bad_signature("时间戳已过期")
    query = f"?{request.url.query}" if request.url.query else ""
    first = f"{request.method}\n{request.url.path}{query}"
    text = f"{first}\n{fields['timestamp']}\n{fields['nonce_str']}\n".encode() + raw + b"\n"
    if not signing.is_signed(text, fields["signature"], account.data["merchant_public_key"]):
        raise errors.bad_signature("签名错误，请检查后再试")
    return account


def _made(
    this: World, account: Account, content: Json, trade_type: str, *, openid: str = ""
) -> Json:
    fields = checking.order(account, content, trade_type, this.clock.now())
    return orders.make(this, account, fields | {"openid": openid})


def _order(this: World, account: Account, request: Request) -> Json:
    _check_merchant(account, request.query_params.get("mchid"))
    order = orders.of_number(this, account, request.path_params["number"])
    if order is None:
        raise errors.no_order()
    return order


def _check_merchant(account: Account, given: object) -> None:
    if given != account.id:
        raise errors.bad_parameter("mchid 与签名的商户号不一致")


def _reference(request: Request, content: Json) -> str:
    number = request.path_params.get("number", "")
    return str(content.get("out_trade_no") or number)


async def _before(fault: Fault | None) -> Response | None:
    """Faults that strike before anything has happened."""
    if fault and fault.kind == "refuse":
        given = fault.parameters
        raise WechatError(
            int(given.get("status", 403)),
            str(given.get("sub_code", given.get("code", "RULE_LIMIT"))),
            str(given.get("message", "业务规则限制")),
        )
    return await faults.before(fault)


def _after(fault: Fault | None, reply: Json | None) -> Response | None:
    """Faults that strike when it has happened: the answer is lost or wrong."""
    if fault and reply is not None:
        notices.spoil(reply, fault)
    return faults.after(fault)


def _signed(
    this: World,
    request: Request,
    account: Account | None,
    body: bytes,
    *,
    status: int,
    fault: Fault | None,
) -> Response:
    if account is None:  # nobody to sign for
        return Response(body, status, media_type="application/json")
    wanted = request.headers.get("wechatpay-serial", "")
    is_spoilt = faults.strikes(fault, "wrong_signature")
    headers = notices.headers(account, body, wanted, now=this.clock.now(), is_spoilt=is_spoilt)
    return Response(body, status, headers, media_type="application/json")
