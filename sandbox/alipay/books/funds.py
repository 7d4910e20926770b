"""What is in a merchant's balance: it took some of it to the bank, then refunds may lack money."""

import datetime as dt

from sandbox import world
from sandbox.alipay.checking import BEIJING, yuan
from sandbox.journal import Entry
from sandbox.store import Account, Json
from sandbox.world import World

WITHDRAWAL = "alipay.withdrawal"
FEE_PER_MILLE = 6

Move = tuple[float, int, str, str]  # when, how many fen, Alipay's word for it, its number


def fee(fen: int) -> int:
    """0.6 %, half a fen rounded up."""
    return (fen * FEE_PER_MILLE + 500) // 1000


def withdraw(this: World, account: Account, fen: int) -> Json:
    """A negative one is money that the merchant put in."""
    made: Json = {"id": world.digits(28), "fen": fen, "at": this.clock.now()}
    this.store.insert(account.id, WITHDRAWAL, made)
    amount = f"{'-' if fen < 0 else ''}{yuan(abs(fen))}"
    this.journal.note(
        Entry(
            "alipay",
            account.id,
            "money.withdrawn",
            provider_reference=made["id"],
            amount=amount,
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
    """Fees are collected apart."""
    came = sum(t["total_fen"] for t in this.store.newest(account.id, "trade") if t["paid_at"])
    went = sum(each["fen"] for each in this.store.newest(account.id, "refund"))
    taken = sum(each["fen"] for each in this.store.newest(account.id, WITHDRAWAL))
    return int(came - went - taken)


def moves(this: World, account: Account) -> list[Move]:
    found: list[Move] = []
    for trade in this.store.newest(account.id, "trade"):
        if trade["paid_at"]:
            found.append((trade["paid_at"], trade["total_fen"], "在线支付", trade["id"]))
            found.append((trade["paid_at"], -fee(trade["total_fen"]), "收费", trade["id"]))
    for made in this.store.newest(account.id, "refund"):
        number = made["id"].partition(":")[0]
        found.append((made["at"], -made["fen"], "交易退款", number))
        found.append((made["at"], fee(made["fen"]), "退费", number))
    for each in this.store.newest(account.id, WITHDRAWAL):
        kind = "提现" if each["fen"] >= 0 else "充值"
        found.append((each["at"], -each["fen"], kind, each["id"]))
    return [move for move in found if move[1]]


def day_of(moment: float) -> dt.date:
    return dt.datetime.fromtimestamp(moment, BEIJING).date()
