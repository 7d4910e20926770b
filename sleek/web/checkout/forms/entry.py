"""The whole form of a link's page: what is paid, who pays, and agreement to the terms."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.links import queries as links
from sleek.links.models import PaymentLink
from sleek.links.queries import Prefill
from sleek.merchants.models import Terms
from sleek.payments import queries as payments
from sleek.payments.models import Payment
from sleek.web.checkout.forms import choosing, details
from sleek.web.checkout.forms.choosing import Choosing
from sleek.web.checkout.forms.details import Details
from sleek.web.checkout.visitor import reader

PREFILL, TERMS = "prefill", "terms"
AGREE = _("Please agree to the terms to go on.")
CHANGED = _("The terms have changed just now. Please read them once more.")
SEE_TOTAL = _("Please look at the new total, then press the button again.")


@dataclass(frozen=True, slots=True)
class Entry:
    choosing: Choosing
    details: Details
    terms: Terms | None
    agreed: str = ""  # the version that the payer's tick was for
    terms_error: str | Promise = ""
    sealed: str = ""  # the prefill, as it came, while it is good
    has_stale_prefill: bool = False

    @property
    def is_good(self) -> bool:
        flaws = (self.choosing.error, self.terms_error, self.details.errors)
        return self.choosing.total is not None and not any(flaws)


def fresh(request: HttpRequest, link: PaymentLink, known: Payment | None) -> Entry:
    """The page as it is opened. `known` is what the same browser paid here before."""
    prefill, sealed, is_stale = _prefill(link, request.GET.get(PREFILL, ""))
    initial = details.initial(prefill.values) if prefill else {}
    payer = getattr(known, "payer", None) if known else None
    if payer:
        initial = details.known_of(payer, link.fields_asked) | initial
    return Entry(
        choosing=choosing.first(link, prefill),
        details=Details(link.fields_asked, initial=initial),
        terms=payments.terms_of(link),
        sealed=sealed,
        has_stale_prefill=is_stale,
    )


def stepped(request: HttpRequest, link: PaymentLink) -> Entry:
    """The same page after plus or minus: what was typed stays, and nothing is held against it."""
    return Entry(
        choosing=choosing.stepped(link, request.POST),
        details=Details(link.fields_asked, initial=request.POST.dict()),
        terms=payments.terms_of(link),
        agreed=request.POST.get(TERMS, ""),
        sealed=request.POST.get(PREFILL, ""),
    )


def sent(request: HttpRequest, link: PaymentLink) -> Entry:
    """What the payer sent, with what is wrong with it."""
    prefill, sealed, is_stale = _prefill(link, request.POST.get(PREFILL, ""))
    region = reader.country(request)
    terms, agreed = payments.terms_of(link), request.POST.get(TERMS, "")
    return Entry(
        choosing=choosing.entered(link, request.POST, prefill),
        details=Details(link.fields_asked, data=request.POST, region=region),
        terms=terms,
        agreed=agreed,
        terms_error=terms_error(terms, agreed),
        sealed=sealed,
        has_stale_prefill=is_stale,
    )


def terms_error(terms: Terms | None, agreed: str) -> str | Promise:
    """A tick counts for the text it stood under."""
    if terms is None or agreed == str(terms.version):
        return ""
    return CHANGED if agreed else AGREE


def _prefill(link: PaymentLink, sealed: str) -> tuple[Prefill | None, str, bool]:
    if not sealed:
        return None, "", False
    prefill = links.read_prefill(link, sealed)
    return prefill, sealed if prefill else "", prefill is None
