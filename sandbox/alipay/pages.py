"""Alipay's cashier: on a wide screen a code to scan or a log-in, on a phone one button."""

import segno
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.alipay import errors, notices, trades
from sandbox.alipay.checking import yuan
from sandbox.alipay.errors import AlipayError
from sandbox.alipay.gateway import error_page
from sandbox.store import Account, Json


def routes() -> list[Route]:
    return [
        Route("/alipay/cashier/{id}", show_cashier, methods=["GET"]),
        Route("/alipay/cashier/{id}", act, methods=["POST"]),
        Route("/alipay/cashier/{id}/state", show_state, methods=["GET"]),
        Route("/alipay/qr/{id}", show_scanned, methods=["GET"]),
        Route("/alipay/qr/{id}", act, methods=["POST"]),
    ]


async def show_cashier(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return error_page(request, errors.no_trade())
    account, order = found
    trade = trades.of_number(world.of(request), account, order["out_trade_no"])
    if trade is not None and order["trade_no"] == trade["id"] and trade["paid_at"]:
        return _paid(request, account, order, trade)
    try:
        _check_open(order, trade, world.of(request).clock.now())
    except AlipayError as error:
        return error_page(request, error)
    if trade is not None and order["trade_no"] == trade["id"]:
        return _confirm(request, account, order)
    if order["method"] == "alipay.trade.wap.pay":
        return _page(request, "alipay/login.html", _summary(account, order))
    code = segno.make(f"{world.base_url(request)}/alipay/qr/{order['id']}", error="m")
    context = {**_summary(account, order), "qr": code.svg_inline(border=2, omitsize=True)}
    return _page(request, "alipay/cashier.html", context)


async def show_scanned(request: Request) -> Response:
    """The payer's phone scanned the code, which brings the trade to life."""
    found = _find(request)
    if found is None:
        return error_page(request, errors.no_trade())
    account, order = found
    this = world.of(request)
    known = trades.of_number(this, account, order["out_trade_no"])
    if known is not None and order["trade_no"] == known["id"] and known["paid_at"]:
        return _phone_done(request, account, order)
    try:
        with this.store.transaction():
            trades.meet(this, account, order)
    except AlipayError as error:
        return error_page(request, error)
    return _confirm(request, account, order)


async def show_state(request: Request) -> Response:
    """For the waiting page: has the phone paid?"""
    found = _find(request)
    if found is None:
        return JSONResponse({"status": "UNKNOWN"}, 404)
    account, order = found
    trade = trades.of_number(world.of(request), account, order["out_trade_no"])
    return JSONResponse({"status": trade["status"] if trade else "NOT_SCANNED"})


async def act(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return error_page(request, errors.no_trade())
    account, order = found
    given = await request.form()
    action = str(given.get("action", ""))
    if action == "leave":
        return _page(request, "alipay/left.html", _summary(account, order))
    this = world.of(request)
    try:
        with this.store.transaction():
            trade = trades.meet(this, account, order)
            if action in ("pay", "vanish"):
                trades.pay(this, account, trade)
    except AlipayError as error:
        return error_page(request, error)
    if action == "pay":
        return _go_back(request, account, order, trade)
    if action == "vanish":
        return _phone_done(request, account, order)
    if action == "insufficient":
        return _confirm(request, account, order, has_failed=True)
    return RedirectResponse(f"/alipay/cashier/{order['id']}", 303)


def _check_open(order: Json, trade: Json | None, now: float) -> None:
    if order["is_canceled"]:
        raise errors.already_closed()
    if trade is not None:
        trades.check_repeat(trade, order)
    elif order["expires_at"] is not None and order["expires_at"] <= now:
        raise errors.already_closed()


def _go_back(request: Request, account: Account, order: Json, trade: Json) -> Response:
    """From the cashier back to the merchant; a phone that scanned a code stays where it is."""
    is_phone = request.url.path.startswith("/alipay/qr/")
    if is_phone or not order["return_url"]:
        return _phone_done(request, account, order)
    target = notices.return_address(account, trade, order, world.of(request).clock.now())
    return RedirectResponse(target, 303)


def _paid(request: Request, account: Account, order: Json, trade: Json) -> Response:
    target = ""
    if order["return_url"]:
        target = notices.return_address(account, trade, order, world.of(request).clock.now())
    context = {**_summary(account, order), "target": target}
    return _page(request, "alipay/paid.html", context)


def _phone_done(request: Request, account: Account, order: Json) -> Response:
    return _page(request, "alipay/paid.html", {**_summary(account, order), "target": ""})


def _confirm(
    request: Request, account: Account, order: Json, *, has_failed: bool = False
) -> Response:
    context = {**_summary(account, order), "has_failed": has_failed}
    return _page(request, "alipay/confirm.html", context)


def _find(request: Request) -> tuple[Account, Json] | None:
    this = world.of(request)
    found = this.store.find("order", request.path_params["id"])
    account = this.store.account(found[0]) if found else None
    return (account, found[1]) if found and account else None


def _summary(account: Account, order: Json) -> Json:
    return {"payee": account.name, "order": order, "total": yuan(order["total_fen"])}


def _page(request: Request, name: str, context: Json) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, name, context)
