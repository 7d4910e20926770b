"""What a bill says, as one value: to be written, read back, copied and hashed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sleek.core.money import Money
from sleek.customers.models import Customer
from sleek.invoices.models import Invoice, Line
from sleek.invoices.rules import DocumentKind, Figures, Listing, Nature, Policy, Stage
from sleek.merchants.models import Brand
from sleek.papers.models import Design


@dataclass(frozen=True, slots=True)
class Payer:
    """As the bill names them; copied from a customer, and then the bill's own."""

    name: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    address: str = ""
    credit_code: str = ""
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class LineWish:
    item: str
    figures: Figures
    spec: str = ""
    unit: str = ""
    is_hourly: bool = False  # whether the figures' hours are printed
    is_courier: bool = False
    quoted_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A document; with what it said, where lines were taken from it."""

    kind: DocumentKind
    number: str
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a draft says. Without a day it is due `due_days` after it is issued; without either
    at once.
    """

    currency: str
    lines: tuple[LineWish, ...] = ()
    customer: Customer | None = None
    payer: Payer = field(default_factory=Payer)
    nature: Nature = Nature.SAMPLING
    title: str = ""
    is_tax_inclusive: bool = True
    language: str = "en"
    due_on: date | None = None
    due_days: int | None = None
    stages: tuple[Stage, ...] = ()
    policy: Policy | None = None
    deducts: bool = True
    takes_parts: bool = False
    wants_xml: bool = False
    methods: tuple[str, ...] = ()
    documents: tuple[Reference, ...] = ()
    remarks: str = ""
    memo: str = ""
    tags: tuple[str, ...] = ()
    brand: Brand | None = None
    design: Design | None = None

    @property
    def is_deposit(self) -> bool:
        """Whether all of it is to be deducted later. It is no bill to deduct from itself."""
        is_whole = self.policy is not None and self.policy.for_any_bill
        return is_whole and self.nature == Nature.DEPOSIT


def payer_of(customer: Customer) -> Payer:
    """What a bill copies from the address book."""
    return Payer(**{name: getattr(customer, name) for name in Payer.__slots__})


def draft_of(invoice: Invoice) -> Draft:
    """What the bill says, whatever became of it."""
    return Draft(
        currency=invoice.currency,
        lines=tuple(wish_of(line) for line in invoice.lines.all()),
        customer=invoice.customer,
        payer=Payer(**{name: getattr(invoice, f"payer_{name}") for name in Payer.__slots__}),
        nature=Nature(invoice.nature),
        title=invoice.title,
        is_tax_inclusive=invoice.is_tax_inclusive,
        language=invoice.language,
        due_on=invoice.due_on if invoice.due_days is None else None,
        due_days=invoice.due_days,
        stages=_stages(invoice),
        policy=policy_of(invoice),
        deducts=invoice.deducts,
        takes_parts=invoice.takes_parts,
        wants_xml=invoice.wants_xml,
        methods=tuple(invoice.methods),
        documents=tuple(
            Reference(
                DocumentKind(each.kind),
                each.number,
                Listing.unpack(each.listing) if each.listing else None,
            )
            for each in sorted(invoice.documents.all(), key=lambda each: each.pk)
        ),
        remarks=invoice.remarks,
        memo=invoice.memo,
        tags=tuple(invoice.tags),
        brand=invoice.brand,
        design=invoice.design,
    )


def policy_of(invoice: Invoice) -> Policy | None:
    if invoice.policy_amount is None or invoice.policy_threshold is None:
        return None
    return Policy(
        amount=Money(invoice.policy_amount, invoice.currency),
        threshold=Money(invoice.policy_threshold, invoice.policy_threshold_currency),
        valid_days=invoice.policy_valid_days,
        is_once=invoice.policy_is_once,
        counts_courier=invoice.policy_counts_courier,
    )


def content_hash(invoice: Invoice) -> str:
    """SHA-256 of everything that issuing would print; an approval is of exactly this."""
    draft = draft_of(invoice)
    said = {
        "payer": [getattr(draft.payer, name) for name in Payer.__slots__],
        "customer": draft.customer.public_id if draft.customer else "",
        "lines": [
            (
                line.item,
                line.spec,
                line.unit,
                line.is_hourly,
                line.is_courier,
                *(_plain(getattr(line.figures, name)) for name in Figures.__slots__),
            )
            for line in draft.lines
        ],
        "instalments": [
            (each.label, each.deliverable, each.amount, each.due_on)
            for each in invoice.instalments.all()
        ],
        "documents": [(each.kind, each.number) for each in draft.documents],
        "deductions": sorted(
            (each.entitlement.public_id, each.taken, each.amount)
            for each in invoice.deductions.all()
        ),
        "policy": repr(draft.policy),
        "amounts": (invoice.amount, invoice.amount_tax, invoice.amount_deducted),
        "terms": (draft.due_on, draft.due_days, draft.takes_parts, draft.methods),
        "words": (draft.currency, draft.nature, draft.title, draft.remarks, draft.language),
        "is_tax_inclusive": draft.is_tax_inclusive,
        "wants_xml": draft.wants_xml,
        "look": (
            draft.design.public_id if draft.design else "",
            draft.brand.public_id if draft.brand else "",
        ),
        "replaces": invoice.replaces.public_id if invoice.replaces else "",
    }
    packed = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(packed.encode()).hexdigest()


def is_below_quotation(invoice: Invoice) -> bool:
    """Or whether nobody can tell, because the bill is of another currency."""
    listings = invoice.documents.exclude(listing=None).values_list("listing__currency", flat=True)
    return any(currency != invoice.currency for currency in listings) or any(
        line.quoted_price is not None and line.price < line.quoted_price
        for line in invoice.lines.all()
    )


def wish_of(line: Line) -> LineWish:
    return LineWish(
        item=line.item,
        figures=line.figures,
        spec=line.spec,
        unit=line.unit,
        is_hourly=line.hours is not None,
        is_courier=line.is_courier,
        quoted_price=line.quoted_price,
    )


def _stages(invoice: Invoice) -> tuple[Stage, ...]:
    """A bill that is not divided has one instalment, which was not wished for. One that was divided
    anew after issue says its stages by amount.
    """
    rows = list(invoice.instalments.all())
    if len(rows) == 1 and not rows[0].label and rows[0].percent is None:
        return ()
    by_share = all(row.percent is not None for row in rows)
    return tuple(
        Stage(
            label=row.label,
            deliverable=row.deliverable,
            amount=None if by_share else Money(row.amount, invoice.currency),
            percent=row.percent if by_share else None,
            due_on=row.due_on,
        )
        for row in rows
    )


def _plain(number: Decimal) -> str:
    """However many zeros the database or a form wrote behind it."""
    return format(number.normalize(), "f")
