"""UnionPay's cashier: a card is chosen and the payment confirmed, or it comes to nothing."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.store import Account, Json
from sandbox.unionpay import errors, notices, orders, signing
from sandbox.unionpay.errors import UnionError
from sandbox.unionpay.gateway import error_page

DECLINES = {"insufficient": "64", "password": "65"}
COPIES = {"pay": 1, "vanish": 1, "twice": 2}


def routes() -> list[Route]:
    return [
        Route("/unionpay/pay/{id}", show, methods=["GET"]),
        Route("/unionpay/pay/{id}", act, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return error_page(request, errors.no_order())
    account, order = found
    if order["code"] == orders.SUCCESS:
        return _done(request, account, order)
    if order["code"] == orders.TIMEOUT:
        return _page(request, "waiting.html", account, order)
    if order["expires_at"] <= world.of(request).clock.now():
        return error_page(request, errors.timed_out())
    return _page(request, "cashier.html", account, order)


async def act(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return error_page(request, errors.no_order())
    account, order = found
    this = world.of(request)
    action = str((await request.form()).get("action", ""))
    try:
        with this.store.transaction():
            if action in DECLINES:
                orders.decline(this, account, order, DECLINES[action])
            elif action == "delay":
                orders.pay_later(this, order, account)
            elif action in COPIES:
                orders.pay(this, account, order, copies=COPIES[action])
    except UnionError as error:
        return error_page(request, error)
    if action in DECLINES:
        return _page(request, "cashier.html", account, order)
    if action == "delay":
        return _page(request, "waiting.html", account, order)
    return _done(request, account, order, comes_back=action != "vanish")


def _done(request: Request, account: Account, order: Json, *, comes_back: bool = True) -> Response:
    """A success goes back as a signed form, like the notice; nothing else does."""
    told = notices.payment_told(account, order) if order["paid_at"] else {}
    fields = signing.signed(world.of(request).store, told) if told and comes_back else {}
    return _page(request, "done.html", account, order, fields=fields)


def _find(request: Request) -> tuple[Account, Json] | None:
    this = world.of(request)
    found = this.store.find(orders.KIND, request.path_params["id"])
    account = this.store.account(found[0]) if found else None
    return (account, found[1]) if found and account else None


def _page(
    request: Request, name: str, account: Account, order: Json, *, fields: Json | None = None
) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    has_failed = order["code"] in DECLINES.values()
    context = {
        "payee": account.name,
        "order": order,
        "total": orders.yuan(order["amount"]),
        "trouble": notices.words(order["code"]).split("[")[0] if has_failed else "",
        "back": order["fields"]["frontUrl"],
        "fields": fields or {},
    }
    return templates.TemplateResponse(request, f"unionpay/{name}", context)
