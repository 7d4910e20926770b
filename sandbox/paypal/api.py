"""PayPal's API: tokens, request ids, and the calls behind them."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox import faults, world
from sandbox.faults import Fault
from sandbox.paypal import accounts, checking, errors, notices, orders, reporting, signing, telling
from sandbox.paypal.errors import OAuthError, PaypalError
from sandbox.store import Account, Json
from sandbox.world import World

MAX_BODY_BYTES = 1024 * 1024
MAX_REQUEST_ID = 108
HOUR_S, DAY_S = 3600.0, 24 * 3600.0
REMEMBERED = "paypal.request"


@dataclass(frozen=True, slots=True)
class Call:
    world: World
    account: Account
    request: Request
    raw: bytes
    content: Json
    listed: object

    @property
    def id(self) -> str:
        return str(self.request.path_params.get("id", ""))

    @property
    def base(self) -> str:
        return world.base_url(self.request)

    @property
    def request_id(self) -> str:
        return self.request.headers.get("paypal-request-id", "")


Verb = Callable[[Call], tuple[int, Json | None]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`remembers_s` is how long its answer to a request id is given again."""

    method: str
    path: str
    verb: Verb
    fault: str
    remembers_s: float = 0.0


def create_order(call: Call) -> tuple[int, Json]:
    if "payment_source" in call.content and not call.request_id:
        raise errors.bad("PAYPAL_REQUEST_ID_REQUIRED", "PayPal-Request-Id")
    order = orders.make(call.world, call.account, checking.order(call.content), call.base)
    return 200 if order["has_source"] else 201, _order_shown(call, order)


def show_order(call: Call) -> tuple[int, Json]:
    order = orders.found(call.world, call.account, call.id)
    return 200, telling.order_told(call.account, order, call.base)


def patch_order(call: Call) -> tuple[int, None]:
    intent = checking.patch(call.listed)
    order = orders.found(call.world, call.account, call.id)
    orders.patch(call.world, call.account, order, intent)
    return 204, None


def capture_order(call: Call) -> tuple[int, Json]:
    order = orders.found(call.world, call.account, call.id)
    orders.capture(call.world, call.account, order, call.base)
    return 201, _order_shown(call, order)


def show_capture(call: Call) -> tuple[int, Json]:
    return 200, telling.capture_told(
        orders.of_capture(call.world, call.account, call.id), call.base
    )


def refund_capture(call: Call) -> tuple[int, Json]:
    order = orders.of_capture(call.world, call.account, call.id)
    made = orders.refund(call.world, call.account, order, checking.refund(call.content))
    told = telling.refund_told(made, call.base)
    return 201, told if _wants_all(call) else _minimal(told)


def show_refund(call: Call) -> tuple[int, Json]:
    made = call.world.store.get(call.account.id, orders.REFUND, call.id)
    if made is None:
        raise errors.not_found(call.id)
    return 200, telling.refund_told(made, call.base)


def report(call: Call) -> tuple[int, Json]:
    return 200, reporting.transactions(call.world, call.account, call.request.query_params)


def add_webhook(call: Call) -> tuple[int, Json]:
    return 201, accounts.add_webhook(call.world, call.account, call.content)


def show_webhook(call: Call) -> tuple[int, Json]:
    found = accounts.webhook(call.world, call.account, call.id)
    return 200, accounts.webhook_told(found)


def verify_signature(call: Call) -> tuple[int, Json]:
    """PayPal's own answer on a notice, over the event as it stands in this request's bytes."""
    given = call.content
    name = str(given.get("cert_url", "")).rpartition("/")[2]
    chain = accounts.chain(call.world, name)
    event = _raw_event(call.raw)
    text = notices.signed_text(
        str(given.get("transmission_id")),
        str(given.get("transmission_time")),
        str(given.get("webhook_id")),
        event,
    )
    is_right = chain is not None and signing.is_signed(
        text, str(given.get("transmission_sig")), chain
    )
    return 200, {"verification_status": "SUCCESS" if is_right else "FAILURE"}


