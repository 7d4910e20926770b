"""What must hold of bills, by what is committed and nothing else. None calls Sleek: what a payment
pays of which bill is counted here once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.simulation import invariants
from tests.simulation.invariants import Invariant, Seen
from tests.simulation.world import World

UNISSUED = ("draft", "in_review")
OWED = ("open", "uncollectible")
HOLDS = ("reserved", "used")

TABLES = {
    "bills": """
        SELECT id, public_id AS key, status, number, amount, amount_deducted, amount_paid,
               amount_refunded, amount_credited, currency, merchant_id
        FROM invoices_invoice ORDER BY id""",
    "stages": """
        SELECT id, public_id AS key, invoice_id, amount, amount_paid, paid_at IS NOT NULL AS is_paid
        FROM invoices_instalment ORDER BY id""",
    "meant": """
        SELECT payment_id, instalment_id, amount FROM payments_allocation ORDER BY id""",
    "promises": """
        SELECT id, public_id AS key, invoice_id, amount, amount_lost, amount_reserved, amount_used,
               is_once, status FROM invoices_entitlement ORDER BY id""",
    "claims": """
        SELECT entitlement_id, invoice_id, taken, amount, status
        FROM invoices_deduction ORDER BY id""",
    "notes": """
        SELECT public_id AS key, number, invoice_id, amount FROM invoices_creditnote ORDER BY id""",
    "receipts": """
        SELECT public_id AS key, number, payment_id, amount, currency
        FROM receipts_receipt ORDER BY id""",
    "numbers": """
        SELECT series_id, period, place, text, subject FROM papers_number ORDER BY id""",
    "counters": "SELECT series_id, period, last FROM papers_counter ORDER BY id",
    "papers": "SELECT subject, number FROM papers_paper ORDER BY id",
    "overpaid": "SELECT DISTINCT subject AS key FROM events_event WHERE kind = 'invoice.overpaid'",
}
DUE = {
    "receipts": """
        SELECT min(succeeded_at) FROM payments_payment p
        WHERE is_for_bills AND status = 'succeeded'
        AND NOT EXISTS (SELECT FROM receipts_receipt r WHERE r.payment_id = p.id)""",
}


def numbers_have_no_holes(world: World, seen: Seen) -> Iterator[str]:
    places: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number in seen["numbers"]:
        places[number["series_id"], number["period"]].append(number["place"])
    for counter in seen["counters"]:
        found = sorted(places.pop((counter["series_id"], counter["period"]), []))
        if found != [*range(1, counter["last"] + 1)]:
            yield f"{counter} counted {found}"
    yield from (f"{place} was never counted" for place in places)


def each_number_has_its_paper(world: World, seen: Seen) -> Iterator[str]:
    bearers = [*seen["receipts"], *seen["notes"], *(b for b in seen["bills"] if b["number"])]
    expected = {each["key"]: each["number"] for each in bearers}
    if {each["subject"]: each["text"] for each in seen["numbers"]} != expected:
        yield f"the register has {seen['numbers']}, borne are {expected}"
    printed = {each["subject"]: each["number"] for each in seen["papers"]}
    for key, number in printed.items():
        if expected.get(key) != number:
            yield f"the paper of {key} says {number}"
    for each in [*seen["receipts"], *(b for b in seen["bills"] if b["number"])]:
        if each["key"] not in printed:
            yield f"{each['number']} has no paper"
    for bill in seen["bills"]:
        if bool(bill["number"]) == (bill["status"] in UNISSUED):
            yield f"{bill['key']} is {bill['status']} with number {bill['number']!r}"


def stages_make_up_the_bill(world: World, seen: Seen) -> Iterator[str]:
    for bill in seen["bills"]:
        total = sum(stage["amount"] for stage in _stages(seen, bill))
        if total != _asked(bill):
            yield f"{bill['key']} asks {_asked(bill)}, its stages {total}"


def promises_are_kept_once(world: World, seen: Seen) -> Iterator[str]:
    for promise in seen["promises"]:
        claims = [each for each in seen["claims"] if each["entitlement_id"] == promise["id"]]
        for status, column in (("reserved", "amount_reserved"), ("used", "amount_used")):
            taken = sum(each["taken"] for each in claims if each["status"] == status)
            if taken != promise[column]:
                yield f"{promise['key']} has {promise[column]} {status}, bills claim {taken}"
        if promise["amount_reserved"] + promise["amount_used"] > promise["amount"]:
            yield f"{promise['key']} gives more than its {promise['amount']}"
        if promise["is_once"] and sum(each["status"] in HOLDS for each in claims) > 1:
            yield f"{promise['key']} was to be used once"
    for bill in seen["bills"]:
        claims = [each for each in seen["claims"] if each["invoice_id"] == bill["id"]]
        if sum(each["amount"] for each in claims) != bill["amount_deducted"]:
            yield f"{bill['key']} deducts {bill['amount_deducted']}, by {claims}"


def payments_are_for_one_payee_in_one_currency(world: World, seen: Seen) -> Iterator[str]:
    bills = {bill["id"]: bill for bill in seen["bills"]}
    stages = {stage["id"]: bills[stage["invoice_id"]] for stage in seen["stages"]}
    for payment in seen["payments"]:
        meant = _meant(seen, payment)
        asked = [stages[each["instalment_id"]] for each in meant]
        if sum(each["amount"] for each in meant) != payment["amount"]:
            yield f"{payment['key']} asks {payment['amount']} for {meant}"
        if {bill["currency"] for bill in asked} != {payment["currency"]}:
            yield f"{payment['key']} pays {asked} in {payment['currency']}"


def no_bill_believes_more_than_came(world: World, seen: Seen) -> Iterator[str]:
    came = _came(seen)
    for stage in seen["stages"]:
        if stage["amount_paid"] > came[stage["id"]]:
            yield f"{stage['key']} has {stage['amount_paid']}, {came[stage['id']]} came"


SAFETY: tuple[Invariant, ...] = (
    *invariants.SAFETY,
    numbers_have_no_holes,
    each_number_has_its_paper,
    stages_make_up_the_bill,
    promises_are_kept_once,
    payments_are_for_one_payee_in_one_currency,
    no_bill_believes_more_than_came,
)


def a_bill_says_what_its_payments_say(world: World, seen: Seen) -> Iterator[str]:
    came, refunded = _came(seen), _refunded(seen)
    for bill in seen["bills"]:
        stages = _stages(seen, bill)
        for stage in stages:
            is_paid = came[stage["id"]] >= stage["amount"]
            if (stage["amount_paid"], stage["is_paid"]) != (came[stage["id"]], is_paid):
                yield f"{stage} was paid {came[stage['id']]}"
        paid = sum(came[stage["id"]] for stage in stages)
        if bill["amount_paid"] != paid:
            yield f"{bill['key']} says {bill['amount_paid']}, {paid} was paid"
        low, high = refunded[bill["id"]]
        if not low <= bill["amount_refunded"] <= high:
            yield f"{bill['key']} gave back {bill['amount_refunded']}, not {low} to {high}"
        if bill["status"] in OWED and paid and paid >= _wanted(bill):
            yield f"{bill['key']} is {bill['status']} and was paid {paid} of {_wanted(bill)}"
        if bill["status"] == "paid" and not paid >= _wanted(bill):
            yield f"{bill['key']} is paid by {paid} of {_wanted(bill)}"


def refunds_are_shared_out_whole(world: World, seen: Seen) -> Iterator[str]:
    """Between bills that were paid together, nothing is lost and nothing said twice."""
    given = sum(p["amount_refunded"] for p in seen["payments"] if p["is_for_bills"])
    told = sum(bill["amount_refunded"] for bill in seen["bills"])
    if given != told:
        yield f"{given} went back, bills say {told}"


def too_much_is_said(world: World, seen: Seen) -> Iterator[str]:
    """Nobody pays a bill twice, but that somebody is told of it."""
    told = {each["key"] for each in seen["overpaid"]}
    for bill in seen["bills"]:
        over = bill["amount_paid"] - _wanted(bill)
        if bill["status"] == "paid" and over > 0 and bill["key"] not in told:
            yield f"{bill['key']} has {over} too much, and nobody says so"


def each_payment_has_one_receipt(world: World, seen: Seen) -> Iterator[str]:
    receipts = {each["payment_id"]: each for each in seen["receipts"]}
    if len(receipts) < len(seen["receipts"]):
        yield "a payment has two receipts"
    for payment in seen["payments"]:
        receipt = receipts.get(payment["id"])
        is_paid = payment["is_for_bills"] and payment["status"] == "succeeded"
        if is_paid != bool(receipt):
            yield f"{payment['key']} is {payment['status']}, its receipt {receipt}"
        elif receipt and (receipt["amount"], receipt["currency"]) != (
            payment["amount_paid"],
            payment["currency"],
        ):
            yield f"{payment['key']} was paid {payment['amount_paid']}, {receipt}"


def claims_follow_their_bill(world: World, seen: Seen) -> Iterator[str]:
    """Planned in a draft, reserved by what is owed, used by what is paid, free after that."""
    bills = {bill["id"]: bill for bill in seen["bills"]}
    for claim in seen["claims"]:
        bill = bills[claim["invoice_id"]]
        if claim["status"] != _claim_of(bill):
            yield f"{bill['key']} is {bill['status']}, what it deducts is {claim['status']}"


def promises_follow_their_bill(world: World, seen: Seen) -> Iterator[str]:
    bills = {bill["id"]: bill for bill in seen["bills"]}
    for promise in seen["promises"]:
        bill = bills[promise["invoice_id"]]
        kept = bill["amount_paid"] - bill["amount_refunded"]
        is_paid = bill["status"] == "paid"
        lost = min(max(promise["amount"] - kept, 0), promise["amount"]) if is_paid else 0
        if promise["amount_lost"] != lost:
            yield f"{promise['key']} has lost {promise['amount_lost']}, not {lost}"
        if (promise["status"] == "promised") != (bill["status"] in OWED):
            yield f"{promise['key']} is {promise['status']}, its bill {bill['status']}"
        if bill["status"] == "void" and promise["status"] != "void":
            yield f"{promise['key']} is {promise['status']}, its bill is void"
        taken = lost + promise["amount_reserved"] + promise["amount_used"]
        if promise["status"] == "available" and taken >= promise["amount"]:
            yield f"{promise['key']} is available, and nothing is left of it"


LIVENESS: tuple[Invariant, ...] = (
    *invariants.LIVENESS,
    a_bill_says_what_its_payments_say,
    refunds_are_shared_out_whole,
    too_much_is_said,
    each_payment_has_one_receipt,
    claims_follow_their_bill,
    promises_follow_their_bill,
)


def asks_too_much(seen: Seen, payment_id: int) -> bool:
    """Whether a payment that was just opened is for more than its bills are owed."""
    came, meant = _came(seen), [m for m in seen["meant"] if m["payment_id"] == payment_id]
    wishes = {each["instalment_id"]: each["amount"] for each in meant}
    for bill in seen["bills"]:
        stages = _stages(seen, bill)
        wish = sum(wishes.get(stage["id"], 0) for stage in stages)
        left = _wanted(bill) - sum(came[stage["id"]] for stage in stages)
        if wish and (wish > left or bill["status"] not in OWED):
            return True
    return any(
        wishes.get(stage["id"], 0) > max(stage["amount"] - came[stage["id"]], 0)
        for stage in seen["stages"]
    )


def _claim_of(bill: Seen) -> str:
    if bill["status"] in UNISSUED:
        return "planned"
    is_given_back = 0 < bill["amount_paid"] <= bill["amount_refunded"]
    if bill["status"] == "void" or is_given_back:
        return "released"
    return "used" if bill["status"] == "paid" else "reserved"


def _stages(seen: Seen, bill: Seen) -> list[Seen]:
    return [each for each in seen["stages"] if each["invoice_id"] == bill["id"]]


def _meant(seen: Seen, payment: Seen) -> list[Seen]:
    return [each for each in seen["meant"] if each["payment_id"] == payment["id"]]


def _asked(bill: Seen) -> int:
    return int(bill["amount"] - bill["amount_deducted"])


def _wanted(bill: Seen) -> int:
    return _asked(bill) - int(bill["amount_credited"])


def _came(seen: Seen) -> dict[int, int]:
    """What each stage got: filled in the order in which they were meant, the last one overflows."""
    came: dict[int, int] = defaultdict(int)
    for payment in seen["payments"]:
        for stage, part in _parts(seen, payment):
            came[stage] += part
    return came


def _parts(seen: Seen, payment: Seen) -> list[tuple[int, int]]:
    if payment["status"] != "succeeded":
        return []
    left, parts = payment["amount_paid"], []
    for each in _meant(seen, payment):
        part = min(left, each["amount"])
        parts.append((each["instalment_id"], part))
        left -= part
    stage, part = parts.pop()
    return [*parts, (stage, part + left)]


def _refunded(seen: Seen) -> dict[int, tuple[int, int]]:
    """In proportion, to a cent for each stage: between what and what a bill says."""
    bills = {stage["id"]: stage["invoice_id"] for stage in seen["stages"]}
    shares: dict[int, list[float]] = defaultdict(list)
    for payment in seen["payments"]:
        for stage, part in _parts(seen, payment):
            share = payment["amount_refunded"] * part / (payment["amount_paid"] or 1)
            shares[bills[stage]].append(share)
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for bill, each in shares.items():
        found[bill] = (int(sum(each)) - len(each), int(sum(each)) + len(each))
    return found
