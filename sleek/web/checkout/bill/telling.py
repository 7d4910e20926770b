"""What a bill's page says beside the ways to pay it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from babel.numbers import format_decimal
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, to_locale

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import queries as bills
from sleek.invoices import rules as billing
from sleek.invoices.models import CreditNote, Entitlement, Instalment, Invoice, Line
from sleek.invoices.rules import DeductionStatus, EntitlementStatus, InvoiceStatus
from sleek.papers import queries as papers
from sleek.payments.models import Attempt
from sleek.payments.rules import AttemptStatus
from sleek.receipts import queries as receipts
from sleek.receipts.models import Receipt
from sleek.web.checkout import wording
from sleek.web.ui.templatetags.sleek_ui import plain_day


class State(StrEnum):
    """What there is to do on the page."""

    PAYABLE = "payable"
    CONFIRMING = "confirming"  # somebody has just paid, and nobody knows yet how it ended
    PAID = "paid"
    SETTLED = "settled"  # nothing is left to pay, by a credit note
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Position:
    item: str
    detail: str
    money: Money


@dataclass(frozen=True, slots=True)
class StageTold:
    """`is_here`: this page is about it alone."""

    number: int
    label: str
    deliverable: str
    money: Money
    due: Money
    day: str
    is_late: bool
    url: str


@dataclass(frozen=True, slots=True)
class Download:
    """A paper to be had here."""

    number: str
    url: str
    money: Money | None = None
    day: str = ""


@dataclass(frozen=True, slots=True)
class Deposit:
    """What became of it: deducted from which bills, kept by the payee, or left."""

    left: Money | None
    kept: Money
    deducted: list[tuple[str, Money]]


def state(bill: Invoice, stages: Sequence[Instalment], tries: Sequence[Attempt]) -> State:
    if bill.status == InvoiceStatus.VOID:
        return State.VOID
    if bill.status == InvoiceStatus.PAID or not sum(stage.due.minor for stage in stages):
        return State.PAID
    if not bill.due.minor:
        return State.SETTLED
    is_open = any(one.status in (AttemptStatus.UNKNOWN, AttemptStatus.PROCESSING) for one in tries)
    return State.CONFIRMING if is_open else State.PAYABLE


def about(bill: Invoice, stage: Instalment | None, tries: Sequence[Attempt]) -> dict[str, object]:
    """The page of the whole bill, or of one stage: that one tells nothing of the others."""
    every = list(bill.instalments.all())
    shown = [stage] if stage else every
    first, day = bills.next_due(bill, shown)
    return {
        "bill": bill,
        "stage": stage,
        "state": state(bill, shown, tries),
        "nature": bills.NATURES[bill.nature],
        "due_day": wording.date_of(day) if day else "",
        "next_due": first if first.minor < sum(each.due.minor for each in shown) else None,
        "is_late": day is not None and day < _today(bill),
        "confirming": _first(tries, AttemptStatus.UNKNOWN, AttemptStatus.PROCESSING),
        "awaited": [one for one in tries if one.next_data.get("reference")],
        "paid": Money(sum(each.amount_paid for each in shown), bill.currency),
    } | ({} if stage else _whole(bill, every))


def _whole(bill: Invoice, stages: Sequence[Instalment]) -> dict[str, object]:
    policy = bills.policy_of(bill)
    return {
        "positions": [_position(line, bill.currency) for line in bill.lines.all()],
        "documents": [
            (bills.DOCUMENTS[each.kind], each.number) for each in bill.documents.order_by("pk")
        ],
        "stages": [_told(each, bill) for each in stages] if len(stages) > 1 else [],
        "deducted": [
            (each.entitlement.invoice.number, -Money(each.amount, bill.currency))
            for each in bill.deductions.select_related("entitlement__invoice").order_by("pk")
        ],
        "credited": -Money(bill.amount_credited, bill.currency),
        "refunded": Money(bill.amount_refunded, bill.currency),
        "policy": bills.policy_in_words(policy) if policy else "",
        "deposit": _deposit(bill),
        "replacement": _heir(bill),
        "paper": _paper(bill),
        "notes": [_note(bill, each) for each in bills.notes_of(bill)],
        "receipts": [_receipt(bill, each) for each in receipts.of_bill(bill)],
    }


def _heir(bill: Invoice) -> Invoice | None:
    """The bill in its place, if it is the same payer's: one that was sent to the wrong company must
    not lead that company to what another one pays.
    """
    issued = Invoice.objects.filter(replaces=bill).exclude(status__in=billing.UNISSUED)
    is_same = Q(customer_id=bill.customer_id) if bill.customer_id else Q(payer_name=bill.payer_name)
    return issued.filter(is_same).first()


def _deposit(bill: Invoice) -> Deposit | None:
    """Once it is paid."""
    found = Entitlement.objects.select_related("invoice").filter(invoice=bill).first()
    if found is None or not found.is_deposit or not found.available_at:
        return None
    claims = found.deductions.filter(status__in=_DEDUCTED).select_related("invoice").order_by("pk")
    return Deposit(
        left=found.left if found.status == EntitlementStatus.AVAILABLE else None,
        kept=found.forfeited,
        deducted=[(each.invoice.number, Money(each.taken, found.currency)) for each in claims],
    )


_DEDUCTED = (DeductionStatus.RESERVED, DeductionStatus.USED)


def _paper(bill: Invoice) -> Download | None:
    kept = papers.newest(bill.public_id)
    return Download(kept.number, _address(bill, kept.public_id)) if kept else None


def _receipt(bill: Invoice, receipt: Receipt) -> Download:
    kept = papers.newest(receipt.public_id)
    url = _address(bill, kept.public_id) if kept else ""
    return Download(receipt.number, url, receipt.money, plain_day(receipt.issued_on))


def _note(bill: Invoice, note: CreditNote) -> Download:
    kept = papers.newest(note.public_id)
    url = _address(bill, kept.public_id) if kept else ""
    return Download(note.number, url, note.money, plain_day(note.issued_on))


def _address(bill: Invoice, paper_id: str) -> str:
    return reverse("checkout-paper", args=[bill.token, paper_id])


def _position(line: Line, currency: str) -> Position:
    locale = to_locale(get_language() or "en")
    counted = format_decimal(line.quantity.normalize(), "#,##0.####", locale=locale)
    how_many = f"{counted} {line.unit}".strip() if line.unit or line.quantity != 1 else ""
    detail = " · ".join(filter(None, [line.spec, how_many]))
    return Position(line.item, detail, Money(line.amount, currency))


def _told(stage: Instalment, bill: Invoice) -> StageTold:
    today = _today(bill)
    return StageTold(
        number=stage.position + 1,
        label=stage.label,
        deliverable=stage.deliverable,
        money=stage.money,
        due=stage.due,
        day=plain_day(stage.due_on) if stage.due_on else "",
        is_late=bool(stage.due.minor and stage.due_on and stage.due_on < today),
        url=reverse("checkout-instalment", args=[stage.token]),
    )


def _today(bill: Invoice) -> date:
    return clock.now().astimezone(bill.merchant.zone).date()


def _first(tries: Sequence[Attempt], *statuses: AttemptStatus) -> Attempt | None:
    return next((one for one in tries if one.status in statuses), None)
