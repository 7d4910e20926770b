"""What happens at PayPal: orders are made, approved, captured, refunded, or forgotten."""

from decimal import Decimal

from sandbox import world
from sandbox.journal import Entry
from sandbox.paypal import checking, errors, notices, telling
from sandbox.paypal.telling import ACTION, APPROVED, COMPLETED, CREATED, DECLINED, PARTLY, PENDING
from sandbox.store import Account, Json
from sandbox.world import World

END_TIMER, APPROVAL_TIMER = "paypal.order_end", "paypal.late_approval"
CLEARING_TIMER = "paypal.capture_clearing"
KIND, REFUND = "paypal.order", "paypal.refund"
# An order that nobody approves, and one that is approved and not captured, is forgotten so soon.
LIFETIME_S = 3 * 3600.0
LATE_S, CLEARING_S = 60.0, 60.0

# What a payer may pay with here, and what the capture makes of it.
FUNDINGS = ("balance", "declined", "compliance", "echeck", "echeck_bounces", "review")
WAITS = {"echeck": "ECHECK", "echeck_bounces": "ECHECK", "review": "PENDING_REVIEW"}
REFUSALS = {"declined": "INSTRUMENT_DECLINED", "compliance": "COMPLIANCE_VIOLATION"}


def make(this: World, account: Account, fields: Json, base: str) -> Json:
    now = this.clock.now()
    order = {
        "id": world.token(17).upper(),
        "state": ACTION if fields["has_source"] else CREATED,
        "created_at": now,
        "updated_at": now,
        "base": base,
        "funding": "",
        "payer": None,
        "capture": None,
        "refunds": [],
        **fields,
    }
    this.store.insert(account.id, KIND, order, reference=order["custom_id"])
    this.timers.after(LIFETIME_S, END_TIMER, account.id, order["id"])
    _journal(this, account, "order.prepared", order)
    return order


def found(this: World, account: Account, order_id: str) -> Json:
    order = this.store.get(account.id, KIND, order_id)
    if order is None:
        raise errors.not_found(order_id)
    return order


def approve(this: World, account: Account, order: Json, funding: str) -> None:
    """The payer says yes, to be paid from there."""
    if order["state"] not in (CREATED, ACTION, APPROVED):
        raise errors.refused("ORDER_ALREADY_COMPLETED")
    order |= {
        "state": APPROVED,
        "funding": funding,
        "updated_at": this.clock.now(),
        "payer": {"id": world.token(13).upper(), "email": "john.doe@personal.example.com"},
    }
    this.store.update(KIND, order)
    this.timers.after(LIFETIME_S, END_TIMER, account.id, order["id"])
    _journal(this, account, "order.approved", order)
    notices.send_order(this, account, order, "CHECKOUT.ORDER.APPROVED")


def approve_late(this: World, account_id: str, order_id: str) -> None:
    account, order = this.store.account(account_id), this.store.get(account_id, KIND, order_id)
    if account is not None and order is not None and order["state"] in (CREATED, ACTION):
        approve(this, account, order, "balance")


def patch(this: World, account: Account, order: Json, intent: str) -> None:
    if order["state"] not in (CREATED, ACTION, APPROVED):
        raise errors.refused("ORDER_ALREADY_COMPLETED")
    order |= {"intent": intent, "updated_at": this.clock.now()}
    this.store.update(KIND, order)
    _journal(this, account, "trade.closed" if intent != "CAPTURE" else "order.patched", order)


def capture(this: World, account: Account, order: Json, base: str) -> None:
    if order["capture"]:
        raise errors.refused("ORDER_ALREADY_CAPTURED")
    if order["intent"] != "CAPTURE":
        raise errors.refused("ACTION_DOES_NOT_MATCH_INTENT")
    if order["state"] != APPROVED:
        raise errors.refused("ORDER_NOT_APPROVED")
    if order["invoice_id"] and _is_paid(this, account, order["invoice_id"]):
        raise errors.refused("DUPLICATE_INVOICE_ID", "/purchase_units/0/invoice_id")
    if order["funding"] in REFUSALS:
        raise _declined(this, account, order, base)
    now, waits_for = this.clock.now(), WAITS.get(order["funding"], "")
    taken = {
        "id": world.token(17).upper(),
        "state": PENDING if waits_for else COMPLETED,
        "reason": waits_for,
        "created_at": now,
        "updated_at": now,
        "fee": checking.fee(order["value"], order["currency"]),
    }
    order |= {"state": COMPLETED, "capture": taken, "updated_at": now}
    this.store.update(KIND, order)
    if waits_for:
        this.timers.after(CLEARING_S, CLEARING_TIMER, account.id, order["id"])
        notices.send_capture(this, account, order, "PAYMENT.CAPTURE.PENDING")
    else:
        _taken(this, account, order)


