"""A merchant's app at Alipay: its ids, its public key, and the key Alipay signs with for it."""

import time

from sandbox import world
from sandbox.alipay import signing
from sandbox.store import Account, Json
from sandbox.world import World


def open_account(this: World, name: str, app_public_key: str) -> Json:
    """Opening the same name again replaces the app's public key, as its console would."""
    app_key = signing.bare_public_key(app_public_key)
    account = this.store.account_named("alipay", name)
    if account is not None:
        account = Account(
            account.id,
            account.provider,
            account.name,
            account.created_at,
            {**account.data, "app_public_key": app_key},
        )
        this.store.update_account(account)
    else:
        private, public = signing.new_key_pair()
        data = {
            "seller_id": f"2088{world.digits(12)}",
            "app_public_key": app_key,
            "alipay_private_key": private,
            "alipay_public_key": public,
        }
        account = Account(f"2021{world.digits(12)}", "alipay", name, time.time(), data)
        this.store.add_account(account)
    return {
        "app_id": account.id,
        "seller_id": account.data["seller_id"],
        "alipay_public_key": account.data["alipay_public_key"],
    }
