"""A payer at Alipay without a browser, for tests and load."""

from starlette.requests import Request

from sandbox import world
from sandbox.alipay import notices, trades
from sandbox.alipay.books import funds
from sandbox.alipay.checking import yuan
from sandbox.alipay.errors import AlipayError
from sandbox.store import Account, Json


async def scan(request: Request, given: Json) -> Json:
    """Log in or scan: the trade comes to be, unpaid."""
    account, order, trade = _met(request, given)
    return _shown(account, order, trade, world.of(request).clock.now())


async def pay(request: Request, given: Json) -> Json:
    account, order, trade = _met(request, given)
    this = world.of(request)
    with this.store.transaction():
        trades.pay(this, account, trade)
    return _shown(account, order, trade, this.clock.now())


async def close(request: Request, given: Json) -> Json:
    """Its time to be paid has run out."""
    this = world.of(request)
    account, order = _newest_order(request, given)
    trade = trades.of_number(this, account, order["out_trade_no"])
    if trade is None or trade["status"] != trades.WAIT:
        raise ValueError("there is no trade waiting for the buyer")
    with this.store.transaction():
        trades.close(this, account, trade)
    return _shown(account, order, trade, this.clock.now())


async def withdraw(request: Request, given: Json) -> Json:
    """The merchant takes `amount` fen to the bank, or all there is; a negative one comes back."""
    this = world.of(request)
    account = this.store.account(request.path_params["id"])
    if account is None or account.provider != "alipay":
        raise LookupError(f"no app {request.path_params['id']}")
    amount = given.get("amount", funds.balance(this, account))
    if type(amount) is not int:
        raise ValueError("amount is a whole number of fen")
    with this.store.transaction():
        funds.withdraw(this, account, amount)
    return {"balance": funds.balance(this, account)}


VERBS = {
    "trades": {"scan": scan, "pay": pay, "close": close},
    "accounts": {"withdraw": withdraw},
}


def _met(request: Request, given: Json) -> tuple[Account, Json, Json]:
    this = world.of(request)
    account, order = _newest_order(request, given)
    try:
        with this.store.transaction():
            trade = trades.meet(this, account, order)
    except AlipayError as error:
        raise ValueError(str(error)) from error
    return account, order, trade


def _newest_order(request: Request, given: Json) -> tuple[Account, Json]:
    this, number = world.of(request), request.path_params["id"]
    wanted = given.get("app_id")
    for app_id, order in reversed(this.store.find_by_reference("order", number)):
        account = this.store.account(app_id)
        if account is not None and wanted in (None, app_id):
            return account, order
    raise LookupError(f"no order {number}")


def _shown(account: Account, order: Json, trade: Json, now: float) -> Json:
    has_return = bool(order["return_url"])
    return {
        "app_id": account.id,
        "out_trade_no": trade["out_trade_no"],
        "trade_no": trade["id"],
        "trade_status": trade["status"],
        "total_amount": yuan(trade["total_fen"]),
        # Where the payer's browser would go now.
        "return_url": notices.return_address(account, trade, order, now) if has_return else None,
    }