ORDERS, PAYMENTS = "/v2/checkout/orders", "/v2/payments"
OPERATIONS = [
    Operation("POST", ORDERS, create_order, "create", 6 * HOUR_S),
    Operation("GET", f"{ORDERS}/{{id}}", show_order, "query"),
    Operation("PATCH", f"{ORDERS}/{{id}}", patch_order, "close"),
    Operation("POST", f"{ORDERS}/{{id}}/capture", capture_order, "capture", 6 * HOUR_S),
    Operation("GET", f"{PAYMENTS}/captures/{{id}}", show_capture, "query"),
    Operation("POST", f"{PAYMENTS}/captures/{{id}}/refund", refund_capture, "refund", 45 * DAY_S),
    Operation("GET", f"{PAYMENTS}/refunds/{{id}}", show_refund, "refund_query"),
    Operation("GET", "/v1/reporting/transactions", report, "statement"),
    Operation("POST", "/v1/notifications/webhooks", add_webhook, "webhooks"),
    Operation("GET", "/v1/notifications/webhooks/{id}", show_webhook, "webhooks"),
    Operation("POST", "/v1/notifications/verify-webhook-signature", verify_signature, "webhooks"),
]


def routes() -> list[Route]:
    return [
        Route("/v1/oauth2/token", log_in, methods=["POST"]),
        Route("/v1/notifications/certs/{id}", show_certificate, methods=["GET"]),
        *(Route(each.path, _endpoint(each), methods=[each.method]) for each in OPERATIONS),
    ]


async def log_in(request: Request) -> Response:
    this = world.of(request)
    fault = this.faults.for_call("paypal", "token", "")
    if early := await faults.before(fault):
        return early
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    try:
        if form.get("grant_type") != ["client_credentials"]:
            raise OAuthError("unsupported_grant_type", "Grant Type is NULL")
        if scheme != "Basic":
            raise OAuthError("invalid_client", "Client Authentication failed")
        client_id, _, password = _decoded(secret).partition(":")
        reply, status = accounts.log_in(this, client_id, password), 200
    except OAuthError as error:
        reply, status = error.node(), error.status
    return faults.after(fault) or _json(reply, status)


async def show_certificate(request: Request) -> Response:
    chain = accounts.chain(world.of(request), request.path_params["id"])
    if chain is None:
        return PlainTextResponse("", 404)
    return Response(chain, media_type="application/x-pem-file")


def _endpoint(operation: Operation) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        this, raw = world.of(request), await request.body()
        fault: Fault | None = None
        try:
            account = _authenticate(this, request)
            call = _call(this, account, request, raw)
            fault = this.faults.for_call("paypal", operation.fault, _reference(call))
            if early := await _before(fault):
                return early
            status, reply = _answer_once(operation, call)
        except (PaypalError, OAuthError) as error:
            status, reply = error.status, error.node()
        if fault and reply is not None:
            notices.spoil(reply, fault)
        return faults.after(fault) or _json(reply, status)

    return endpoint


def _authenticate(this: World, request: Request) -> Account:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer":
        raise OAuthError("invalid_token", "Authorization header does not have valid access token")
    return accounts.of_token(this, token.strip())


def _call(this: World, account: Account, request: Request, raw: bytes) -> Call:
    if len(raw) > MAX_BODY_BYTES:
        raise errors.bad("MALFORMED_REQUEST_JSON")
    if raw and "json" not in request.headers.get("content-type", ""):
        raise PaypalError(415, "UNSUPPORTED_MEDIA_TYPE", [], [])
    listed = checking.body(raw)
    if not isinstance(listed, dict | list):
        raise errors.bad("MALFORMED_REQUEST_JSON")
    content = listed if isinstance(listed, dict) else {}
    call = Call(this, account, request, raw, content, listed)
    if len(call.request_id) > MAX_REQUEST_ID:
        raise errors.bad("INVALID_STRING_LENGTH", "PayPal-Request-Id", call.request_id)
    return call


