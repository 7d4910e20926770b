"""A REST app at PayPal with its tokens and webhooks, and the platform's certificates for all."""

import json
import time
from uuid import uuid4

from sandbox import world
from sandbox.paypal import errors, signing
from sandbox.store import Account, Json
from sandbox.world import World

TOKEN, WEBHOOK = "paypal.token", "paypal.webhook"
TOKEN_LIFETIME_S = 9 * 3600
PLATFORM = "paypal.platform"


def open_account(this: World, name: str) -> Json:
    account = this.store.account_named("paypal", name)
    if account is None:
        data = {
            "client_secret": f"E{world.token(79)}",
            "merchant_id": world.token(13).upper(),
            "email": f"sb-{world.token(8).lower()}@business.example.com",
        }
        account = Account(f"A{world.token(79)}", "paypal", name, time.time(), data)
        this.store.add_account(account)
    return {
        "client_id": account.id,
        "root_certificate": platform(this)["root"],
        **account.data,
    }


def log_in(this: World, client_id: str, secret: str) -> Json:
    """A fresh access token."""
    account = this.store.account(client_id)
    is_known = account is not None and account.provider == "paypal"
    if account is None or not is_known or account.data["client_secret"] != secret:
        raise errors.OAuthError("invalid_client", "Client Authentication failed")
    token = {"id": f"A21AA{world.token(75)}", "ends_at": this.clock.now() + TOKEN_LIFETIME_S}
    this.store.insert(account.id, TOKEN, token)
    return {
        "scope": "https://uri.paypal.com/services/payments/payment https://api.paypal.com/v1/.*",
        "access_token": token["id"],
        "token_type": "Bearer",
        "app_id": "APP-80W284485P519543T",
        "expires_in": TOKEN_LIFETIME_S,
        "nonce": uuid4().hex,
    }


def of_token(this: World, token: str) -> Account:
    found = this.store.find(TOKEN, token) if token else None
    account = this.store.account(found[0]) if found else None
    if found is None or account is None or found[1]["ends_at"] <= this.clock.now():
        raise errors.OAuthError("invalid_token", "Token signature verification failed")
    return account


def revoke_tokens(this: World, account: Account) -> None:
    for token in this.store.newest(account.id, TOKEN):
        this.store.delete(TOKEN, token["id"])


def add_webhook(this: World, account: Account, content: Json) -> Json:
    url, kinds = content.get("url"), content.get("event_types")
    # Real ones are https; the sandbox's merchants live on loopback.
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise errors.bad("INVALID_PARAMETER_SYNTAX", "/url", url)
    if not isinstance(kinds, list) or not all(isinstance(kind, dict) for kind in kinds):
        raise errors.bad("MISSING_REQUIRED_PARAMETER", "/event_types")
    names = [str(kind.get("name", "")) for kind in kinds]
    webhook = {"id": world.token(17).upper(), "url": url, "event_types": names}
    this.store.insert(account.id, WEBHOOK, webhook)
    return webhook_told(webhook)


def webhook(this: World, account: Account, webhook_id: str) -> Json:
    found = this.store.get(account.id, WEBHOOK, webhook_id)
    if found is None:
        raise errors.not_found(webhook_id)
    return found


def webhook_told(webhook: Json) -> Json:
    return {
        "id": webhook["id"],
        "url": webhook["url"],
        "event_types": [{"name": name} for name in webhook["event_types"]],
        "links": [],
    }


def platform(this: World) -> Json:
    """The root, the authority and the signers, made when they are first needed."""
    kept = this.store.meta(PLATFORM)
    if kept is not None:
        known: Json = json.loads(kept)
        return known
    fresh = signing.new_platform(this.clock.now())
    return _with_signer(this, fresh)


def rotate(this: World) -> str:
    """A new signer, which signs from now on; the old certificates stay where they were."""
    return str(_with_signer(this, platform(this))["signers"][-1]["id"])


def _with_signer(this: World, known: Json) -> Json:
    certificate_id = f"CERT-{uuid4()}"
    signer = signing.new_signer(known, certificate_id, this.clock.now())
    known = known | {"signers": [*known["signers"], signer]}
    this.store.set_meta(PLATFORM, json.dumps(known))
    return known


def chain(this: World, certificate_id: str) -> str | None:
    """A signer's certificate with the authority's."""
    known = platform(this)
    for signer in known["signers"]:
        if signer["id"] == certificate_id:
            return str(signer["certificate"] + known["issuer"])
    return None
