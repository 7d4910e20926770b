"""A bill's paper as pictures of its pages, which are the PDF."""

from __future__ import annotations

import base64
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from sleek.papers import drawing
from sleek.papers import queries as papers
from sleek.papers.models import Paper
from sleek.papers.rules import Sheet, unpack

REMEMBERED = 16  # papers, of a few hundred kilobytes each
SHOWN = 6  # pages; whoever wants more opens the PDF


@dataclass(frozen=True, slots=True)
class Pages:
    """`urls` are `data:` addresses; `problem` is why there is none, `missing` which letters."""

    urls: list[str] = field(default_factory=list)
    more: int = 0
    problem: str = ""


def of(invoice: Invoice) -> Pages:
    """The paper as it was issued, or a draft's as it would be."""
    kept = papers.newest(invoice.public_id) if invoice.number else None
    if kept is None:
        return drawn(invoice.merchant, sketched(invoice))
    return _as_issued(kept)


def older(invoice: Invoice) -> list[tuple[int, datetime]]:
    """Those that were issued of it before the newest one, which says another plan: which one each
    is, and of when.
    """
    known = Paper.objects.filter(subject=invoice.public_id).order_by("pk")
    moments = list(known.values_list("created_at", flat=True))
    return list(enumerate(moments[:-1], start=1))


_KEPT: OrderedDict[str, Pages] = OrderedDict()
_KEEPING = Lock()


def _as_issued(paper: Paper) -> Pages:
    """Drawn once in a process for those that are looked at again and again."""
    pages = _KEPT.get(paper.content_hash)
    if pages is None:
        pages = drawn(paper.merchant, unpack(paper.sheet))
        if pages.problem:
            return pages  # a font or a picture may come back
    with _KEEPING:  # a process serves with several threads
        _KEPT[paper.content_hash] = pages
        _KEPT.move_to_end(paper.content_hash)
        while len(_KEPT) > REMEMBERED:
            _KEPT.popitem(last=False)
    return pages


def sketched(invoice: Invoice) -> Sheet:
    """What would be printed now."""
    return queries.sheet(invoice, made_at=int(clock.now().timestamp()))


def drawn(merchant: Merchant, sheet: Sheet) -> Pages:
    if missing := drawing.missing_letters(sheet):
        letters = " ".join(missing)
        problem = _("No font here has these letters: %(letters)s. Write them another way.")
        return Pages(problem=problem % {"letters": letters})
    try:
        pages = papers.preview(merchant, sheet)
    except drawing.Undrawable:
        return Pages(problem=_("The paper cannot be drawn: a picture on it is missing."))
    return Pages([_url(page) for page in pages[:SHOWN]], max(0, len(pages) - SHOWN))


def _url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
