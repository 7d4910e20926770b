"""`/gateway.do`: every request is verified, every reply is signed over its raw bytes."""

import json
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import faults, world
from sandbox.alipay import checking, notices, signing, trades
from sandbox.alipay.errors import AlipayError, invalid, missing
from sandbox.alipay.methods import METHODS, PAGE_METHODS, UNSUPPORTED, Method
from sandbox.faults import Fault
from sandbox.store import Account, Json
from sandbox.world import World

MAX_BODY_BYTES = 1_000_000
# Alipay's documents name a format for the timestamp and no tolerance, and clients on clocks
# of other zones are known to work; a whole day off is a broken clock at any provider.
TIMESTAMP_TOLERANCE_S = 24 * 3600


def routes() -> list[Route]:
    return [Route("/gateway.do", answer, methods=["GET", "POST"])]


async def answer(request: Request) -> Response:
    params = await _params(request)
    if params.get("method") in PAGE_METHODS:
        return await _answer_page(request, params)
    return await _answer_call(request, params)


async def _answer_call(request: Request, params: dict[str, str]) -> Response:
    this = world.of(request)
    node = f"{params['method'].replace('.', '_')}_response" if params.get("method") else ""
    try:
        account = _account(this, params)
    except AlipayError as error:
        # Without a known app there is no key to sign with.
        return _json({node or "error_response": error.node()})
    fault: Fault | None = None
    try:
        _verify(account, params, this.clock.now())
        perform, operation = _method(params)
        content = checking.biz_content(params.get("biz_content", ""))
        fault = this.faults.for_call("alipay", operation, _reference(this, account, content))
        if early := await _before(fault):
            return early
        common = params | {"base_url": world.base_url(request)}
        with this.store.transaction():
            reply = {"code": "10000", "msg": "Success"} | perform(this, account, content, common)
    except AlipayError as error:
        reply = error.node()
    if late := _after(fault, reply):
        return late
    return _signed(account, node, reply, is_spoilt=faults.strikes(fault, "wrong_signature"))


async def _answer_page(request: Request, params: dict[str, str]) -> Response:
    """A payer's browser comes with the merchant's signed order and goes on to the cashier."""
    this = world.of(request)
    try:
        account = _account(this, params)
        _verify(account, params, this.clock.now())
        content = checking.biz_content(params.get("biz_content", ""))
        fault = this.faults.for_call("alipay", "create", _reference(this, account, content))
        if early := await _before(fault):
            return early
        fields = checking.order(content, params["method"], this.clock.now())
        with this.store.transaction():
            order = trades.prepare(this, account, fields, params)
        if late := _after(fault, {}):
            return late
    except AlipayError as error:
        return error_page(request, error)
    return RedirectResponse(f"/alipay/cashier/{order['id']}", 302)


def error_page(request: Request, error: AlipayError) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    code = error.sub_code.removeprefix("isv.")
    context = {"code": code, "reason": error.sub_msg}
    return templates.TemplateResponse(request, "alipay/error.html", context, status_code=400)


async def _params(request: Request) -> dict[str, str]:
    """Query and form together: common parameters come in one, `biz_content` often in the other."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        body = (await request.body())[:MAX_BODY_BYTES]
        pairs += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(pairs)


def _account(this: World, params: dict[str, str]) -> Account:
    if not params.get("method"):
        raise missing("method")
    if not params.get("app_id"):
        raise missing("app_id")
    account = this.store.account(params["app_id"])
    if account is None or account.provider != "alipay":
        raise invalid("app_id", "无效的AppID参数")
    return account


def _verify(account: Account, params: dict[str, str], now: float) -> None:
    if not params.get("sign"):
        raise AlipayError("40001", "isv.missing-signature", "缺少签名参数")
    if not params.get("sign_type"):
        raise AlipayError("40001", "isv.missing-signature-type", "缺少签名类型参数")
    if params["sign_type"] != "RSA2":
        raise invalid("signature_type", "无效的签名类型")
    text = signing.request_text(params)
    if not signing.is_signed(text, params["sign"], account.data["app_public_key"]):
        raise invalid(
            "signature",
            "验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为："
            + text,
        )
    _verify_common(params, now)


def _verify_common(params: dict[str, str], now: float) -> None:
    for name in ("timestamp", "version"):
        if not params.get(name):
            raise missing(name)
    if params.get("charset", "").lower() != "utf-8":
        raise invalid("charset", "字符集错误，沙盒仅支持 utf-8")
    if params.get("format", "JSON").upper() != "JSON":
        raise invalid("format", "无效的数据格式")
    if params["version"] != "1.0":
        raise invalid("version", "无效的版本参数")
    moment = checking.moment(params["timestamp"])
    if moment is None or abs(moment - now) > TIMESTAMP_TOLERANCE_S:
        raise invalid("timestamp", "非法的时间戳参数")
    if params.get("app_auth_token"):
        raise AlipayError("20001", "aop.invalid-app-auth-token", "无效的应用授权令牌")


def _method(params: dict[str, str]) -> tuple[Method, str]:
    name = params["method"]
    if name in UNSUPPORTED:
        raise AlipayError("40006", "isv.unsupported", "沙盒没有模拟这个接口")
    if name not in METHODS:
        raise invalid("method", "不存在的方法名")
    return METHODS[name]


def _reference(this: World, account: Account, content: Json) -> str:
    if number := content.get("out_trade_no"):
        return str(number)
    trade = this.store.get(account.id, "trade", str(content.get("trade_no", "")))
    return str(trade["out_trade_no"]) if trade else ""


async def _before(fault: Fault | None) -> Response | None:
    """Faults that strike before anything has happened."""
    if fault and fault.kind == "refuse":
        given = fault.parameters
        raise AlipayError(
            str(given.get("code", "40004")),
            str(given.get("sub_code", "ACQ.SYSTEM_ERROR")),
            str(given.get("sub_msg", "系统错误")),
        )
    return await faults.before(fault)


def _after(fault: Fault | None, reply: Json) -> Response | None:
    """Faults that strike when it has happened: the answer is lost or wrong."""
    if fault and fault.kind == "wrong_amount":
        notices.spoil_amounts(reply, fault)
    if fault and fault.kind == "says_closed" and "trade_status" in reply:
        reply["trade_status"] = "TRADE_CLOSED"
        reply.pop("send_pay_date", None)
    if fault and fault.kind == "wrong_currency":
        reply["trans_currency"] = str(fault.parameters.get("currency", "USD"))
    return faults.after(fault)


def _signed(account: Account, node: str, reply: Json, *, is_spoilt: bool) -> Response:
    # Alipay escapes slashes, which a client that re-serialises before verifying gets wrong.
    text = json.dumps(reply, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    signature = signing.sign(text + " " * is_spoilt, account.data["alipay_private_key"])
    body = f'{{"{node}":{text},"sign":"{signature}"}}'
    return Response(body, media_type="text/html;charset=utf-8")


def _json(body: Json) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, media_type="text/html;charset=utf-8")
