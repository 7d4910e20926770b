"""A merchant at UnionPay: its number, and the certificate that was issued for its key."""

import time

from sandbox import world
from sandbox.store import Account, Json
from sandbox.unionpay import authority
from sandbox.world import World


def open_account(this: World, name: str, public_key: str) -> Json:
    """Opening the same name again replaces the merchant's certificate."""
    known = this.store.account_named("unionpay", name)
    number = known.id if known else f"777290{world.digits(9)}"
    opened_at = known.created_at if known else time.time()
    certificate, serial = authority.issue_to_merchant(this.store, number, name, public_key)
    data = {"certificate": certificate, "cert_id": serial}
    account = Account(number, "unionpay", name, opened_at, data)
    if known is None:
        this.store.add_account(account)
    else:
        this.store.update_account(account)
    return shown(this, account)


def shown(this: World, account: Account) -> Json:
    chain = authority.of(this.store)
    return {
        "mer_id": account.id,
        "certificate": account.data["certificate"],
        "cert_id": account.data["cert_id"],
        "root_certificate": chain["root"],
        "middle_certificate": chain["middle"],
    }
