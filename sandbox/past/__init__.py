"""Payments of the past: a merchant had them before this sandbox was there, and the provider
remembers them as if they had happened here, with what went back of them. Nobody is told of them
again.
"""

from collections.abc import Callable

from sandbox.alipay.errors import AlipayError
from sandbox.past import alipay, stripe, wechatpay
from sandbox.past.payment import Identity, Payment, Refund, read
from sandbox.past.then import then
from sandbox.store import Account, Json
from sandbox.stripe.errors import StripeError
from sandbox.wechatpay.errors import WechatError
from sandbox.world import World

Find = Callable[[World, Account, Payment], set[Identity]]
Make = Callable[[World, Account, Payment], None]
GiveBack = Callable[[World, Account, Payment, Refund], bool]  # whether it was news

PROVIDERS: dict[str, tuple[Find, Make, GiveBack]] = {
    "stripe": (stripe.find, stripe.make, stripe.give_back),
    "alipay": (alipay.find, alipay.make, alipay.give_back),
    "wechatpay": (wechatpay.find, wechatpay.make, wechatpay.give_back),
}


def remember(this: World, provider: str, account_id: str, order: Json) -> Json:
    """All of them or none. Those that are remembered already stay as they are."""
    if provider not in PROVIDERS:
        raise LookupError(f"only {', '.join(PROVIDERS)} remember payments of the past")
    account = this.store.account(account_id)
    if account is None or account.provider != provider:
        raise LookupError(f"no account {account_id} at {provider}")
    payments = read(order, this.clock.now())
    try:
        with this.store.transaction():
            made = sum(_remember(this, account, payment) for payment in payments)
            returned = sum(_give_back(this, account, payment) for payment in payments)
    except (AlipayError, StripeError, WechatError) as error:
        raise ValueError(str(error)) from error
    return {"remembered": made, "known": len(payments) - made, "returned": returned}


def _remember(this: World, account: Account, payment: Payment) -> bool:
    """Whether it was news."""
    find, make, _give_back = PROVIDERS[account.provider]
    met = find(this, account, payment)
    if not met:
        make(then(this, payment.at), account, payment)
        return True
    if met != {payment.identity}:
        raise ValueError(f"{payment.key} or {payment.reference} is another payment's")
    return False


def _give_back(this: World, account: Account, payment: Payment) -> int:
    """How many of its refunds were news."""
    _find, _make, give_back = PROVIDERS[account.provider]
    return sum(give_back(then(this, each.at), account, payment, each) for each in payment.refunds)
