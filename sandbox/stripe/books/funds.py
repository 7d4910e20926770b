"""An account's balance: it took some of it to the bank, then refunds wait until money is there."""

from sandbox import world
from sandbox.journal import Entry
from sandbox.store import Json
from sandbox.stripe import objects
from sandbox.world import World

PAYOUT, TOP_UP = "payout", "topup"
ENTRY = "balance_transaction"


def balance(this: World, account: str, currency: str) -> int:
    entries = this.store.newest(account, ENTRY)
    return sum(entry["net"] for entry in entries if entry["currency"] == currency)


def covers(this: World, account: str, currency: str, amount: int) -> bool:
    """As long as nothing was paid out there is enough: what lacks by the fees, Stripe lends."""
    moves = this.store.by_parent(account, ENTRY, PAYOUT)
    return not moves or balance(this, account, currency) >= amount


def pay_out(this: World, account: str, currency: str, amount: int) -> Json:
    """To the bank; a negative amount comes from there."""
    now = int(this.clock.now())
    kind = PAYOUT if amount >= 0 else TOP_UP
    source = {"id": f"{'po' if amount >= 0 else 'tu'}_1{world.token(23)}", "currency": currency}
    entry = objects.balance_transaction(kind, -amount, 0, source=source, now=now)
    this.store.insert(account, ENTRY, entry, parent=PAYOUT)
    this.journal.note(
        Entry(
            "stripe",
            account,
            "money.withdrawn",
            provider_reference=source["id"],
            amount=amount,
            currency=currency,
        )
    )
    return entry
