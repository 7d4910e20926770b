"""The payer's phone: it scanned a native code, opened an H5 page in its browser, or reads a page
inside WeChat that calls for a payment.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.store import Account, Json
from sandbox.wechatpay import bridge, errors, orders
from sandbox.wechatpay.errors import WechatError
from sandbox.wechatpay.telling import WAIT


def routes() -> list[Route]:
    return [
        Route("/wechatpay/scan/{id}", show, methods=["GET"]),
        Route("/wechatpay/scan/{id}", act, methods=["POST"]),
        Route("/wechatpay/h5", show, methods=["GET"]),
        Route("/wechatpay/h5", act, methods=["POST"]),
        Route("/wechatpay/jsapi", show, methods=["GET"]),
        Route("/wechatpay/jsapi", act, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    try:
        account, order = _find(request)
    except WechatError as error:
        return _refused(request, error)
    if order["state"] != WAIT:
        return _page(request, "done.html", account, order)
    return _page(request, "confirm.html", account, order)


async def act(request: Request) -> Response:
    try:
        account, order = _find(request)
    except WechatError as error:
        return _refused(request, error)
    action = str((await request.form()).get("action", ""))
    if action == "insufficient":
        return _page(request, "confirm.html", account, order, has_failed=True)
    if action in ("pay", "vanish"):
        this = world.of(request)
        try:
            with this.store.transaction():
                orders.pay(this, account, order)
        except WechatError as error:
            return _refused(request, error)
    target = _back(request)
    if action == "vanish" or not target:
        return _page(request, "done.html", account, order)
    return RedirectResponse(target, 303)


def _back(request: Request) -> str:
    """Where an H5 page goes on to: an address on the web, or nowhere."""
    target = request.query_params.get("redirect_url", "")
    return target if urlsplit(target).scheme in ("http", "https") else ""


def _find(request: Request) -> tuple[Account, Json]:
    this = world.of(request)
    if "paySign" in request.query_params:
        return bridge.order_of(this, request.query_params)
    wanted = request.path_params.get("id") or request.query_params.get("prepay_id", "")
    found = this.store.find(orders.KIND, wanted)
    account = this.store.account(found[0]) if found else None
    if found is None or account is None:
        raise errors.no_order()
    return account, found[1]


def _refused(request: Request, error: WechatError) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    context = {"code": error.code, "reason": error.message}
    return templates.TemplateResponse(request, "wechatpay/error.html", context, status_code=400)


def _page(
    request: Request, name: str, account: Account, order: Json, *, has_failed: bool = False
) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    context = {
        "payee": account.name,
        "order": order,
        "total": orders.yuan(order["total"]),
        "has_failed": has_failed,
        "target": _back(request),
    }
    return templates.TemplateResponse(request, f"wechatpay/{name}", context)