def _answer_once(operation: Operation, call: Call) -> tuple[int, Json | None]:
    """A request id is good for one request, whose success is told again for as long as PayPal
    remembers it; a refusal is not remembered.
    """
    store, request_id = call.world.store, call.request_id
    if not request_id or not operation.remembers_s:
        return _in_one_go(operation, call)
    now, asked = call.world.clock.tick(), f"{operation.path} {call.id}"
    for known in store.by_reference(call.account.id, REMEMBERED, request_id):
        if now > known["ends_at"]:
            continue
        if (known["asked"], known["content"]) != (asked, call.content):
            raise errors.refused("DUPLICATE_REQUEST_ID", "PayPal-Request-Id", request_id)
        return 200, _anew(call, known["reply"])
    status, reply = _in_one_go(operation, call)
    kept = {
        "id": world.token(24),
        "asked": asked,
        "content": call.content,
        "reply": reply,
        "ends_at": now + operation.remembers_s,
    }
    store.insert(call.account.id, REMEMBERED, kept, reference=request_id)
    return status, reply


def _in_one_go(operation: Operation, call: Call) -> tuple[int, Json | None]:
    """All or nothing, but that a refused capture leaves its order to be approved again."""
    refusal: PaypalError | None = None
    with call.world.store.transaction():
        try:
            return operation.verb(call)
        except PaypalError as error:
            refusal = error
    raise refusal


def _anew(call: Call, reply: Json) -> Json:
    """The latest state of what the first request made."""
    order = call.world.store.get(call.account.id, orders.KIND, str(reply.get("id")))
    return reply if order is None else _order_shown(call, order)


def _order_shown(call: Call, order: Json) -> Json:
    told = telling.order_told(call.account, order, call.base)
    return told if _wants_all(call) else _minimal(told)


def _minimal(told: Json) -> Json:
    names = ("id", "status", "payment_source", "links")
    return {name: told[name] for name in names if name in told}


def _wants_all(call: Call) -> bool:
    return call.request.headers.get("prefer", "") == "return=representation"


def _reference(call: Call) -> str:
    """Our own id of what a request is about, for faults that name one."""
    units = call.content.get("purchase_units")
    if isinstance(units, list) and units and isinstance(units[0], dict):
        return str(units[0].get("custom_id", ""))
    store, account = call.world.store, call.account.id
    order = store.get(account, orders.KIND, call.id) if call.id else None
    if order is None and call.id:
        made = store.get(account, orders.REFUND, call.id)
        wanted = made["capture"] if made else call.id
        known = store.newest(account, orders.KIND)
        order = next((one for one in known if (one["capture"] or {}).get("id") == wanted), None)
    return str(order["custom_id"]) if order else ""


async def _before(fault: Fault | None) -> Response | None:
    """Faults that strike before anything has happened."""
    if fault and fault.kind == "refuse":
        given = fault.parameters
        issue = str(given.get("issue", given.get("sub_code", "PAYEE_ACCOUNT_RESTRICTED")))
        error = errors.refused(issue)
        error.status = int(given.get("status", 422))
        raise error
    return await faults.before(fault)


def _raw_event(raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace")
    at = text.find('"webhook_event"')
    start = text.find("{", at)
    if at < 0 or start < 0:
        raise errors.bad("MISSING_REQUIRED_PARAMETER", "/webhook_event")
    _event, end = json.JSONDecoder().raw_decode(text, start)
    return text[start:end].encode()


def _decoded(secret: str) -> str:
    try:
        return base64.b64decode(secret, validate=True).decode()
    except ValueError:
        return ""


def _json(reply: Json | None, status: int) -> Response:
    headers = {"PayPal-Debug-Id": world.token(13).lower()}
    if reply is None:
        return Response(status_code=status, headers=headers)
    text = json.dumps(reply, ensure_ascii=False)
    return Response(text, status, headers, media_type="application/json")
