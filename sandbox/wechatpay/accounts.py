"""A merchant at WeChat Pay: its numbers and keys, and the keys the platform signs with for it."""

import time

from sandbox import world
from sandbox.identity.weixin import accounts as service
from sandbox.store import Account, Json
from sandbox.wechatpay import signing
from sandbox.world import World


def open_account(this: World, name: str, merchant_public_key: str, *, domain: str = "") -> Json:
    """Opening the same name again replaces the merchant's certificate, as its console would. Its
    app is a service account whose pages are at `domain`.
    """
    merchant_key = signing.checked_public_key(merchant_public_key)
    certificate = {"merchant_public_key": merchant_key, "serial_no": _serial()}
    account = this.store.account_named("wechatpay", name)
    if account is None:
        account = Account(
            f"1{world.digits(9)}", "wechatpay", name, time.time(), _new() | certificate
        )
        this.store.add_account(account)
    else:
        account = Account(
            account.id, "wechatpay", name, account.created_at, account.data | certificate
        )
        this.store.update_account(account)
    secret = service.open_service(this, account.data["app_id"], f"{name} 公众号", domain)
    return shown(account) | {"app_secret": secret}


def rotate(this: World, account: Account) -> Account:
    """A new platform certificate, which signs from now on; the old one stays listed."""
    known = account.data["certificates"]
    fresh = signing.new_certificate(this.clock.now(), generation=len(known))
    data = account.data | {"certificates": [*known, fresh]}
    return _changed(this, account, data)


def sign_notices(this: World, account: Account, by: str) -> Account:
    """Whether notices are signed by the newest `certificate` or by the `public_key`."""
    if by not in ("certificate", "public_key"):
        raise ValueError("by is certificate or public_key")
    return _changed(this, account, account.data | {"notices_signed_by": by})


def signer(account: Account, wanted: str) -> tuple[str, str]:
    """Serial and private key: the public key's where its id is wanted, else the newest
    certificate's.
    """
    if wanted == account.data["public_key_id"]:
        return wanted, account.data["public_key"]["private_key"]
    newest = account.data["certificates"][-1]
    return newest["serial"], newest["private_key"]


def shown(account: Account) -> Json:
    return {
        "mch_id": account.id,
        "app_id": account.data["app_id"],
        "serial_no": account.data["serial_no"],
        "api_v3_key": account.data["api_v3_key"],
        "public_key_id": account.data["public_key_id"],
        "public_key": account.data["public_key"]["public_key"],
        "platform_serial": account.data["certificates"][-1]["serial"],
    }


def _new() -> Json:
    return {
        "app_id": f"wx{world.token(16).lower()}",
        "api_v3_key": world.token(32),
        "certificates": [signing.new_certificate(time.time(), generation=0)],
        "public_key_id": f"PUB_KEY_ID_01{world.digits(28)}",
        "public_key": signing.new_public_key(),
        "notices_signed_by": "certificate",
    }


def _serial() -> str:
    return "".join(f"{int(digit):X}" for digit in world.digits(40))


def _changed(this: World, account: Account, data: Json) -> Account:
    fresh = Account(account.id, account.provider, account.name, account.created_at, data)
    this.store.update_account(fresh)
    return fresh
