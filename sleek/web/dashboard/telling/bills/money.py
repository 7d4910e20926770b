"""What was paid of a bill, what it was worth at home, and what its credit notes took back."""

from __future__ import annotations

from dataclasses import dataclass

from sleek.core.money import Money
from sleek.invoices import queries
from sleek.invoices.models import CreditNote, Invoice
from sleek.invoices.rules import Exchange, together
from sleek.papers import queries as papers
from sleek.payments.models import Attempt, Payment
from sleek.reports.queries import bills as reports
from sleek.reports.queries.bills import History


@dataclass(frozen=True, slots=True)
class PaidRow:
    """`exchange` is None where nothing was changed: in the home currency, or all given back."""

    payment: Payment
    amount: Money
    attempt: Attempt | None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """`has_paper`: those of before papers have none."""

    note: CreditNote
    amount: Money
    has_paper: bool


def paid(history: History) -> list[PaidRow]:
    invoice = history.invoice
    found = reports.exchanges([invoice]).get(invoice.pk, {})
    return [
        PaidRow(
            each.payment,
            Money(each.amount, invoice.currency),
            each.attempt,
            found.get(each.payment.pk),
        )
        for each in history.payments
        if each.amount
    ]


def exchanged(rows: list[PaidRow]) -> Exchange | None:
    """Of several payments together."""
    parts = [row.exchange for row in rows if row.exchange]
    return together(parts) if len(parts) > 1 else None


def notes(invoice: Invoice) -> list[NoteRow]:
    found = queries.notes_of(invoice)
    printed = papers.printed(note.public_id for note in found)
    return [NoteRow(note, note.money, note.public_id in printed) for note in found]
