"""What a report means for the books."""

from __future__ import annotations

from datetime import datetime

from sleek.channels import registry
from sleek.core.money import Money
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.payments.actions.reports.cases import AttemptRow, PaymentRow
from sleek.payments.actions.reports.changes import Changes
from sleek.payments.rules import Verdict


def note_money(
    changes: Changes, payment: PaymentRow, attempt: AttemptRow, verdict: Verdict, moment: datetime
) -> None:
    def enter(kind: str, postings: recipes.Postings) -> None:
        entry = Entry(payment.merchant_id, kind, attempt.public_id, postings, moment)
        changes.entries.append(entry)

    if attempt.origin_id and verdict.received:
        bucket = own_bucket(attempt) if verdict.pays else "frozen"
        enter("credit_applied", recipes.credit_applied(bucket, verdict.received))
    elif verdict.pays and verdict.received:
        enter("payment_succeeded", recipes.payment_succeeded(attempt.channel, verdict.received))
    elif verdict.received:
        enter("surplus_received", recipes.surplus_received(attempt.channel, verdict.received))
    if verdict.received and registry.capabilities(attempt.channel).is_direct:
        _note_arrival(changes, payment, attempt, verdict, moment)
    # A fee in the currency that the provider settles in says nothing about this one's books.
    is_own = verdict.fee is not None and verdict.fee.currency == payment.currency
    if verdict.fee and is_own and not attempt.surplus and not verdict.surplus:
        if changes.owes_fees:
            enter("channel_fee_owed", recipes.channel_fee_owed(attempt.channel, verdict.fee))
        else:
            enter("channel_fee_charged", recipes.channel_fee_charged(attempt.channel, verdict.fee))


def _note_arrival(
    changes: Changes, payment: PaymentRow, attempt: AttemptRow, verdict: Verdict, moment: datetime
) -> None:
    """Where no provider stands between, the money is on the merchant's account already: out of a
    wallet, or on the bank's statement. What pays nothing has arrived as well, and stays frozen.
    """
    received = verdict.received
    if received is None or attempt.origin_id:
        return

    def enter(merchant_id: int, kind: str, postings: recipes.Postings) -> None:
        changes.entries.append(Entry(merchant_id, kind, attempt.public_id, postings, moment))

    if attempt.paid_by_id:
        enter(attempt.paid_by_id, "balance_paid", recipes.balance_paid(received))
        if verdict.pays:
            enter(payment.merchant_id, "balance_received", recipes.balance_received(received))
    else:
        freed = received if verdict.pays else Money(0, received.currency)
        postings = recipes.settlement_arrived(attempt.channel, received, freed)
        enter(payment.merchant_id, "settlement_arrived", postings)


def own_bucket(attempt: AttemptRow) -> recipes.Bucket:
    """Where money that becomes the merchant's to use is, as far as its channel goes."""
    is_direct = registry.capabilities(attempt.channel).is_direct
    return "available" if is_direct else "in_transit"
