"""Finding a payment by any number that a payer, a bank or a provider may name."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from sleek.core import ids
from sleek.merchants.models import Merchant
from sleek.payments.models import Attempt, Notice, Payment
from sleek.reconciliation.models import Anomaly, BankLine
from sleek.refunds.models import Refund

FOUND = 20  # payments shown; whoever finds more says more
LEAST = 3  # characters of a name
LAST_DIGITS = 4  # of a card, as channels tell them
LEAST_PHONE = 7


def find(merchant: Merchant, text: str, *, sees_personal: bool) -> list[Payment]:
    """The newest first. Who may not see personal data must know it whole to find by it, or a search
    would spell it out letter by letter.
    """
    text = " ".join(text.split())
    if not text:
        return []
    own = Payment.objects.filter(merchant=merchant)
    found: dict[int, Payment] = {}
    for rows in _ways(merchant, own, text, sees_personal=sees_personal):
        for payment in rows.order_by("-pk").distinct()[:FOUND]:
            found.setdefault(payment.pk, payment)
        if len(found) >= FOUND:
            break
    return sorted(found.values(), key=lambda payment: -payment.pk)[:FOUND]


def _ways(
    merchant: Merchant, own: QuerySet[Payment], text: str, *, sees_personal: bool
) -> Iterator[QuerySet[Payment]]:
    """Each is one look at an index; the surest first."""
    yield own.filter(Q(public_id=text) | Q(link__public_id=text))
    if begins := ids.beginning(text):
        yield own.filter(public_id__startswith=f"pay_{begins}")
    tries = Attempt.objects.filter(payment__merchant=merchant)
    refunds = Refund.objects.filter(merchant=merchant)
    yield own.filter(attempts__in=tries.filter(Q(public_id=text) | Q(reference=text)))
    yield own.filter(
        attempts__refunds__in=refunds.filter(Q(public_id=text) | Q(reference=text) | Q(trace=text))
    )
    yield own.filter(anomalies__in=Anomaly.objects.filter(merchant=merchant, public_id=text))
    keys = list(Notice.objects.filter(notice_id=text).values_list("key", flat=True)[:FOUND])
    yield own.filter(Q(attempts__public_id__in=keys) | Q(attempts__refunds__public_id__in=keys))
    lines = BankLine.objects.filter(merchant=merchant, attempt__isnull=False)
    yield own.filter(attempts__bank_line__in=lines.filter(Q(reference=text) | Q(public_id=text)))
    yield from _by_payer(own, text, sees_personal=sees_personal)


def _by_payer(
    own: QuerySet[Payment], text: str, *, sees_personal: bool
) -> Iterator[QuerySet[Payment]]:
    if text.isascii() and text.isdigit() and len(text) == LAST_DIGITS:
        yield own.filter(attempts__payer__endswith=text)
    if "@" in text:
        yield own.filter(payer__email__iexact=text)
        return
    digits = "".join(character for character in text if character.isdigit()).lstrip("0")
    if len(digits) >= LEAST_PHONE and not any(character.isalpha() for character in text):
        yield own.filter(payer__phone__iregex=r"\D*".join(digits) + r"\D*$")
        return
    if len(text) >= LEAST and sees_personal:
        yield own.filter(Q(payer__name__icontains=text) | Q(payer__company__icontains=text))
    else:
        yield own.filter(Q(payer__name__iexact=text) | Q(payer__company__iexact=text))
