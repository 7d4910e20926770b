"""An app registered at Google: an OAuth client with its secret and redirect addresses."""

import time

from sandbox import world
from sandbox.store import Account, Json
from sandbox.world import World


def open_account(this: World, name: str, order: Json) -> Json:
    """Opening the same name again replaces the redirect addresses, as its console would."""
    addresses = [str(address) for address in order.get("redirect_uris") or []]
    account = this.store.account_named("google", name)
    if account is None:
        client_id = str(order.get("client_id") or _client_id())
        secret = str(order.get("client_secret") or f"GOCSPX-{world.token(28)}")
        account = Account(client_id, "google", name, time.time(), {"client_secret": secret})
        this.store.add_account(account)
    account.data["redirect_uris"] = addresses
    this.store.update_account(account)
    return {"client_id": account.id, "client_secret": account.data["client_secret"]}


def _client_id() -> str:
    return f"{world.digits(12)}-{world.token(32).lower()}.apps.googleusercontent.com"
