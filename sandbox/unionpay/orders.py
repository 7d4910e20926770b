"""What happens at UnionPay: orders come with the payer, are paid, refused, given back."""

from sandbox import world
from sandbox.journal import Entry
from sandbox.store import Account, Json
from sandbox.unionpay import checking, errors, notices
from sandbox.unionpay.signing import Fields
from sandbox.world import World

CHARGE, GIVE = "unionpay.charge", "unionpay.give"
KIND, REFUND = "unionpay.order", "unionpay.refund"
SUCCESS, TIMEOUT, TAKEN = "00", "03", "05"
CHARGE_AFTER_S, GIVE_AFTER_S = 30.0, 5.0
SAME = ("txnTime", "txnAmt", "frontUrl", "backUrl")
DEFAULT_LIFETIME_S = 15 * 60
CARD = "621626******0018"


def make(this: World, account: Account, fields: Fields) -> Json:
    """The order that the payer's browser brought, or the very same one again."""
    known = of_id(this, account, fields["orderId"])
    if known is not None:
        is_same = all(known["fields"].get(name) == fields[name] for name in SAME)
        if not is_same or known["code"] == SUCCESS:
            raise errors.repeated()
        return known
    now = this.clock.now()
    checking.present(fields["txnTime"], now)
    ends = fields.get("payTimeout")
    order = {
        "id": world.token(24),
        "fields": fields,
        "commodity": checking.commodity(fields),
        "amount": int(fields["txnAmt"]),
        "expires_at": checking.moment(ends) if ends else now + DEFAULT_LIFETIME_S,
        "code": TAKEN,
        "paid_at": None,
        "refunded": 0,
        **_trace(now),
    }
    if order["expires_at"] <= now:
        raise errors.timed_out()
    this.store.insert(account.id, KIND, order, reference=fields["orderId"])
    _journal(this, account, "order.prepared", order)
    return order


def pay(this: World, account: Account, order: Json, *, copies: int = 1) -> None:
    """The card is charged. `copies` is how often the news of it goes out at once."""
    _check_open(this, order)
    order |= {"code": SUCCESS, "paid_at": this.clock.now()}
    this.store.update(KIND, order)
    for _ in range(copies):
        notices.send_payment(this, account, order)
    _journal(this, account, "money.captured", order)


def pay_later(this: World, order: Json, account: Account) -> None:
    """The bank takes its time: until then nobody knows."""
    _check_open(this, order)
    order["code"] = TIMEOUT
    this.store.update(KIND, order)
    this.timers.after(CHARGE_AFTER_S, CHARGE, account.id, order["id"])


def settle(this: World, account_id: str, order_id: str) -> None:
    account, order = this.store.account(account_id), this.store.get(account_id, KIND, order_id)
    if account is not None and order is not None and order["code"] == TIMEOUT:
        order["code"] = TAKEN
        pay(this, account, order | {"expires_at": this.clock.now() + 1})


def decline(this: World, account: Account, order: Json, code: str) -> None:
    """No notice goes out; the payer may try another card."""
    _check_open(this, order)
    order["code"] = code
    this.store.update(KIND, order)
    _journal(this, account, "payment.declined", order, amount=0, data={"code": code})


def run_out(this: World, order: Json) -> None:
    order["expires_at"] = this.clock.now()
    this.store.update(KIND, order)


def refund(this: World, account: Account, fields: Fields) -> Json:
    """Taken now, done later. An id may be used once."""
    if of_id(this, account, fields["orderId"]) or refund_of_id(this, account, fields["orderId"]):
        raise errors.repeated()
    order = _of_query_id(this, account, fields["origQryId"])
    if order is None or order["code"] != SUCCESS:
        raise errors.wrong_state()
    if order["refunded"] + int(fields["txnAmt"]) > order["amount"]:
        raise errors.does_not_fit()
    now = this.clock.now()
    checking.present(fields["txnTime"], now)
    made = {
        "id": world.token(24),
        "fields": fields,
        "of": order["id"],
        "amount": int(fields["txnAmt"]),
        "code": TAKEN,
        "done_at": None,
        **_trace(now),
    }
    order["refunded"] += made["amount"]
    this.store.update(KIND, order)
    this.store.insert(account.id, REFUND, made, reference=fields["orderId"])
    this.timers.after(GIVE_AFTER_S, GIVE, account.id, made["id"])
    return made


def give(this: World, account_id: str, refund_id: str, *, code: str = SUCCESS) -> None:
    """What was taken is done, or with another `code` turns out impossible."""
    account, made = this.store.account(account_id), this.store.get(account_id, REFUND, refund_id)
    if account is None or made is None or made["code"] != TAKEN:
        return
    order = this.store.get(account_id, KIND, made["of"])
    assert order is not None
    made |= {"code": code, "done_at": this.clock.now()}
    this.store.update(REFUND, made)
    if code != SUCCESS:
        order["refunded"] -= made["amount"]
        this.store.update(KIND, order)
    notices.send_refund(this, account, made)
    entry = "money.refunded" if code == SUCCESS else "refund.failed"
    data = {"orderId": made["fields"]["orderId"]}
    _journal(this, account, entry, order, amount=made["amount"], data=data)


def of_id(this: World, account: Account, order_id: str) -> Json | None:
    found = this.store.by_reference(account.id, KIND, order_id)
    return found[-1] if found else None


def refund_of_id(this: World, account: Account, order_id: str) -> Json | None:
    found = this.store.by_reference(account.id, REFUND, order_id)
    return found[-1] if found else None


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _of_query_id(this: World, account: Account, query_id: str) -> Json | None:
    rows = this.store.newest(account.id, KIND)
    return next((order for order in rows if order["queryId"] == query_id), None)


def _check_open(this: World, order: Json) -> None:
    if order["code"] in (SUCCESS, TIMEOUT):
        raise errors.repeated()
    if order["expires_at"] <= this.clock.now():
        raise errors.timed_out()


def _trace(now: float) -> Json:
    """UnionPay's own number holds the moment and the trace number."""
    at, trace = checking.beijing(now), world.digits(6)
    return {
        "queryId": f"{world.digits(2)}{at:%y%m%d%H%M%S}{trace}8",
        "traceNo": trace,
        "traceTime": f"{at:%m%d%H%M%S}",
    }


def _journal(
    this: World,
    account: Account,
    kind: str,
    order: Json,
    *,
    amount: int | None = None,
    data: Json | None = None,
) -> None:
    this.journal.note(
        Entry(
            "unionpay",
            account.id,
            kind,
            reference=order["fields"]["orderId"],
            provider_reference=order["queryId"],
            amount=order["amount"] if amount is None else amount,
            currency="CNY",
            data=data or {},
        )
    )
