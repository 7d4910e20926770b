"""A payer at PayPal without a browser, and the platform's certificates, for tests and load."""

from starlette.requests import Request

from sandbox import world
from sandbox.paypal import accounts, orders, telling
from sandbox.paypal.errors import PaypalError
from sandbox.store import Account, Json


async def approve(request: Request, given: Json) -> Json:
    """The payer says yes, to be paid from `funding`."""
    this = world.of(request)
    account, order = _newest_order(request, given)
    funding = str(given.get("funding", "balance"))
    if funding not in orders.FUNDINGS:
        raise ValueError(f"funding is one of {', '.join(orders.FUNDINGS)}")
    try:
        with this.store.transaction():
            orders.approve(this, account, order, funding)
    except PaypalError as error:
        raise ValueError(str(error)) from error
    return telling.order_told(account, order, world.base_url(request))


async def rotate(request: Request, given: Json) -> Json:
    """A new certificate signs notices from now on."""
    _account(request)
    return {"certificate": accounts.rotate(world.of(request))}


async def revoke_tokens(request: Request, given: Json) -> Json:
    accounts.revoke_tokens(world.of(request), _account(request))
    return {"data": []}


VERBS = {
    "orders": {"approve": approve},
    "accounts": {"rotate": rotate, "revoke_tokens": revoke_tokens},
}


def _account(request: Request) -> Account:
    account = world.of(request).store.account(request.path_params["id"])
    if account is None or account.provider != "paypal":
        raise LookupError(f"no app {request.path_params['id']}")
    return account


def _newest_order(request: Request, given: Json) -> tuple[Account, Json]:
    """By the merchant's `custom_id`."""
    this, custom_id = world.of(request), request.path_params["id"]
    wanted = given.get("client_id")
    for client_id, order in reversed(this.store.find_by_reference(orders.KIND, custom_id)):
        account = this.store.account(client_id)
        if account is not None and wanted in (None, client_id):
            return account, order
    raise LookupError(f"no order {custom_id}")
