"""A payer in WeChat without a phone, and the platform's keys, for tests and load."""

from starlette.requests import Request

from sandbox import world
from sandbox.store import Account, Json
from sandbox.wechatpay import accounts, orders, telling
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


async def rotate(request: Request, given: Json) -> Json:
    """A new platform certificate signs from now on."""
    account = accounts.rotate(world.of(request), _account(request))
    return accounts.shown(account)


async def sign_notices(request: Request, given: Json) -> Json:
    """Whether notices are signed `by` the certificate or the public key."""
    by = str(given.get("by", ""))
    return accounts.shown(accounts.sign_notices(world.of(request), _account(request), by))


VERBS = {
    "orders": {"pay": pay},
    "accounts": {"rotate": rotate, "sign_notices": sign_notices},
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
