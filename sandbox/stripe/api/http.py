"""Stripe's API over HTTP: keys, parameters, idempotency, errors in Stripe's shape."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import world
from sandbox.faults import CALL_DELAY_S, HANG_S, Fault, Hangup
from sandbox.store import Account, Json
from sandbox.stripe import events
from sandbox.stripe.api import params
from sandbox.stripe.api.expand import expand
from sandbox.stripe.api.operations import OPERATIONS, Call, Operation
from sandbox.stripe.errors import StripeError
from sandbox.stripe.objects import API_VERSION
from sandbox.world import World

MAX_BODY_BYTES = 1_000_000
MAX_KEY_CHARS = 255
ALL = ["GET", "POST", "DELETE", "PUT", "PATCH"]
LOOK_UPS = ("checkout.session", "payment_intent", "charge", "refund")


def routes() -> list[Route]:
    paths: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = operation
    found = [Route(path, _endpoint(methods), methods=ALL) for path, methods in paths.items()]
    return [*found, Route("/v1/{rest:path}", _endpoint({}), methods=ALL)]


def _endpoint(
    operations: dict[str, Operation],
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        this = world.of(request)
        try:
            account = _authenticate(this, request)
            operation = operations.get(request.method)
            if operation is None:
                raise _unrecognised(request)
            raw = params.parse(await _pairs(request))
            return await _answer_once(this, account, operation, request, raw)
        except StripeError as error:
            return _reply(error.status, error.body(), request)

    return answer


def _unrecognised(request: Request) -> StripeError:
    return StripeError(
        f"Unrecognized request URL ({request.method}: {request.url.path}). Please see"
        " https://stripe.com/docs or we can help at https://support.stripe.com/.",
        status=404,
    )


def _authenticate(this: World, request: Request) -> Account:
    key = _key(request.headers.get("authorization", ""))
    if not key:
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the"
            " Authorization header, using Bearer auth (e.g. 'Authorization: Bearer"
            " YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or"
            " we can help at https://support.stripe.com/.",
            status=401,
        )
    for account in this.store.accounts("stripe"):
        if account.data["secret_key"] == key:
            return account
        if account.data["publishable_key"] == key:
            raise StripeError(
                "This API call cannot be made with a publishable API key. Please use a secret"
                " API key. You can find a list of your API keys at"
                " https://dashboard.stripe.com/account/apikeys.",
                status=401,
                code="secret_key_required",
            )
    shown = f"{key[:8]}{'*' * 12}{key[-4:]}"
    raise StripeError(f"Invalid API Key provided: {shown}", status=401)


def _key(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except ValueError:
            return ""
    return ""


async def _pairs(request: Request) -> list[tuple[str, str]]:
    text = request.url.query
    if request.method == "POST":
        body = await request.body()
        if len(body) > MAX_BODY_BYTES:
            raise StripeError("The request is too large.", status=413)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != "application/x-www-form-urlencoded":
            message = f"Invalid content type: {kind}. Use application/x-www-form-urlencoded."
            raise StripeError(message)
        text = body.decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True)


async def _answer_once(
    this: World, account: Account, operation: Operation, request: Request, raw: Json
) -> Response:
    """Keep the first answer to a key, also a 500, and give it again to whoever asks again."""
    key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
    if not key:
        return await _answer(this, account, operation, request, raw)
    if len(key) > MAX_KEY_CHARS:
        message = f"Idempotency keys may be at most {MAX_KEY_CHARS} characters long."
        raise StripeError(message, type="idempotency_error")
    known = this.store.recall(account.id, key)
    if known is not None:
        if known["path"] != request.url.path or known["parameters"] != _canonical(raw):
            raise _reused(key, known["path"], request.url.path)
        reply = _reply(known["status"], json.loads(known["body"]), request)
        reply.headers["Idempotent-Replayed"] = "true"
        return reply
    if (account.id, key) in this.in_flight:
        raise StripeError(
            "There is currently another in-progress request using this Stripe idempotency key:"
            f" {key}",
            status=409,
            type="idempotency_error",
            code="idempotency_key_in_use",
        )
    this.in_flight.add((account.id, key))
    try:
        return await _answer(this, account, operation, request, raw)
    finally:
        this.in_flight.discard((account.id, key))


async def _answer(
    this: World, account: Account, operation: Operation, request: Request, raw: Json
) -> Response:
    fault = None
    if operation.fault:
        reference = _reference(this, account.id, request.path_params.get("id", ""), raw)
        fault = this.faults.for_call("stripe", operation.fault, reference)
    kind = fault.kind if fault else ""
    if fault and kind == "delay":
        await asyncio.sleep(fault.number("seconds", CALL_DELAY_S))
    if fault and kind == "timeout_before":
        return Hangup(fault.number("seconds", HANG_S))
    checked = operation.check(raw, int(this.clock.now()))
    call = Call(
        this,
        account,
        checked,
        request.path_params.get("id", ""),
        world.base_url(request),
    )
    with this.store.transaction():
        status, body = _perform(operation, call, fault)
        key = request.headers.get("idempotency-key", "")
        if key and request.method == "POST":
            _remember(this, account, key, request, (_canonical(raw), status, json.dumps(body)))
    if fault and kind == "timeout_after":
        return Hangup(fault.number("seconds", HANG_S))
    return _reply(status, body, request)


def _perform(operation: Operation, call: Call, fault: Fault | None) -> tuple[int, Json]:
    """The status and body, of which a refusal once the work began is one too."""
    if fault and fault.kind == "error_500" and not fault.parameters.get("effect"):
        return 500, _server_error()
    try:
        if fault and fault.kind == "refuse":
            raise _ordered_refusal(fault)
        with call.world.store.transaction():
            body = operation.perform(call)
            if "error" in body:  # a decline, which leaves its mark
                return 402, body
            expand(call.world, call.account.id, body, call.params.get("expand", []))
    except StripeError as error:
        return error.status, error.body()
    if fault and fault.kind == "error_500":
        return 500, _server_error()
    if fault:
        events.spoil(body, fault)
    return 200, body


def _reference(this: World, account: str, object_id: str, raw: Json) -> str:
    """The merchant's reference that a request is about, for faults that name one."""
    if "client_reference_id" in raw:
        return str(raw["client_reference_id"])
    names = (object_id, raw.get("payment_intent"), raw.get("charge"))
    for name in (name for name in names if isinstance(name, str) and name):
        for kind in LOOK_UPS:
            found = this.store.get(account, kind, name)
            if found:
                return str(found["sandbox_reference"])
    return ""


