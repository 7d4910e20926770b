"""The e-invoice that travels within a bill's PDF: Factur-X in its profile EN 16931.

The standard numbers what an invoice says (BT-1 is its number), and the generator takes it under
those numbers. A foreign customer's software reads it; what the standard needs and the bill lacks is
told in words, before anything is issued.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.core.amounts import plain_money
from sleek.core.errors import SleekError
from sleek.core.money import Money, exponent
from sleek.invoices import rules
from sleek.invoices.formats import parties, terms
from sleek.invoices.models import CreditNote, Invoice, Line
from sleek.invoices.queries.drafts import policy_of
from sleek.invoices.queries.dues import last_day
from sleek.invoices.queries.notes import taken_back
from sleek.invoices.queries.sheets import NOTICE, pay_url
from sleek.invoices.queries.words import NATURES, policy_in_words
from sleek.invoices.rules import DocumentKind, Figures, Totals

FILE = "factur-x.xml"  # a name that the standard prescribes
_LANGUAGE = "en"  # of its sentences; what was entered stays as it was entered

# It logs each document, and a broken one whole: what matters of that is raised.
logging.getLogger("factur-x").disabled = True

Terms = dict[str, object]  # by EN 16931's numbers, as the generator takes them


class ElectronicFlaw(StrEnum):
    """What EN 16931 asks for and a bill lacks."""

    PAYER_COUNTRY = "payer_country"
    PAYEE_COUNTRY = "payee_country"
    PAYEE_NUMBER = "payee_number"
    CURRENCY = "currency"
    ONLY_DISCOUNTS = "only_discounts"


_WORDS: dict[ElectronicFlaw, Promise] = {
    ElectronicFlaw.PAYER_COUNTRY: _("Choose the payer's country."),
    ElectronicFlaw.PAYEE_COUNTRY: _("Choose your own country in the workspace's settings."),
    ElectronicFlaw.PAYEE_NUMBER: _(
        "Enter your credit code or your tax number in the workspace's settings."
    ),
    ElectronicFlaw.CURRENCY: _(
        "Choose another currency: the standard has no amounts with three decimals."
    ),
    ElectronicFlaw.ONLY_DISCOUNTS: _("Enter at least one line that is no discount."),
}


class NotElectronic(SleekError):
    """The bill lacks what an e-invoice needs; `flaws` says what, and the message what to do."""

    code = "not_electronic"

    def __init__(self, flaws: Sequence[ElectronicFlaw]) -> None:
        told = " ".join(str(_WORDS[flaw]) for flaw in flaws)
        super().__init__(
            _("No e-invoice can be made of this bill yet. %(flaws)s") % {"flaws": told}
        )
        self.flaws = list(flaws)


def xml(invoice: Invoice) -> bytes:
    """Of a bill that has its number. Raises `NotElectronic`."""
    lines = list(invoice.lines.all())
    if found := flaws(invoice, lines):
        raise NotElectronic(found)
    counted = rules.totals(
        [line.figures for line in lines],
        invoice.currency,
        is_tax_inclusive=invoice.is_tax_inclusive,
    )
    with translation.override(_LANGUAGE):
        said = (
            _head(invoice, invoice.number, terms.BILL, invoice.issued_on)
            | parties.of(invoice, is_taxed=_is_taxed(counted))
            | _references(invoice)
            | _lines(lines, counted)
            | _taxes(counted)
            | _sums(counted, lines, prepaid=Money(invoice.amount_deducted, invoice.currency))
            | _payment(invoice)
            | {"BG-1": [{"BT-22": note} for note in _notes(invoice)]}
        )
    return _written(said)


def note_xml(note: CreditNote) -> bytes:
    """Of a credit note: what it takes back, a line for each tax rate. Raises `NotElectronic`."""
    invoice = note.invoice
    if found := flaws(invoice, list(invoice.lines.all())):
        raise NotElectronic(found)
    lines, counted = _taken_back(note)
    with translation.override(_LANGUAGE):
        said = (
            _head(invoice, note.number, terms.CREDIT_NOTE, note.issued_on)
            | parties.of(invoice, is_taxed=_is_taxed(counted))
            | _lines(lines, counted)
            | _taxes(counted)
            | _sums(counted, lines, prepaid=Money(0, invoice.currency))
            | {
                "BT-20": f"Taken off bill {invoice.number}; nothing is to be paid.",
                "BG-1": [{"BT-22": note.reason}],
                "BG-3": [{"BT-25": invoice.number, "BT-26": invoice.issued_on}],
            }
        )
    return _written(said)


def flaws(invoice: Invoice, lines: Sequence[Line]) -> list[ElectronicFlaw]:
    merchant = invoice.merchant
    checks = [
        (ElectronicFlaw.PAYER_COUNTRY, not invoice.payer_country),
        (ElectronicFlaw.PAYEE_COUNTRY, not merchant.country),
        (ElectronicFlaw.PAYEE_NUMBER, not (merchant.credit_code or merchant.tax_number)),
        (ElectronicFlaw.CURRENCY, exponent(invoice.currency) > terms.MAX_DECIMALS),
        (ElectronicFlaw.ONLY_DISCOUNTS, not any(line.price >= 0 for line in lines)),
    ]
    return [flaw for flaw, is_so in checks if is_so]


def _written(said: Terms) -> bytes:
    """Checked against the standard's schema, too."""
    from facturx.generate_xml import generate_cii_xml  # a fifth of a second, which few need

    plain = terms.sayable(said)
    return bytes(generate_cii_xml(plain, terms.PROFILE, check_xsd=True, check_schematron=None))


