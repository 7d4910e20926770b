"""Orders, captures and refunds as PayPal's answers and events tell them."""

from decimal import Decimal

from sandbox.paypal.checking import rfc3339, written
from sandbox.store import Account, Json

CREATED, ACTION, APPROVED = "CREATED", "PAYER_ACTION_REQUIRED", "APPROVED"
COMPLETED = "COMPLETED"
PENDING, DECLINED = "PENDING", "DECLINED"
REFUNDED, PARTLY = "REFUNDED", "PARTIALLY_REFUNDED"


def money(value: str, currency: str) -> Json:
    return {"currency_code": currency, "value": value}


def order_told(account: Account, order: Json, base: str) -> Json:
    told: Json = {
        "id": order["id"],
        "intent": order["intent"],
        "status": order["state"],
        "purchase_units": [_unit(account, order, base)],
        "create_time": rfc3339(order["created_at"]),
        "links": order_links(order, base),
    }
    if order["has_source"]:
        told["payment_source"] = {"paypal": _wallet(order)}
    if order["payer"]:
        told["update_time"] = rfc3339(order["updated_at"])
        told["payer"] = {
            "name": {"given_name": "John", "surname": "Doe"},
            "email_address": order["payer"]["email"],
            "payer_id": order["payer"]["id"],
            "address": {"country_code": "US"},
        }
    return told


def order_links(order: Json, base: str) -> list[Json]:
    here = f"{base}/v2/checkout/orders/{order['id']}"
    links = [{"href": here, "rel": "self", "method": "GET"}]
    if order["state"] in (CREATED, ACTION):
        rel = "payer-action" if order["has_source"] else "approve"
        links.append({"href": approval_url(order, base), "rel": rel, "method": "GET"})
    if order["state"] in (CREATED, APPROVED):
        links.append({"href": here, "rel": "update", "method": "PATCH"})
        links.append({"href": f"{here}/capture", "rel": "capture", "method": "POST"})
    return links


def approval_url(order: Json, base: str) -> str:
    return f"{base}/checkoutnow?token={order['id']}"


def capture_told(order: Json, base: str) -> Json:
    """The capture alone, as its own address and its events tell it."""
    told = _capture(order, base)
    return told | {"supplementary_data": {"related_ids": {"order_id": order["id"]}}}


def refund_told(refund: Json, base: str) -> Json:
    value, currency = refund["value"], refund["currency"]
    told: Json = {
        "id": refund["id"],
        "amount": money(value, currency),
        "seller_payable_breakdown": {
            "gross_amount": money(value, currency),
            "paypal_fee": money(written(Decimal(0), currency), currency),
            "net_amount": money(value, currency),
            "total_refunded_amount": money(refund["total_refunded"], currency),
        },
        "status": refund["state"],
        "create_time": rfc3339(refund["at"]),
        "update_time": rfc3339(refund["at"]),
        "links": [
            _link(base, f"payments/refunds/{refund['id']}", "self"),
            _link(base, f"payments/captures/{refund['capture']}", "up"),
        ],
    }
    for name in ("custom_id", "invoice_id", "note_to_payer"):
        if refund[name]:
            told[name] = refund[name]
    return told


def _unit(account: Account, order: Json, base: str) -> Json:
    unit: Json = {
        "reference_id": order["reference_id"],
        "amount": money(order["value"], order["currency"]),
        "payee": {
            "email_address": account.data["email"],
            "merchant_id": account.data["merchant_id"],
        },
    }
    for name in ("custom_id", "description", "invoice_id"):
        if order[name]:
            unit[name] = order[name]
    if order["capture"]:
        unit["payments"] = {"captures": [_capture(order, base)]}
        if order["refunds"]:
            refunds = [refund_told(refund, base) for refund in order["refunds"]]
            unit["payments"]["refunds"] = refunds
    return unit


def _capture(order: Json, base: str) -> Json:
    taken, currency = order["capture"], order["currency"]
    place = f"payments/captures/{taken['id']}"
    told: Json = {
        "id": taken["id"],
        "status": taken["state"],
        "amount": money(order["value"], currency),
        "final_capture": True,
        "seller_protection": {"status": "NOT_ELIGIBLE"},
        "create_time": rfc3339(taken["created_at"]),
        "update_time": rfc3339(taken["updated_at"]),
        "links": [
            _link(base, place, "self"),
            _link(base, f"{place}/refund", "refund", "POST"),
            _link(base, f"checkout/orders/{order['id']}", "up"),
        ],
    }
    for name in ("custom_id", "invoice_id"):
        if order[name]:
            told[name] = order[name]
    if taken["reason"]:
        told["status_details"] = {"reason": taken["reason"]}
    if taken["state"] in (COMPLETED, PARTLY, REFUNDED):
        net = written(Decimal(order["value"]) - Decimal(taken["fee"]), currency)
        told["seller_receivable_breakdown"] = {
            "gross_amount": money(order["value"], currency),
            "paypal_fee": money(taken["fee"], currency),
            "net_amount": money(net, currency),
        }
    return told


def _wallet(order: Json) -> Json:
    if not order["payer"]:
        return {}
    return {
        "email_address": order["payer"]["email"],
        "account_id": order["payer"]["id"],
        "account_status": "VERIFIED",
        "name": {"given_name": "John", "surname": "Doe"},
        "address": {"country_code": "US"},
    }


def _link(base: str, path: str, rel: str, method: str = "GET") -> Json:
    return {"href": f"{base}/v2/{path}", "rel": rel, "method": method}
