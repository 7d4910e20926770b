"""PayPal's page: the payer sees who asks for how much, and says yes or no."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.paypal import orders
from sandbox.paypal.telling import ACTION, APPROVED, CREATED
from sandbox.store import Account, Json

# The buttons below the form, beside plain paying.
ENDINGS = (
    ("declined", "商家收款时卡被拒", "Card is declined when the merchant takes the money"),
    ("insufficient", "余额不足，留在此页", "Not enough money, stay here"),
    ("echeck", "电子支票，一分钟后到账", "eCheck that clears in a minute"),
    ("echeck_bounces", "电子支票，一分钟后被退", "eCheck that bounces in a minute"),
    ("review", "PayPal 审核，一分钟后通过", "PayPal reviews it for a minute"),
    ("compliance", "合规拦截", "Compliance violation"),
    ("late", "先离开，一分钟后才同意", "Leave now, approve in a minute"),
    ("vanish", "同意后不返回商家", "Approve and do not return"),
)


def routes() -> list[Route]:
    return [
        Route("/checkoutnow", show, methods=["GET"]),
        Route("/checkoutnow", act, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return _page(request, "gone.html", {}, 404)
    account, order = found
    if order["state"] not in (CREATED, ACTION, APPROVED):
        return _page(request, "done.html", _summary(account, order))
    return _page(request, "approve.html", _summary(account, order))


async def act(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return _page(request, "gone.html", {}, 404)
    account, order = found
    action = str((await request.form()).get("action", ""))
    if order["state"] not in (CREATED, ACTION, APPROVED):
        return _page(request, "done.html", _summary(account, order))
    if action == "cancel":
        return _leave(request, account, order, "cancel_url", {})
    if action == "insufficient":
        return _page(request, "approve.html", _summary(account, order) | {"has_failed": True})
    this = world.of(request)
    if action == "late":
        this.timers.after(orders.LATE_S, orders.APPROVAL_TIMER, account.id, order["id"])
        this.deliveries.wake()
        return _leave(request, account, order, "return_url", {})
    funding = "balance" if action in ("pay", "vanish") else action
    if funding not in orders.FUNDINGS:
        return _page(request, "approve.html", _summary(account, order))
    with this.store.transaction():
        orders.approve(this, account, order, funding)
    if action == "vanish":
        return _page(request, "done.html", _summary(account, order))
    return _leave(request, account, order, "return_url", {"PayerID": order["payer"]["id"]})


def _leave(
    request: Request, account: Account, order: Json, name: str, more: dict[str, str]
) -> Response:
    target = order[name]
    if not target:
        return _page(request, "done.html", _summary(account, order))
    query = urlencode({"token": order["id"], **more})
    return RedirectResponse(f"{target}{'&' if '?' in target else '?'}{query}", 303)


def _find(request: Request) -> tuple[Account, Json] | None:
    this = world.of(request)
    found = this.store.find(orders.KIND, request.query_params.get("token", ""))
    account = this.store.account(found[0]) if found else None
    return (account, found[1]) if found and account else None


def _summary(account: Account, order: Json) -> Json:
    return {"payee": account.name, "order": order, "endings": ENDINGS, "has_failed": False}


def _page(request: Request, name: str, context: Json, status: int = 200) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, f"paypal/{name}", context, status_code=status)