def _head(invoice: Invoice, number: str, kind: str, day: date | None) -> Terms:
    return {"BT-1": number, "BT-2": day, "BT-3": kind, "BT-5": invoice.currency}


def _references(invoice: Invoice) -> Terms:
    """One of each kind has a place of its own; whatever else is named supports the bill."""
    said: Terms = {}
    others = []
    for document in invoice.documents.order_by("pk"):
        term = _PLACES.get(DocumentKind(document.kind), "")
        if term and term not in said:
            said[term] = document.number
        else:
            others.append({"BT-122": document.number})
    said["BG-24"] = others
    said["BG-3"] = [
        {"BT-25": bill.number, "BT-26": bill.issued_on}
        for bill in _before(invoice)
        if bill.number and bill.issued_on
    ]
    return said


_PLACES = {
    DocumentKind.PROJECT: "BT-11",
    DocumentKind.CONTRACT: "BT-12",
    DocumentKind.PURCHASE_ORDER: "BT-13",
    DocumentKind.SALES_ORDER: "BT-14",
}


def _before(invoice: Invoice) -> list[Invoice]:
    """The bill that this one replaces, and those that are deducted from it."""
    deducted = invoice.deductions.select_related("entitlement__invoice").order_by("pk")
    replaced = [invoice.replaces] if invoice.replaces else []
    return replaced + [each.entitlement.invoice for each in deducted]


def _lines(lines: Sequence[Line], counted: Totals) -> Terms:
    """A price may not be negative: a discount is an allowance on the whole."""
    is_taxed = _is_taxed(counted)
    billed, allowed = [], []
    for place, (line, net) in enumerate(zip(lines, counted.nets, strict=True), start=1):
        category = terms.category(line.tax_rate, is_taxed=is_taxed)
        rate = None if category == terms.OUTSIDE else terms.number(line.tax_rate)
        if line.price < 0:
            allowed.append(
                {
                    "amount": terms.amount(-net),
                    "reason": line.item,
                    "vat_category_code": category,
                    "vat_rate": rate,
                }
            )
        else:
            billed.append(_line(line, place, net) | {"BT-151": category, "BT-152": rate})
    return {"BG-25": billed, "BG-20": allowed}