def clear(this: World, account_id: str, order_id: str) -> None:
    """What waited is paid, or bounces."""
    account, order = this.store.account(account_id), this.store.get(account_id, KIND, order_id)
    if account is None or order is None or order["capture"]["state"] != PENDING:
        return
    bounces = order["funding"] == "echeck_bounces"
    order["capture"] |= {
        "state": DECLINED if bounces else COMPLETED,
        "reason": "OTHER" if bounces else "",
        "updated_at": this.clock.now(),
    }
    this.store.update(KIND, order)
    if bounces:
        _journal(this, account, "payment.declined", order)
        notices.send_capture(this, account, order, "PAYMENT.CAPTURE.DENIED")
    else:
        _taken(this, account, order)


def end(this: World, account_id: str, order_id: str) -> None:
    """PayPal keeps no order that nobody pays."""
    order = this.store.get(account_id, KIND, order_id)
    if order is not None and not order["capture"]:
        this.store.delete(KIND, order_id)


def refund(this: World, account: Account, order: Json, wanted: Json) -> Json:
    taken, currency = order["capture"], order["currency"]
    left = Decimal(order["value"]) - _given_back(order)
    if taken["state"] == PENDING:
        raise errors.refused("PENDING_CAPTURE")
    if taken["state"] == DECLINED or not left:
        issue = "CAPTURE_FULLY_REFUNDED" if not left else "REFUND_NOT_ALLOWED"
        raise errors.refused(issue)
    if wanted.get("currency", currency) != currency:
        raise errors.refused("REFUND_CAPTURE_CURRENCY_MISMATCH", "/amount/currency_code")
    value = Decimal(wanted.get("value", left))
    if value > left:
        raise errors.refused("REFUND_AMOUNT_EXCEEDED", "/amount/value", value)
    made = {
        "id": world.token(17).upper(),
        "state": COMPLETED,
        "at": this.clock.now(),
        "capture": taken["id"],
        **{name: wanted[name] for name in ("custom_id", "invoice_id", "note_to_payer")},
        "value": checking.written(value, currency),
        "currency": currency,
        "total_refunded": checking.written(_given_back(order) + value, currency),
    }
    taken |= {
        "state": PARTLY if value < left else telling.REFUNDED,
        "updated_at": this.clock.now(),
    }
    order["refunds"].append(made)
    this.store.update(KIND, order)
    this.store.insert(account.id, REFUND, made, reference=made["custom_id"], parent=order["id"])
    data = {"refund": made["custom_id"], "id": made["id"]}
    _journal(this, account, "money.refunded", order, value=made["value"], data=data)
    notices.send_refund(this, account, order, made)
    return made


def of_capture(this: World, account: Account, capture_id: str) -> Json:
    for order in this.store.newest(account.id, KIND):
        if order["capture"] and order["capture"]["id"] == capture_id:
            return order
    raise errors.not_found(capture_id)


def _taken(this: World, account: Account, order: Json) -> None:
    _journal(this, account, "money.captured", order)
    notices.send_capture(this, account, order, "PAYMENT.CAPTURE.COMPLETED")


def _declined(this: World, account: Account, order: Json, base: str) -> errors.PaypalError:
    """The payer must approve again, with something else. It is kept though the call is refused."""
    issue = REFUSALS[order["funding"]]
    order |= {"state": ACTION, "updated_at": this.clock.now()}
    this.store.update(KIND, order)
    _journal(this, account, "payment.declined", order)
    return errors.refused(issue, redirect=telling.approval_url(order, base))


def _is_paid(this: World, account: Account, invoice_id: str) -> bool:
    return any(
        order["invoice_id"] == invoice_id and order["capture"]
        for order in this.store.newest(account.id, KIND)
    )


def _given_back(order: Json) -> Decimal:
    return sum((Decimal(refund["value"]) for refund in order["refunds"]), Decimal(0))


def _journal(
    this: World,
    account: Account,
    kind: str,
    order: Json,
    *,
    value: str = "",
    data: Json | None = None,
) -> None:
    this.journal.note(
        Entry(
            "paypal",
            account.id,
            kind,
            reference=order["custom_id"],
            provider_reference=order["id"],
            amount=value or order["value"],
            currency=order["currency"],
            data=data or {},
        )
    )
