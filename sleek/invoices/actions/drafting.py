"""Writing drafts: what a bill will say.

A draft is replaced whole each time it is saved. What it would come to is counted at once, so that
lists and previews show what the paper will; and any approval falls, because it was of other words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import InvalidOperation

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import InvalidAmount, Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.invoices import queries, rules
from sleek.invoices.models import (
    Deduction,
    Instalment,
    Invoice,
    Line,
    RelatedDocument,
    Review,
)
from sleek.invoices.queries import Draft, LineWish, Payer, Reference
from sleek.invoices.rules import InvoiceStatus, PolicyFlaw, Stage, StageFlaw
from sleek.invoices.rules.content import BillFlaw
from sleek.merchants.models import Merchant, User

WRITTEN_AT_ONCE = 500  # rows of one INSERT


class InvalidInvoice(SleekError):
    """What was entered makes no bill; `flaws` says why."""

    code = "invalid_invoice"

    def __init__(self, flaws: Sequence[BillFlaw | StageFlaw | PolicyFlaw]) -> None:
        super().__init__(", ".join(flaws))
        self.flaws = list(flaws)


class NotADraft(SleekError):
    """The bill is issued or under review; what it says can no longer be changed."""

    code = "not_a_draft"


class ChangedMeanwhile(SleekError):
    """Somebody else saved the draft since it was opened."""

    code = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class _Rows:
    """A bill with all that hangs on it, on its way into the database."""

    invoice: Invoice
    lines: list[Line]
    instalments: list[Instalment]
    documents: list[RelatedDocument]
    deductions: list[Deduction]


@transaction.atomic
def create(
    merchant: Merchant,
    draft: Draft,
    *,
    by: User,
    copied_from: Invoice | None = None,
    replaces: Invoice | None = None,
) -> Invoice:
    """Raises `InvalidInvoice`."""
    invoice = Invoice(merchant=merchant, created_by=by, copied_from=copied_from, replaces=replaces)
    write(invoice, draft, by)
    record(invoice, "invoice.drafted", by)
    return invoice


@transaction.atomic
def create_many(merchant: Merchant, drafts: Sequence[Draft], *, by: User) -> list[Invoice]:
    """All or none; who calls it records the act. Raises `InvalidInvoice`."""
    owed = queries.promised_to(merchant)
    rows = [_rows(Invoice(merchant=merchant, created_by=by), each, by, owed) for each in drafts]
    bills = Invoice.objects.bulk_create((each.invoice for each in rows), batch_size=WRITTEN_AT_ONCE)
    _store(rows)
    prefetch_related_objects(bills, "lines", "instalments", "documents", "deductions__entitlement")
    for invoice in bills:
        invoice.content_hash = queries.content_hash(invoice)
    Invoice.objects.bulk_update(bills, ["content_hash"], batch_size=WRITTEN_AT_ONCE)
    events.record([Fact("invoice.drafted", each.public_id, merchant.pk) for each in bills])
    return bills


@transaction.atomic
def rewrite(invoice: Invoice, draft: Draft, *, revision: int, by: User) -> Invoice:
    """Replace what a draft says; under review it goes back to being one. Raises `InvalidInvoice`,
    `NotADraft`, and `ChangedMeanwhile` when `revision` is not the one that was opened.
    """
    invoice = lock(invoice)
    if invoice.status not in rules.UNISSUED:
        raise NotADraft(_("This bill is issued. Void it and issue a corrected one instead."))
    if invoice.revision != revision:
        raise ChangedMeanwhile(
            _("Somebody saved this draft after you opened it. Open it again to see what changed.")
        )
    invoice.revision += 1
    invoice.status, invoice.approved_hash = InvoiceStatus.DRAFT, ""
    for rows in (invoice.lines, invoice.instalments, invoice.documents, invoice.deductions):
        rows.all().delete()
    is_another = by.pk not in queries.hands(invoice)
    write(invoice, draft, by)
    if is_another:
        Review.objects.create(
            invoice=invoice, verdict="edited", content_hash=invoice.content_hash, by=by
        )
    record(invoice, "invoice.edited", by)
    return invoice


@transaction.atomic
def discard(invoice: Invoice, *, by: User) -> None:
    """Only drafts go; what was issued stays for ever. Raises `NotADraft`."""
    invoice = lock(invoice)
    if invoice.status != InvoiceStatus.DRAFT:
        raise NotADraft(_("Only a draft can be deleted. Void the bill instead."))
    record(invoice, "invoice.discarded", by)
    invoice.delete()


@transaction.atomic
def note(invoice: Invoice, *, memo: str, tags: Sequence[str], by: User) -> Invoice:
    """What may change at any time: nothing of it is printed."""
    invoice = lock(invoice)
    invoice.memo, invoice.tags = memo.strip(), list(dict.fromkeys(tags))
    invoice.updated_at = clock.now()
    invoice.save(update_fields=["memo", "tags", "updated_at"])
    record(invoice, "invoice.noted", by)
    return invoice


def copy(invoice: Invoice, *, by: User) -> Invoice:
    """A draft that says the same, for another time: without its days and related documents' bond to
    the old one.
    """
    draft = replace(queries.draft_of(invoice), due_on=None, stages=_undated(invoice))
    return create(invoice.merchant, draft, by=by, copied_from=invoice)


def write(invoice: Invoice, draft: Draft, by: User) -> None:
    """Make it say that, in the caller's transaction. Raises `InvalidInvoice`."""
    rows = _rows(invoice, draft, by)
    invoice.save()
    _store([rows])
    invoice.content_hash = queries.content_hash(invoice)
    invoice.save(update_fields=["content_hash"])