def _line(line: Line, place: int, net: Money) -> Terms:
    quantity, code = line.quantity, terms.unit(line.unit)
    attributes = []
    if line.unit and code == terms.ONE:
        attributes.append({"BT-160": "Unit", "BT-161": line.unit})
    if line.hours is not None:
        quantity, code = quantity * line.hours, terms.HOUR
        attributes.append({"BT-160": "Quantity", "BT-161": terms.number(line.quantity)})
        attributes.append({"BT-160": "Hours", "BT-161": terms.number(line.hours)})
    return {
        "BT-126": str(place),
        "BT-153": line.item,
        "BT-154": line.spec,
        "BT-129": terms.number(quantity),
        "BT-130": code,
        "BT-131": terms.amount(net),
        "BT-146": terms.price(net, quantity),
        "BG-32": attributes,
    }


def _taxes(counted: Totals) -> Terms:
    is_taxed = _is_taxed(counted)
    said = []
    for tax in counted.taxes:
        category = terms.category(tax.rate, is_taxed=is_taxed)
        each: Terms = {
            "BT-116": terms.amount(tax.net),
            "BT-117": terms.amount(tax.tax),
            "BT-118": category,
        }
        if category == terms.OUTSIDE:
            each |= {"BT-120": terms.OUTSIDE_REASON, "BT-121": terms.OUTSIDE_CODE}
        else:
            each["BT-119"] = terms.number(tax.rate)
        said.append(each)
    return {"BG-23": said}


def _sums(counted: Totals, lines: Sequence[Line], *, prepaid: Money) -> Terms:
    zero = Money(0, prepaid.currency)
    pairs = list(zip(lines, counted.nets, strict=True))
    billed = sum((net for line, net in pairs if line.price >= 0), zero)
    allowed = sum((-net for line, net in pairs if line.price < 0), zero)
    said: Terms = {
        "BT-106": terms.amount(billed),
        "BT-109": terms.amount(counted.net),
        "BT-110": terms.amount(counted.tax),
        "BT-112": terms.amount(counted.total),
        "BT-115": terms.amount(counted.total - prepaid),
    }
    if allowed:
        said["BT-107"] = terms.amount(allowed)
    if prepaid:
        said["BT-113"] = terms.amount(prepaid)
    return said


def _payment(invoice: Invoice) -> Terms:
    merchant = invoice.merchant
    stages = list(invoice.instalments.all())
    words = [f"Pay online: {pay_url(invoice)}"]
    if len(stages) > 1:
        words += [
            f"{place}. {stage.label}: {plain_money(stage.money)}, due {stage.due_on}"
            for place, stage in enumerate(stages, start=1)
        ]
    said: Terms = {
        "BT-9": last_day(invoice, stages),
        "BT-20": "\n".join(words),
        "BT-83": invoice.number,
    }
    if not merchant.bank_account:
        return said | {"BT-81": terms.ONLINE}
    return said | {
        "BT-81": terms.CREDIT_TRANSFER,
        "BT-84": merchant.bank_account,
        "BT-85": merchant.bank_holder,
        "BT-86": terms.bic(merchant.bank_code),
    }


def _notes(invoice: Invoice) -> list[str]:
    policy = policy_of(invoice)
    said = [
        " · ".join(filter(None, [str(NATURES[invoice.nature]), invoice.title])),
        policy_in_words(policy) if policy else "",
        invoice.remarks,
        str(NOTICE),
    ]
    return [note for note in said if note]


def _taken_back(note: CreditNote) -> tuple[list[Line], Totals]:
    """A line for each tax rate of the bill that it takes from."""
    invoice = note.invoice
    lines = [
        Line(
            item=f"Bill {invoice.number}",
            quantity=Decimal(1),
            price=(part.net + part.tax).decimal,
            tax_rate=part.rate,
        )
        for part in taken_back(note)
    ]
    figures: list[Figures] = [line.figures for line in lines]
    return lines, rules.totals(figures, invoice.currency, is_tax_inclusive=True)


def _is_taxed(counted: Totals) -> bool:
    return any(tax.rate > 0 for tax in counted.taxes)
