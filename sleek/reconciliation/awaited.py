"""Which transfers a line of the bank's statement may be: reading what `rules.matching` judges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from sleek.channels.banktransfer import references
from sleek.channels.banktransfer.accounts import Pattern
from sleek.channels.models import Connection
from sleek.core.money import Money
from sleek.payments import rules
from sleek.payments.models import Attempt, Payer
from sleek.payments.rules import AttemptStatus, Surplus
from sleek.reconciliation.models import BankLine
from sleek.reconciliation.rules.lines import Row
from sleek.reconciliation.rules.matching import Awaited, Match, matches

CHANNEL = "banktransfer"
OPEN_TRANSFERS = 300  # open transfers that a line's payer is compared with, the newest


def suggestions(line: BankLine) -> list[tuple[Attempt, Match]]:
    """What a line may be, the best supported first; a certain one stands alone."""
    row = row_of(line)
    tries = _named(line.merchant_id, [row], line.connection) | open_transfers(line)
    by_key = {attempt.public_id: attempt for attempt in tries}
    return [(by_key[match.key], match) for match in matches(row, awaited(tries))]


def match_of(line: BankLine, attempt: Attempt) -> Match:
    """What speaks for and against one transfer, with all others in view."""
    known = (match for one, match in suggestions(line) if one.pk == attempt.pk)
    return next(known, None) or Match(attempt.public_id, ())


def named_by(lines: Sequence[BankLine]) -> list[tuple[BankLine, Attempt]]:
    """Lines with the one transfer that they certainly are, all of one merchant and account."""
    rows = {line.pk: row_of(line) for line in lines}
    if not rows:
        return []
    tries = _named(lines[0].merchant_id, list(rows.values()), lines[0].connection, nearly=False)
    found = awaited(tries)
    by_key = {attempt.public_id: attempt for attempt in tries}
    return [
        (line, by_key[match.key])
        for line in lines
        for match in matches(rows[line.pk], found)
        if match.is_certain
    ]


def open_transfers(line: BankLine) -> set[Attempt]:
    """Transfers that are waited for in the line's currency."""
    waiting = Q(status=AttemptStatus.REQUIRES_ACTION) | Q(surplus=Surplus.AMOUNT, resolution="")
    tries = _transfers(line.merchant_id).filter(
        waiting, currency=line.currency, payment__status__in=rules.PAYABLE
    )
    return set(tries.order_by("-pk")[:OPEN_TRANSFERS])


def awaited(tries: Iterable[Attempt]) -> list[Awaited]:
    tries = list(tries)
    of_payments = {attempt.payment_id for attempt in tries}
    arrived: dict[int, list[tuple[int, date]]] = defaultdict(list)
    lines = BankLine.objects.filter(attempt__payment__in=of_payments)
    for payment_id, minor, day in lines.values_list("attempt__payment_id", "amount", "booked_on"):
        arrived[payment_id].append((minor, day))
    parts: dict[int, int] = defaultdict(int)
    waiting = Attempt.objects.filter(
        payment__in=of_payments, surplus=Surplus.AMOUNT, resolution=""
    ).values_list("payment_id", "payment__currency", "currency_received", "amount_received")
    for payment_id, asked_in, came_in, part in waiting:
        parts[payment_id] += (part or 0) if asked_in == came_in else 0
    payers = Payer.objects.in_bulk(of_payments)
    return [
        _awaited(one, parts[one.payment_id], arrived[one.payment_id], payers.get(one.payment_id))
        for one in tries
    ]


def row_of(line: BankLine) -> Row:
    return Row(
        number=0,
        booked_on=line.booked_on,
        amount=line.money,
        payer_name=line.payer_name,
        payer_account=line.payer_account,
        account=line.account,
        text=line.text,
        reference=line.reference,
    )


def _awaited(
    attempt: Attempt, parts: int, arrived: Sequence[tuple[int, date]], payer: Payer | None
) -> Awaited:
    payment = attempt.payment
    is_waited_for = attempt.status == AttemptStatus.REQUIRES_ACTION or parts > 0
    return Awaited(
        key=attempt.public_id,
        reference=attempt.reference,
        missing=Money(max(payment.amount - parts, 0), payment.currency),
        began_on=attempt.created_at.astimezone(payment.merchant.zone).date(),
        is_open=is_waited_for and payment.status in rules.PAYABLE,
        names=tuple(name for name in (payer.name, payer.company) if name) if payer else (),
        account=str(attempt.next_data.get("virtual", "")),
        arrived=tuple(arrived),
    )


def _named(
    merchant_id: int, rows: Sequence[Row], connection: Connection, *, nearly: bool = True
) -> set[Attempt]:
    """Transfers whose reference, or whose own account number, the lines name."""
    wanted = {found for row in rows for found in references.within(row.text)}
    if nearly:
        wanted |= {found for row in rows for found in references.nearly_within(row.text)}
    naming = Q(reference__in=wanted)
    if numbers := _account_numbers(rows, connection):
        naming |= Q(next_data__virtual__in=sorted(numbers))
    return set(_transfers(merchant_id).filter(naming))


def _account_numbers(rows: Sequence[Row], connection: Connection) -> set[str]:
    text = connection.unseal().get("virtual_accounts", "")
    if not text:
        return set()
    pattern = Pattern(text)
    return {
        found for row in rows for told in (row.account, row.text) for found in pattern.within(told)
    }


def _transfers(merchant_id: int) -> QuerySet[Attempt]:
    """Each try's own, not the further parts that came for it."""
    tries = Attempt.objects.filter(payment__merchant_id=merchant_id, channel=CHANNEL)
    return tries.exclude(next_data={}).select_related("payment__merchant")