def _remember(
    this: World,
    account: Account,
    key: str,
    request: Request,
    answer: tuple[str, int, str],
) -> None:
    sql = "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?)"
    this.store.execute(sql, account.id, key, request.url.path, *answer)


def _canonical(raw: Json) -> str:
    return json.dumps(raw, sort_keys=True)


def _reused(key: str, first_path: str, path: str) -> StripeError:
    if first_path != path:
        message = (
            "Keys for idempotent requests can only be used for the same endpoint they were first"
            f" used for ('{path}' vs '{first_path}'). Try using a key other than '{key}' if you"
            " meant to execute a different request."
        )
    else:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were"
            f" first used with. Try using a key other than '{key}' if you meant to execute a"
            " different request."
        )
    return StripeError(message, type="idempotency_error")


def _ordered_refusal(fault: Fault) -> StripeError:
    given = fault.parameters
    return StripeError(
        str(given.get("message", "The sandbox was told to refuse this.")),
        status=int(given.get("status", 400)),
        type=str(given.get("type", "invalid_request_error")),
        code=str(given.get("code", "")),
    )


def _server_error() -> Json:
    message = "An unknown error occurred. (The sandbox was told to say so.)"
    return {"error": {"message": message, "type": "api_error"}}


def _reply(status: int, body: Json, request: Request) -> Response:
    request_id = f"req_{world.token(14)}"
    if "error" in body:
        log = f"https://dashboard.stripe.com/test/logs/{request_id}"
        body = {"error": {**body["error"], "request_log_url": log}}
    headers = {
        "Request-Id": request_id,
        "Stripe-Version": request.headers.get("stripe-version", API_VERSION),
        "Cache-Control": "no-cache, no-store",
    }
    if key := request.headers.get("idempotency-key"):
        headers["Idempotency-Key"] = key
        headers["Original-Request"] = request_id
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return Response(text, status, headers, media_type="application/json")
