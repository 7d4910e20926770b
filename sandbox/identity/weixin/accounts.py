"""Apps at WeChat: its appid, its secret, its domain for returns.

A web site's app lets people log in by a code; a service account (公众号) knows who reads its pages
inside WeChat. Neither can do what the other can.
"""

import time

from sandbox import world
from sandbox.store import Account, Json
from sandbox.world import World


def open_account(this: World, name: str, order: Json) -> Json:
    """Opening the same name again replaces what the order says about it, as its console would.

    `has_unionid` is false for an app that is not yet bound to an open-platform account.
    """
    account = this.store.account_named("weixin", name)
    if account is None:
        appid = str(order.get("appid") or f"wx{world.token(16).lower()}")
        secret = str(order.get("secret") or world.token(32).lower())
        account = Account(appid, "weixin", name, time.time(), {"secret": secret})
        this.store.add_account(account)
    account.data["domain"] = str(order.get("domain") or "")
    account.data["has_unionid"] = bool(order.get("has_unionid", True))
    this.store.update_account(account)
    return {"appid": account.id, "secret": account.data["secret"]}


def open_service(this: World, appid: str, name: str, domain: str) -> str:
    """The service account with this appid, and its secret."""
    account = this.store.account(appid)
    if account is None:
        data = {"secret": world.token(32).lower(), "is_service": True, "has_unionid": False}
        account = Account(appid, "weixin", name, time.time(), data | {"domain": domain})
        this.store.add_account(account)
    account.data["domain"] = domain or account.data["domain"]
    this.store.update_account(account)
    return str(account.data["secret"])


def is_service(account: Account) -> bool:
    return bool(account.data.get("is_service"))
