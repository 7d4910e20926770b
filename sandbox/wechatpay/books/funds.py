"""What is in a merchant's account: it took some of it to the bank, then refunds may lack money."""

import datetime as dt

from sandbox import world
from sandbox.journal import Entry
from sandbox.store import Account, Json
from sandbox.wechatpay.checking import BEIJING
from sandbox.world import World

WITHDRAWAL = "wechatpay.withdrawal"
ORDER, REFUND = "wechatpay.order", "wechatpay.refund"
FEE_PER_MILLE = 6


def fee(fen: int) -> int:
    """0.6 %, half a fen rounded up."""
    return (fen * FEE_PER_MILLE + 500) // 1000


def withdraw(this: World, account: Account, fen: int) -> Json:
    """A negative one is money that the merchant put in."""
    made: Json = {"id": world.digits(28), "fen": fen, "at": this.clock.now()}
    this.store.insert(account.id, WITHDRAWAL, made)
    this.journal.note(
        Entry(
            "wechatpay",
            account.id,
            "money.withdrawn",
            provider_reference=made["id"],
            amount=fen,
            currency="CNY",
        )
    )
    return made


def covers(this: World, account: Account, fen: int) -> bool:
    """As long as nothing was taken out there is enough: no refund is larger than its payment."""
    if not this.store.newest(account.id, WITHDRAWAL, 1):
        return True
    return balance(this, account) >= fen


def balance(this: World, account: Account) -> int:
    came = sum(o["total"] for o in this.store.newest(account.id, ORDER) if o["paid_at"])
    went = sum(each["refund"] for each in this.store.newest(account.id, REFUND))
    taken = sum(each["fen"] for each in this.store.newest(account.id, WITHDRAWAL))
    return int(came - went - taken)


def day_of(moment: float) -> dt.date:
    return dt.datetime.fromtimestamp(moment, BEIJING).date()
