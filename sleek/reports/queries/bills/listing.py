"""The list of bills: searched in everything that they say, narrowed, ordered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from sleek.customers.models import TableFile
from sleek.invoices import queries as invoices
from sleek.invoices.models import Invoice, Line, RelatedDocument
from sleek.invoices.rules import PAYABLE, UNISSUED, InvoiceStatus
from sleek.links import rules as links

EXPORT_LIMIT = 50_000  # rows of one file
CHUNK = 500
TAGS_SHOWN = 30  # choices of the filter


class State(StrEnum):
    """What the list is narrowed to: a status, or a fact beside it."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    OPEN = "open"
    OVERDUE = "overdue"
    TO_ASK = "to_ask"
    UNSENT = "unsent"
    VIEWED = "viewed"
    PART_PAID = "part_paid"
    OVERPAID = "overpaid"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


STATES = tuple(State)


class Order(StrEnum):
    NEWEST = "newest"
    DUE = "due"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty is any."""

    text: str = ""
    state: str = ""
    currency: str = ""
    tag: str = ""
    customer: str = ""
    document: str = ""
    table: str = ""
    order: str = Order.NEWEST

    def __bool__(self) -> bool:
        narrowed = (self.text, self.state, self.currency, self.tag, self.customer)
        return any((*narrowed, self.document, self.table))


def matching(
    rows: QuerySet[Invoice], filters: Filters, *, today: date, sees_personal: bool
) -> QuerySet[Invoice]:
    if filters.currency:
        rows = rows.filter(currency=filters.currency)
    if filters.tag:
        rows = rows.filter(tags__contains=[filters.tag])
    if filters.customer:
        rows = rows.filter(customer__public_id=filters.customer)
    if filters.document:
        named = RelatedDocument.objects.filter(number=filters.document, invoice=OuterRef("pk"))
        rows = rows.filter(Exists(named))
    if filters.table:
        made = TableFile.objects.filter(public_id=filters.table).values_list("made", flat=True)
        rows = rows.filter(public_id__in=made.first() or [])
    if filters.state == State.OVERDUE:
        rows = invoices.overdue(rows, today)
    elif filters.state in STATES:
        rows = rows.filter(_in_state(State(filters.state), today))
    return rows.filter(_says(filters.text, sees_personal)) if filters.text else rows


def ordered(rows: QuerySet[Invoice], order: str) -> QuerySet[Invoice]:
    """Those that are due first stand in front; drafts have no day yet and come last."""
    if order == Order.DUE:
        return invoices.by_due_day(rows)
    if order == Order.AMOUNT:
        return rows.order_by("-amount", "-pk")
    return rows.order_by("-created_at", "-pk")


def export(rows: QuerySet[Invoice], order: str) -> Iterator[Invoice]:
    """Up to the limit; in chunks, so that a big file costs little memory."""
    found = ordered(rows, order).select_related("customer", "created_by")
    found = found.prefetch_related("documents", "instalments")
    return found[:EXPORT_LIMIT].iterator(chunk_size=CHUNK)


def tags_of(rows: QuerySet[Invoice]) -> list[str]:
    """Those in use, the newest first."""
    recent = rows.exclude(tags=[]).order_by("-created_at").values_list("tags", flat=True)[:500]
    return list(dict.fromkeys(tag for tags in recent for tag in tags))[:TAGS_SHOWN]


def _in_state(state: State, today: date) -> Q:
    asked = F("amount") - F("amount_deducted") - F("amount_credited")
    is_issued = ~Q(status__in=UNISSUED)
    facts = {
        State.TO_ASK: Q(
            status=InvoiceStatus.OPEN,
            follow_ups__done_at=None,
            follow_ups__due_on__lte=today,
        ),
        State.UNSENT: Q(status=InvoiceStatus.OPEN, sent_at=None, viewed_at=None),
        State.VIEWED: Q(status=InvoiceStatus.OPEN, viewed_at__isnull=False),
        State.PART_PAID: Q(status__in=PAYABLE, amount_paid__gt=F("amount_refunded")),
        State.OVERPAID: is_issued & Q(amount_paid__gt=asked + F("amount_refunded")),
    }
    return facts.get(state) or Q(status=state.value)


def _says(text: str, sees_personal: bool) -> Q:
    """Who may not see personal data must know it whole to find by it, or a search would spell it
    out letter by letter.
    """
    says = Q(public_id=text) | Q(tags__contains=[text]) | _asks(text)
    for column in ("number", "title", "remarks", "memo"):
        says |= Q(**{f"{column}__icontains": text})
    how = "icontains" if sees_personal else "iexact"
    for column in ("payer_name", "payer_contact", "payer_email", "customer__name"):
        says |= Q(**{f"{column}__{how}": text})
    own = OuterRef("pk")
    lines = Line.objects.filter(Q(item__icontains=text) | Q(spec__icontains=text), invoice=own)
    documents = RelatedDocument.objects.filter(number__icontains=text, invoice=own)
    return says | Exists(lines) | Exists(documents)


def _asks(text: str) -> Q:
    """By the total, or by what is asked for after deductions, in whatever currency."""
    found = Q(pk=None)
    for amount in links.amounts(text.replace(",", "")):
        sums = Q(amount=amount.minor) | Q(amount=amount.minor + F("amount_deducted"))
        found |= Q(sums, currency=amount.currency)
    return found
