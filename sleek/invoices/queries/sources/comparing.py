"""What a draft's lines were taken from: documents whose words were kept, and the bill that it is a
copy of, or corrects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sleek.invoices.models import Invoice
from sleek.invoices.queries.drafts import Draft, LineWish, wish_of
from sleek.invoices.rules import Difference, ListedLine, Listing, sources


@dataclass(frozen=True, slots=True)
class Comparison:
    """A draft beside its documents, whose numbers are `names`, or beside one `other` bill."""

    sources: tuple[Listing, ...]
    differences: tuple[Difference, ...]
    names: tuple[str, ...] = ()
    other: Invoice | None = None


def compared(draft: Draft, invoice: Invoice | None) -> list[Comparison]:
    """What differs; nothing for what is the same. `invoice` is where the draft is kept."""
    bill = _listing(draft.lines, draft.currency, draft.is_tax_inclusive)
    return [each for each in _compared(bill, draft, invoice) if each.differences]


def listings_of(invoice: Invoice | None) -> dict[str, Listing]:
    """What the documents of a draft said, by their marks."""
    rows = invoice.documents.exclude(listing=None) if invoice and invoice.pk else ()
    found = [Listing.unpack(row.listing) for row in rows if row.listing]
    return {listing.mark: listing for listing in found}


def quoted(draft: Draft) -> tuple[LineWish, ...]:
    """The lines with the prices of the documents that they were taken from; where none is known,
    with those that somebody typed.
    """
    bill = _listing(draft.lines, draft.currency, draft.is_tax_inclusive)
    known = sources.quoted(bill, _documents(draft)[1])
    return tuple(
        line if price is None else replace(line, quoted_price=price)
        for line, price in zip(draft.lines, known, strict=True)
    )


def _compared(bill: Listing, draft: Draft, invoice: Invoice | None) -> Iterator[Comparison]:
    names, listings = _documents(draft)
    yield Comparison(listings, sources.compare(bill, listings), names)
    for other in filter(None, (invoice.copied_from, invoice.replaces) if invoice else ()):
        lines = [wish_of(line) for line in other.lines.all()]
        listing = _listing(lines, other.currency, other.is_tax_inclusive)
        yield Comparison((listing,), sources.compare(bill, [listing]), other=other)


def _documents(draft: Draft) -> tuple[tuple[str, ...], tuple[Listing, ...]]:
    told = [(each.number, each.listing) for each in draft.documents if each.listing]
    return tuple(number for number, _ in told), tuple(listing for _, listing in told)


def _listing(lines: Sequence[LineWish], currency: str, is_tax_inclusive: bool) -> Listing:
    listed = tuple(
        ListedLine(
            item=line.item,
            spec=line.spec,
            unit=line.unit,
            quantity=line.figures.quantity,
            price=line.figures.price,
            tax_rate=line.figures.tax_rate,
            hours=line.figures.hours if line.is_hourly else None,
        )
        for line in lines
    )
    return Listing(currency, is_tax_inclusive, listed)
