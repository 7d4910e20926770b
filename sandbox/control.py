"""Orders to the sandbox itself: accounts, faults, the clock, the journal, payers by program."""

import json
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import past, world
from sandbox.alipay import accounts as alipay_accounts
from sandbox.alipay import control as alipay_control
from sandbox.clock import age
from sandbox.faults import BadFault, Fault
from sandbox.identity.google import accounts as google_accounts
from sandbox.identity.weixin import accounts as weixin_accounts
from sandbox.paypal import accounts as paypal_accounts
from sandbox.paypal import control as paypal_control
from sandbox.store import Json
from sandbox.stripe import accounts as stripe_accounts
from sandbox.stripe import control as stripe_control
from sandbox.unionpay import accounts as union_accounts
from sandbox.unionpay import control as union_control
from sandbox.wechatpay import accounts as wechat_accounts
from sandbox.wechatpay import control as wechat_control
from sandbox.world import World

FASTEST_SCALE = 1_000_000.0
OLDEST_DAYS = 400
LONGEST_SKIP_S = 400 * 24 * 3600.0
LOOPBACK = ("127.0.0.1", "::1", "")


class Refused(ValueError):
    """The order makes no sense; the message says why."""


Handler = Callable[[Request, Json], Awaitable[Json]]
Opener = Callable[[World, str, Json], Json]

OPENERS: dict[str, Opener] = {
    "stripe": lambda this, name, order: stripe_accounts.open_account(this, name),
    "alipay": lambda this, name, order: alipay_accounts.open_account(
        this, name, str(order.get("app_public_key") or "")
    ),
    "wechatpay": lambda this, name, order: wechat_accounts.open_account(
        this,
        name,
        str(order.get("merchant_public_key") or ""),
        domain=str(order.get("domain") or ""),
    ),
    "paypal": lambda this, name, order: paypal_accounts.open_account(this, name),
    "unionpay": lambda this, name, order: union_accounts.open_account(
        this, name, str(order.get("merchant_public_key") or "")
    ),
    "google": google_accounts.open_account,
    "weixin": weixin_accounts.open_account,
}

# What can be ordered of each provider, by place and verb.
CONTROLS: Mapping[str, Mapping[str, Mapping[str, Handler]]] = {
    "stripe": stripe_control.VERBS,
    "alipay": alipay_control.VERBS,
    "wechatpay": wechat_control.VERBS,
    "paypal": paypal_control.VERBS,
    "unionpay": union_control.VERBS,
}


def routes() -> list[Route]:
    return [
        Route("/control/accounts", _json(create_account), methods=["POST"]),
        Route("/control/accounts/{id}/age", _json(age_account), methods=["POST"]),
        Route(
            "/control/{provider}/accounts/{id}/remember",
            _json(remember_payments),
            methods=["POST"],
        ),
        Route("/control/faults", _json(order_fault), methods=["POST"]),
        Route("/control/faults", _json(list_faults), methods=["GET"]),
        Route("/control/faults", _json(clear_faults), methods=["DELETE"]),
        Route("/control/clock", _json(set_clock), methods=["POST"]),
        Route("/control/clock", _json(show_clock), methods=["GET"]),
        Route("/control/journal", _json(read_journal), methods=["GET"]),
        Route("/control/flush", _json(flush), methods=["POST"]),
        *(
            Route(f"/control/{provider}/{place}/{{id}}/{verb}", _json(handler), methods=["POST"])
            for provider, control in CONTROLS.items()
            for place, verbs in control.items()
            for verb, handler in verbs.items()
        ),
    ]


async def create_account(request: Request, order: Json) -> Json:
    name = str(order.get("name") or "")
    if not name:
        raise Refused("name is missing")
    opener = OPENERS.get(str(order.get("provider")))
    if opener is None:
        raise Refused(f"provider is one of {', '.join(OPENERS)}")
    return opener(world.of(request), name, order)


async def age_account(request: Request, order: Json) -> Json:
    """All that happened in an account happened `days` earlier."""
    days, account = order.get("days", 1), request.path_params["id"]
    if type(days) is not int or not 1 <= days <= OLDEST_DAYS:
        raise Refused(f"days is a whole number from 1 to {OLDEST_DAYS}")
    this = world.of(request)
    if this.store.account(account) is None:
        raise LookupError(f"no account {account}")
    return {"moved": age(this.store, account, days * 24 * 3600)}


async def remember_payments(request: Request, order: Json) -> Json:
    """Payments that the merchant had before this sandbox was there."""
    path = request.path_params
    return past.remember(world.of(request), path["provider"], path["id"], order)


async def order_fault(request: Request, order: Json) -> Json:
    return _shown(world.of(request).faults.order(order))


async def list_faults(request: Request, order: Json) -> Json:
    return {"data": [_shown(fault) for fault in world.of(request).faults.waiting()]}


async def clear_faults(request: Request, order: Json) -> Json:
    world.of(request).faults.clear()
    return {"data": []}


async def set_clock(request: Request, order: Json) -> Json:
    scale = order.get("scale")
    if not isinstance(scale, int | float) or not 0 < scale <= FASTEST_SCALE:
        raise Refused(f"scale is a number above 0, at most {FASTEST_SCALE:.0f}")
    this = world.of(request)
    this.clock.set_scale(float(scale))
    this.deliveries.wake()
    return await show_clock(request, order)


async def show_clock(request: Request, order: Json) -> Json:
    clock = world.of(request).clock
    return {"scale": clock.scale, "schedule_s": clock.tick(), "now": clock.now()}


async def read_journal(request: Request, order: Json) -> Json:
    since = request.query_params.get("since", "0")
    if not since.isdigit():
        raise Refused("since is the seq of the last entry you have")
    reference = request.query_params.get("reference", "")
    entries = world.of(request).journal.since(int(since), reference)
    return {"data": entries, "last": entries[-1]["seq"] if entries else int(since)}


async def flush(request: Request, order: Json) -> Json:
    """Send what is due or held, after skipping `ahead_s` seconds of the schedule."""
    ahead = order.get("ahead_s", 0)
    if not isinstance(ahead, int | float) or not 0 <= ahead <= LONGEST_SKIP_S:
        raise Refused(f"ahead_s is a number from 0 to {LONGEST_SKIP_S:.0f}")
    this = world.of(request)
    if ahead:
        this.clock.skip(float(ahead))
    attempts = await this.deliveries.flush()
    return {"attempts": attempts, "waiting": this.deliveries.waiting_count()}


def _json(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if request.client is not None and request.client.host not in LOOPBACK:
            return JSONResponse({"error": "loopback only"}, 403)
        try:
            body = await request.body()
            order = json.loads(body) if body else {}
            if not isinstance(order, dict):
                raise Refused("the body is a JSON object")
            return JSONResponse(await handler(request, order))
        except LookupError as error:
            return JSONResponse({"error": str(error)}, 404)
        except (BadFault, Refused, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return answer


def _shown(fault: Fault) -> Json:
    return {
        "id": fault.id,
        "provider": fault.provider,
        "operation": fault.operation,
        "kind": fault.kind,
        "times": fault.times,
        "parameters": fault.parameters,
        "match": fault.match,
    }
