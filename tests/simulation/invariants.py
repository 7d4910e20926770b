"""What must always hold (safety), and what must hold once nothing goes wrong any more (liveness).

Each is a function of what is committed and of the providers' own books; its name, in words, is the
invariant's. None calls Sleek.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, TypeAlias

from tests.simulation.providers import Trade
from tests.simulation.world import Violation, World

Seen: TypeAlias = dict[str, Any]
Invariant: TypeAlias = Callable[[World, Seen], Iterator[str]]

OPEN = ("started", "requires_action", "processing", "unknown")
BY_ITSELF = ("duplicate", "late", "sold_out")
FOR_PEOPLE = ("amount", "currency", "void")
GIVEN_UP_AFTER = timedelta(hours=24)


def check(world: World, invariants: tuple[Invariant, ...]) -> None:
    seen = world.observer.look()
    for invariant in invariants:
        for flaw in invariant(world, seen):
            raise Violation(f"{invariant.__name__.replace('_', ' ')}: {world.name(flaw)}")


def the_books_balance(world: World, seen: Seen) -> Iterator[str]:
    sums: dict[str, int] = defaultdict(int)
    for account in seen["accounts"]:
        sums[account["currency"]] += account["balance"]
    yield from (f"{currency} is off by {total}" for currency, total in sums.items() if total)


def paid_is_paid_exactly(world: World, seen: Seen) -> Iterator[str]:
    """By one try with what was asked; or by parts that make it up, or by what a person accepted.
    A bill takes what comes by a way that brings parts.
    """
    for payment in seen["payments"]:
        paying = [
            attempt
            for attempt in _tries(seen, payment)
            if attempt["status"] == "succeeded"
            and (attempt["surplus"] == "" or attempt["resolution"] == "accepted")
        ]
        if (payment["status"] == "succeeded") != bool(paying):
            yield f"{payment['key']} is {payment['status']} with {len(paying)} that pay"
        money = {(payment["currency"], attempt["currency_received"]) for attempt in paying}
        total = sum(attempt["amount_received"] for attempt in paying)
        is_decided = payment["key"] in world.accepted or _is_part_of_bill(payment, paying)
        if total != payment["amount_paid"] or any(ours != theirs for ours, theirs in money):
            yield f"{payment['key']} is paid {payment['amount_paid']}, with {total}"
        if paying and total != payment["amount"] and not is_decided:
            yield f"{payment['key']} asked {payment['amount']} and is paid with {total}"


def money_was_really_there(world: World, seen: Seen) -> Iterator[str]:
    """What a try has received is what its provider has for it, to the cent."""
    for attempt in seen["attempts"]:
        if attempt["amount_received"] is None or attempt["origin_id"]:
            continue
        trade = _trade(world, attempt)
        received = trade.received if trade else None
        told = (attempt["amount_received"], attempt["currency_received"])
        if received is None or told != (received.minor, received.currency):
            yield f"{attempt['key']} has {told}, its provider {received}"


def nothing_is_invented(world: World, seen: Seen) -> Iterator[str]:
    """The books never say that a provider holds more than it does."""
    for (place, currency), really in _at_providers(world).items():
        booked = _booked(seen, place, currency)
        in_flight = sum(refund["amount"] for refund in seen["refunds"])
        if booked > really + in_flight:
            yield f"{place} should hold {booked} {currency}, it holds {really}"


def no_more_goes_back_than_came(world: World, seen: Seen) -> Iterator[str]:
    for trade in world.books.trades.values():
        back = world.books.given_back(trade) + world.books.transferred(trade)
        if back > world.books.captured(trade):
            yield f"{trade.key} had {trade.received}, {back} went back"
    for payment in seen["payments"]:
        going = [
            refund["amount"]
            for attempt in _tries(seen, payment)
            for refund in _going(seen, attempt, "payment")
        ]
        if sum(going) != payment["amount_refunded"] or sum(going) > payment["amount_paid"]:
            paid, back = payment["amount_paid"], payment["amount_refunded"]
            yield f"{payment['key']} was paid {paid}, {back} are refunded by {going}"


def a_surplus_goes_back_once(world: World, seen: Seen) -> Iterator[str]:
    """And not at all when it pays, or is kept for its payer."""
    for attempt in seen["attempts"]:
        pays = attempt["surplus"] == "" or attempt["resolution"] in ("accepted", "credited")
        going = _going(seen, attempt, "surplus")
        if len(going) > 1 or (pays and going):
            yield f"{attempt['key']} ({attempt['surplus']}) goes back {len(going)} times"


def frozen_is_explained(world: World, seen: Seen) -> Iterator[str]:
    """What is frozen is what arrived, pays nothing, and is not on its way back."""
    expected: dict[str, int] = defaultdict(int)
    for attempt in seen["attempts"]:
        is_settled = attempt["resolution"] in ("accepted", "credited")
        if attempt["surplus"] and not is_settled:
            going = sum(refund["amount"] for refund in _going(seen, attempt, "surplus"))
            expected[attempt["currency_received"]] += attempt["amount_received"] - going
    for currency in {*expected, *(account["currency"] for account in seen["accounts"])}:
        frozen = _balance(seen, "frozen", currency)
        if frozen != expected[currency]:
            yield f"{frozen} {currency} are frozen, {expected[currency]} should be"


def stock_is_never_oversold(world: World, seen: Seen) -> Iterator[str]:
    links = {link["id"]: link for link in seen["links"]}
    sold: dict[int, int] = defaultdict(int)
    for payment in seen["payments"]:
        if payment["status"] == "succeeded" and payment["link_id"]:
            link = links[payment["link_id"]]
            sold[link["uses_id"]] += 1
            sold[link["pieces_id"]] += payment["quantity"] or 1
    for stock in seen["stocks"]:
        if sold[stock["id"]] != stock["taken"] or stock["taken"] > stock["total"]:
            yield f"{stock} and {sold[stock['id']]} were sold"


def nobody_is_given_up_too_early(world: World, seen: Seen) -> Iterator[str]:
    for attempt in seen["attempts"]:
        age = world.now.timestamp() - float(attempt["created_s"])
        if attempt["status"] == "unknown" and age < GIVEN_UP_AFTER.total_seconds():
            yield f"{attempt['key']} was given up after {age:.0f} s"


def what_is_undecided_is_asked_about(world: World, seen: Seen) -> Iterator[str]:
    """An open try has the time of its next question, until its schedule is over."""
    for attempt in seen["attempts"]:
        is_asked = attempt["check_at"] is not None or attempt["origin_id"]
        if attempt["status"] in ("started", "requires_action") and not is_asked:
            yield f"{attempt['key']} is {attempt['status']} and nobody asks"


SAFETY: tuple[Invariant, ...] = (
    the_books_balance,
    paid_is_paid_exactly,
    money_was_really_there,
    nothing_is_invented,
    no_more_goes_back_than_came,
    a_surplus_goes_back_once,
    frozen_is_explained,
    stock_is_never_oversold,
    nobody_is_given_up_too_early,
    what_is_undecided_is_asked_about,
)


def nothing_is_undecided(world: World, seen: Seen) -> Iterator[str]:
    for attempt in seen["attempts"]:
        if attempt["status"] in OPEN:
            yield f"{attempt['key']} is {attempt['status']}"
    for payment in seen["payments"]:
        waits = [
            attempt
            for attempt in _tries(seen, payment)
            if attempt["surplus"] in ("amount", "currency") and not attempt["resolution"]
        ]
        if payment["status"] == "processing" and not waits:
            yield f"{payment['key']} is processing and nothing is under way"


def what_ends_has_ended(world: World, seen: Seen) -> Iterator[str]:
    for payment in seen["payments"]:
        waits = any(
            attempt["surplus"] in ("amount", "currency") for attempt in _tries(seen, payment)
        )
        is_open = payment["status"] in ("pending", "processing", "failed")
        if is_open and payment["expires_at"] and not waits:
            yield f"{payment['key']} is {payment['status']}, its time is over"


def every_extra_payment_went_back(world: World, seen: Seen) -> Iterator[str]:
    """By the books of those who hold the money: the payer has it."""
    for attempt in seen["attempts"]:
        kept = attempt["resolution"] == "credited" or attempt["origin_id"]
        trade = _trade(world, attempt)
        if attempt["surplus"] not in BY_ITSELF or kept or trade is None:
            continue
        left = world.books.captured(trade)
        left -= world.books.given_back(trade) + world.books.transferred(trade)
        if left:
            yield f"{left} of {attempt['key']} ({attempt['surplus']}) did not"


def no_refund_is_under_way(world: World, seen: Seen) -> Iterator[str]:
    yield from (refund["key"] for refund in seen["refunds"] if refund["status"] == "pending")
    for account in seen["accounts"]:
        if account["code"] == "refunds:in_flight" and account["balance"]:
            yield f"{account['balance']} {account['currency']} are in flight"


def our_books_are_the_providers(world: World, seen: Seen) -> Iterator[str]:
    """All that providers and the bank hold is known, to the cent."""
    for (place, currency), really in _at_providers(world).items():
        booked = _booked(seen, place, currency)
        if booked != really:
            yield f"{place} holds {really} {currency}, our books say {booked}"


def nobody_is_charged_twice(world: World, seen: Seen) -> Iterator[str]:
    """Of all that was taken for a payment, no more is left than paid it, but what a person has yet
    to decide on or has kept for its payer.
    """
    for payment in seen["payments"]:
        left = 0
        for attempt in _tries(seen, payment):
            is_kept = attempt["surplus"] in FOR_PEOPLE or attempt["resolution"]
            trade = None if is_kept or attempt["origin_id"] else _trade(world, attempt)
            if trade is not None:
                left += world.books.captured(trade)
                left -= world.books.given_back(trade) + world.books.transferred(trade)
        if left > payment["amount_paid"]:
            yield f"{payment['key']} is paid {payment['amount_paid']}, {left} were taken"


def nothing_is_held_for_nobody(world: World, seen: Seen) -> Iterator[str]:
    waiting = {
        attempt["payment_id"]
        for attempt in seen["attempts"]
        if attempt["surplus"] in ("amount", "currency") and not attempt["resolution"]
    }
    holders = [p for p in seen["payments"] if p["id"] in waiting and p["has_hold"]]
    for stock in seen["stocks"]:
        if stock["held"] and not holders:
            yield f"{stock}"


def no_notice_waits(world: World, seen: Seen) -> Iterator[str]:
    yield from (f"{notice['error']}" for notice in seen["waiting"])


LIVENESS: tuple[Invariant, ...] = (
    nothing_is_undecided,
    what_ends_has_ended,
    every_extra_payment_went_back,
    no_refund_is_under_way,
    our_books_are_the_providers,
    nobody_is_charged_twice,
    nothing_is_held_for_nobody,
    no_notice_waits,
)


def _is_part_of_bill(payment: Seen, paying: list[Seen]) -> bool:
    comes_in_parts = any(each["channel"] == "sim_slot" or each["origin_id"] for each in paying)
    return payment["is_for_bills"] and comes_in_parts


def _tries(seen: Seen, payment: Seen) -> list[Seen]:
    return [each for each in seen["attempts"] if each["payment_id"] == payment["id"]]


def _going(seen: Seen, attempt: Seen, source: str) -> list[Seen]:
    """What of an attempt went back or is about to."""
    refunds = [each for each in seen["refunds"] if each["attempt_id"] == attempt["id"]]
    return [each for each in refunds if each["source"] == source and each["status"] != "failed"]


def _trade(world: World, attempt: Seen) -> Trade | None:
    """A bank knows money by its line, the others by our key."""
    key = attempt["reference"] if attempt["channel"] == "sim_slot" else attempt["key"]
    return world.books.trades.get(key)


def _at_providers(world: World) -> dict[tuple[str, str], int]:
    """What each holds for the merchant; what the bank has been paid is the merchant's, there."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    for trade in world.books.trades.values():
        if trade.received is not None:
            currency = trade.received.currency
            place = "bank" if trade.channel == "sim_slot" else f"clearing:{trade.channel}"
            held[place, currency] += trade.received.minor - world.books.given_back(trade)
            held["bank", currency] -= world.books.transferred(trade)
    return held


def _booked(seen: Seen, place: str, currency: str) -> int:
    """What the books say is there, before its fees."""
    fees = [f["amount"] for f in seen["fees"] if (f["code"], f["currency"]) == (place, currency)]
    return int(sum(fees)) - _balance(seen, place, currency)


def _balance(seen: Seen, code: str, currency: str) -> int:
    wanted = (code, currency)
    return sum(a["balance"] for a in seen["accounts"] if (a["code"], a["currency"]) == wanted)
