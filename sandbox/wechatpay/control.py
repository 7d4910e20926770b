"""A payer in WeChat without a phone, and the platform's keys, for tests and load."""

from starlette.requests import Request

from sandbox import world
from sandbox.store import Account, Json
from sandbox.wechatpay import accounts, bridge, orders, telling
from sandbox.wechatpay.books import funds
from sandbox.wechatpay.errors import WechatError


async def pay(request: Request, given: Json) -> Json:
    this = world.of(request)
    account, order = _newest_order(request, given)
    try:
        with this.store.transaction():
            orders.pay(this, account, order)
    except WechatError as error:
        raise ValueError(str(error)) from error
    return telling.order_told(account, order)


async def call(request: Request, given: Json) -> Json:
    """What the app answers to a page's call. `action` is what the payer does: pay or cancel."""
    this = world.of(request)
    try:
        account, order = bridge.order_of(this, given)
        if order["out_trade_no"] != request.path_params["id"]:
            raise LookupError(f"the call is for {order['out_trade_no']}")
        if given.get("action", "pay") == "cancel":
            return {"err_msg": bridge.CANCEL}
        with this.store.transaction():
            orders.pay(this, account, order)
    except WechatError as error:
        return {"err_msg": bridge.FAIL, "err_desc": str(error)}
    return {"err_msg": bridge.OK}


async def rotate(request: Request, given: Json) -> Json:
    """A new platform certificate signs from now on."""
    account = accounts.rotate(world.of(request), _account(request))
    return accounts.shown(account)


async def sign_notices(request: Request, given: Json) -> Json:
    """Whether notices are signed `by` the certificate or the public key."""
    by = str(given.get("by", ""))
    return accounts.shown(accounts.sign_notices(world.of(request), _account(request), by))


async def withdraw(request: Request, given: Json) -> Json:
    """The merchant takes `amount` fen to the bank, or all there is; a negative one comes back."""
    this, account = world.of(request), _account(request)
    amount = given.get("amount", funds.balance(this, account))
    if type(amount) is not int:
        raise ValueError("amount is a whole number of fen")
    with this.store.transaction():
        funds.withdraw(this, account, amount)
    return {"balance": funds.balance(this, account)}


VERBS = {
    "orders": {"pay": pay, "call": call},
    "accounts": {"rotate": rotate, "sign_notices": sign_notices, "withdraw": withdraw},
}


def _account(request: Request) -> Account:
    account = world.of(request).store.account(request.path_params["id"])
    if account is None or account.provider != "wechatpay":
        raise LookupError(f"no merchant {request.path_params['id']}")
    return account


def _newest_order(request: Request, given: Json) -> tuple[Account, Json]:
    this, number = world.of(request), request.path_params["id"]
    wanted = given.get("mch_id")
    for mch_id, order in reversed(this.store.find_by_reference(orders.KIND, number)):
        account = this.store.account(mch_id)
        if account is not None and wanted in (None, mch_id):
            return account, order
    raise LookupError(f"no order {number}")