def lock(invoice: Invoice) -> Invoice:
    return (
        Invoice.objects.select_for_update(no_key=True, of=("self",))
        .select_related("merchant")
        .get(pk=invoice.pk)
    )


def record(invoice: Invoice, kind: str, by: User | None, **data: object) -> None:
    """What became of it: as an event and, where somebody did it, in the audit log, too."""
    scope = invoice.merchant.public_id
    if by is not None:
        audit.record(kind, invoice.public_id, scope=scope, actor=by.public_id, data=dict(data))
    events.record([Fact(kind, invoice.public_id, invoice.merchant_id, data)])


def _rows(invoice: Invoice, draft: Draft, by: User, owed: Collection[int] | None = None) -> _Rows:
    """The bill as it would say that, and its rows; nothing is saved. `owed` are the customers whom
    earlier bills promise something, where that is known. Raises `InvalidInvoice`.
    """
    counted = _count(draft)
    draft = _with_deposit(draft, counted.total)
    _set_columns(invoice, draft, by)
    invoice.amount, invoice.amount_tax = counted.total.minor, counted.tax.minor
    flaws = rules.content.flaws(draft.lines, counted)
    if flaws:
        raise InvalidInvoice(flaws)
    takes = draft.deducts and not draft.is_deposit and (owed is None or invoice.customer_id in owed)
    planned = queries.plan_deductions(invoice, _countable(draft, counted)) if takes else []
    invoice.amount_deducted = sum(each.amount for each in planned)
    parts = rules.divide(invoice.asked, draft.stages)
    if isinstance(parts, StageFlaw):
        raise InvalidInvoice([parts])
    if draft.policy and (wrong := rules.deduction.flaws(draft.policy, invoice.asked)):
        raise InvalidInvoice(wrong)
    return _Rows(
        invoice,
        lines=_lines(invoice, queries.quoted(draft), counted.amounts),
        instalments=_instalments(invoice, draft, parts),
        documents=_documents(invoice, draft.documents),
        deductions=planned,
    )


def _store(rows: Sequence[_Rows]) -> None:
    """What hangs on bills that are saved."""
    for model, name in (
        *((Line, "lines"), (Instalment, "instalments")),
        *((Deduction, "deductions"), (RelatedDocument, "documents")),
    ):
        fresh = [row for each in rows for row in getattr(each, name)]
        if fresh:
            model._default_manager.bulk_create(fresh, batch_size=WRITTEN_AT_ONCE)


