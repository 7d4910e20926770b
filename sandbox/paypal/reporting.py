"""`/v1/reporting/transactions`: what moved in a span of time, page by page."""

from collections.abc import Mapping

from sandbox.paypal import checking, errors, orders
from sandbox.paypal.checking import rfc3339
from sandbox.paypal.telling import DECLINED, PENDING, money
from sandbox.store import Account, Json
from sandbox.world import World

LONGEST_S = 31 * 24 * 3600
DEFAULT_PAGE, LARGEST_PAGE = 100, 500
MOST_LINES = 10_000
PAYMENT, REFUND = "T0006", "T1107"
KNOWN = frozenset({"start_date", "end_date", "fields", "page_size", "page"})


def transactions(this: World, account: Account, query: Mapping[str, str]) -> Json:
    for name in query:
        if name not in KNOWN:
            raise errors.refused("SANDBOX_NOT_SIMULATED", name)
    if "start_date" not in query or "end_date" not in query:
        raise errors.bad("MISSING_REQUIRED_PARAMETER", "start_date, end_date")
    start = checking.moment(query["start_date"], "start_date")
    end = checking.moment(query["end_date"], "end_date")
    if not 0 <= end - start <= LONGEST_S:
        raise errors.bad("INVALID_PARAMETER_VALUE", "end_date", query["end_date"])
    size = _number(query, "page_size", DEFAULT_PAGE, LARGEST_PAGE)
    page = _number(query, "page", 1, MOST_LINES)
    found = [line for line in _lines(this, account) if start <= line[0] < end + 1]
    if len(found) > MOST_LINES:
        raise errors.PaypalError(400, "RESULTSET_TOO_LARGE", [], [])
    found.sort(key=lambda line: line[0])
    shown = found[(page - 1) * size : page * size]
    return {
        "transaction_details": [{"transaction_info": info} for _at, info in shown],
        "account_number": account.data["merchant_id"],
        "start_date": query["start_date"],
        "end_date": query["end_date"],
        "last_refreshed_datetime": rfc3339(this.clock.now()),
        "page": page,
        "total_items": len(found),
        "total_pages": max(1, -(-len(found) // size)),
        "links": [],
    }


def _lines(this: World, account: Account) -> list[tuple[float, Json]]:
    found = []
    for order in this.store.newest(account.id, orders.KIND):
        taken = order["capture"]
        if not taken or taken["state"] in (PENDING, DECLINED):
            continue
        paid = _info(account, PAYMENT, taken["id"], order, at=taken["created_at"])
        paid["fee_amount"] = money(f"-{taken['fee']}", order["currency"])
        found.append((taken["created_at"], paid))
        for made in order["refunds"]:
            back = _info(account, REFUND, made["id"], made, at=made["at"], sign="-")
            back |= {"paypal_reference_id": taken["id"], "paypal_reference_id_type": "TXN"}
            found.append((made["at"], back))
    return found


def _info(
    account: Account, code: str, transaction_id: str, thing: Json, *, at: float, sign: str = ""
) -> Json:
    return {
        "paypal_account_id": account.data["merchant_id"],
        "transaction_id": transaction_id,
        "transaction_event_code": code,
        "transaction_initiation_date": rfc3339(at),
        "transaction_updated_date": rfc3339(at),
        "transaction_amount": money(f"{sign}{thing['value']}", thing["currency"]),
        "transaction_status": "S",
        "invoice_id": thing["invoice_id"],
        "custom_field": thing["custom_id"],
        "protection_eligibility": "02",
    }


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    given = query.get(name, str(default))
    if not given.isdigit() or not 1 <= int(given) <= most:
        raise errors.bad("INVALID_PARAMETER_VALUE", name, given)
    return int(given)
