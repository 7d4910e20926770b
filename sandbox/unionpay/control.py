"""A payer at UnionPay without a browser, refunds that turn out, and the platform's certificate."""

from starlette.requests import Request

from sandbox import world
from sandbox.store import Account, Json
from sandbox.unionpay import accounts, authority, notices, orders
from sandbox.unionpay.errors import UnionError


async def pay(request: Request, given: Json) -> Json:
    this = world.of(request)
    account, order = _newest(request, given, orders.KIND)
    try:
        with this.store.transaction():
            orders.pay(this, account, order)
    except UnionError as error:
        raise ValueError(str(error)) from error
    return dict(notices.payment_told(account, order))


async def decline(request: Request, given: Json) -> Json:
    """With `code`, by default 64: the card's balance is too low."""
    this = world.of(request)
    account, order = _newest(request, given, orders.KIND)
    try:
        with this.store.transaction():
            orders.decline(this, account, order, str(given.get("code", "64")))
    except UnionError as error:
        raise ValueError(str(error)) from error
    return dict(notices.answered(account, order))


async def run_out(request: Request, given: Json) -> Json:
    """Its `payTimeout` has come."""
    account, order = _newest(request, given, orders.KIND)
    orders.run_out(world.of(request), order)
    return dict(notices.answered(account, order))


async def settle(request: Request, given: Json) -> Json:
    """A refund is done now, or with another `code` than 00 turns out impossible."""
    this = world.of(request)
    account, made = _newest(request, given, orders.REFUND)
    with this.store.transaction():
        orders.give(this, account.id, made["id"], code=str(given.get("code", orders.SUCCESS)))
    found = this.store.get(account.id, orders.REFUND, made["id"])
    return dict(notices.answered(account, found or made))


async def rotate(request: Request, given: Json) -> Json:
    """UnionPay signs under a new certificate from now on, whatever the merchant."""
    this = world.of(request)
    account = this.store.account(request.path_params["id"])
    if account is None or account.provider != "unionpay":
        raise LookupError(f"no merchant {request.path_params['id']}")
    authority.rotate(this.store)
    return accounts.shown(this, account)


VERBS = {
    "orders": {"pay": pay, "decline": decline, "run_out": run_out},
    "refunds": {"settle": settle},
    "accounts": {"rotate": rotate},
}


def _newest(request: Request, given: Json, kind: str) -> tuple[Account, Json]:
    this, order_id = world.of(request), request.path_params["id"]
    wanted = given.get("mer_id")
    for mer_id, found in reversed(this.store.find_by_reference(kind, order_id)):
        account = this.store.account(mer_id)
        if account is not None and wanted in (None, mer_id):
            return account, found
    raise LookupError(f"no {kind} {order_id}")