def _undated(invoice: Invoice) -> tuple[Stage, ...]:
    return tuple(replace(stage, due_on=None) for stage in queries.draft_of(invoice).stages)


def _count(draft: Draft) -> rules.Totals:
    try:
        return rules.totals(
            [line.figures for line in draft.lines],
            draft.currency,
            is_tax_inclusive=draft.is_tax_inclusive,
        )
    except (InvalidAmount, InvalidOperation):
        raise InvalidInvoice([BillFlaw.TOO_MUCH]) from None


def _with_deposit(draft: Draft, total: Money) -> Draft:
    """A deposit promises all that it asks for, whatever its lines come to; an empty one nothing."""
    if draft.policy is None or not draft.is_deposit:
        return draft
    policy = replace(draft.policy, amount=total) if total.minor > 0 else None
    return replace(draft, policy=policy)


def _set_columns(invoice: Invoice, draft: Draft, by: User) -> None:
    for name in (
        *("currency", "customer", "nature", "title", "is_tax_inclusive", "language", "due_on"),
        *("due_days", "deducts", "takes_parts", "wants_xml", "remarks", "memo", "brand", "design"),
    ):
        setattr(invoice, name, getattr(draft, name))
    for name in Payer.__slots__:
        setattr(invoice, f"payer_{name}", getattr(draft.payer, name))
    invoice.methods, invoice.tags = list(draft.methods), list(dict.fromkeys(draft.tags))
    policy = draft.policy
    invoice.policy_amount = policy.amount.minor if policy else None
    invoice.policy_threshold = policy.threshold.minor if policy else None
    invoice.policy_threshold_currency = policy.threshold.currency if policy else ""
    invoice.policy_valid_days = policy.valid_days if policy else None
    invoice.policy_is_once = policy.is_once if policy else True
    invoice.policy_counts_courier = policy.counts_courier if policy else False
    invoice.edited_by, invoice.updated_at = by, clock.now()


def _countable(draft: Draft, counted: rules.Totals) -> tuple[Money, Money]:
    """What counts towards a threshold with and without courier costs."""
    courier = sum(
        amount.minor
        for line, amount in zip(draft.lines, counted.amounts, strict=True)
        if line.is_courier
    )
    return counted.total, Money(max(counted.total.minor - courier, 0), draft.currency)


def _lines(invoice: Invoice, lines: Sequence[LineWish], amounts: Sequence[Money]) -> list[Line]:
    return [
        Line(
            invoice=invoice,
            position=position,
            item=line.item,
            spec=line.spec,
            quantity=line.figures.quantity,
            unit=line.unit,
            hours=line.figures.hours if line.is_hourly else None,
            price=line.figures.price,
            tax_rate=line.figures.tax_rate,
            is_courier=line.is_courier,
            quoted_price=line.quoted_price,
            amount=amount.minor,
        )
        for position, (line, amount) in enumerate(zip(lines, amounts, strict=True))
    ]


def _instalments(invoice: Invoice, draft: Draft, parts: Sequence[Money]) -> list[Instalment]:
    stages = draft.stages or (Stage(due_on=draft.due_on),)
    return [
        Instalment(
            invoice=invoice,
            position=position,
            label=stage.label,
            deliverable=stage.deliverable,
            percent=stage.percent,
            amount=part.minor,
            due_on=stage.due_on,
        )
        for position, (stage, part) in enumerate(zip(stages, parts, strict=True))
    ]


def _documents(invoice: Invoice, documents: Sequence[Reference]) -> list[RelatedDocument]:
    """Each once: of two under one number the one of which it is known what it said."""
    listings = {(each.kind, each.number): each.listing.pack() for each in documents if each.listing}
    named = dict.fromkeys((each.kind, each.number) for each in documents)
    return [
        RelatedDocument(
            merchant_id=invoice.merchant_id,
            invoice=invoice,
            kind=kind,
            number=number,
            listing=listings.get((kind, number)),
        )
        for kind, number in named
    ]
