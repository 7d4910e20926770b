"""A merchant's account at Stripe and its keys."""

import time

from sandbox import world
from sandbox.store import Account, Json
from sandbox.world import World


def open_account(this: World, name: str) -> Json:
    account = this.store.account_named("stripe", name)
    if account is None:
        account_id = f"acct_1{world.token(15)}"
        data = {
            "secret_key": f"sk_test_51{world.token(46)}",
            "publishable_key": f"pk_test_51{world.token(46)}",
        }
        account = Account(account_id, "stripe", name, time.time(), data)
        this.store.add_account(account)
    return {"account": account.id, **account.data}
