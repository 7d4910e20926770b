"""The list of payments: filtered, searched, paged, and whole for an export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from sleek.links import rules as links
from sleek.merchants.models import Merchant
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import AttemptStatus, PaymentStatus, Surplus
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Page, Place
from sleek.reports.rules import periods

LATEST = 8  # payments on the overview
EXPORT_LIMIT = 50_000  # rows of one file
CHUNK = 500  # rows read at a time for an export

ATTENTION = "attention"  # a filter beside the statuses: money arrived that a person must decide on


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty is any. A payment counts when paid, or else opened."""

    text: str = ""
    status: str = ""
    channel: str = ""
    currency: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def details(self) -> int:
        """How many of the less common ones are set."""
        return sum(map(bool, (self.channel, self.currency, self.since, self.until)))

    def __bool__(self) -> bool:
        return any((self.text, self.status, self.channel, self.currency, self.since, self.until))


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment with the try that paid it, or else the last one."""

    payment: Payment
    attempt: Attempt | None
    needs_attention: bool


def payments(rows: QuerySet[Payment], merchant: Merchant, filters: Filters) -> QuerySet[Payment]:
    """Payments that fit, unordered; each knows `happened_at`, when it was paid or else opened."""
    rows = rows.annotate(happened_at=Coalesce("succeeded_at", "created_at"))
    if filters.status == ATTENTION:
        rows = rows.filter(Exists(undecided().filter(payment=OuterRef("pk"))))
    elif filters.status:
        rows = rows.filter(status=filters.status)
    if filters.currency:
        rows = rows.filter(currency=filters.currency)
    if filters.channel:
        rows = rows.filter(_has_attempt(channel=filters.channel))
    if filters.since:
        rows = rows.filter(happened_at__gte=periods.start_of(filters.since, merchant.zone))
    if filters.until:
        end = periods.start_of(filters.until + timedelta(days=1), merchant.zone)
        rows = rows.filter(happened_at__lt=end)
    return _matching(rows, filters.text) if filters.text else rows


def page(rows: QuerySet[Payment], place: Place) -> Page[Payment]:
    return pages.page(rows, place, by="happened_at")


def with_attempts(found: list[Payment]) -> list[PaymentRow]:
    """The tries of all these payments in one query, and what needs a decision in another."""
    tries: dict[int, list[Attempt]] = {payment.pk: [] for payment in found}
    for attempt in Attempt.objects.filter(payment__in=found).order_by("pk"):
        tries[attempt.payment_id].append(attempt)
    waiting = set(undecided().filter(payment__in=found).values_list("payment_id", flat=True))
    return [
        PaymentRow(payment, telling(tries[payment.pk]), payment.pk in waiting) for payment in found
    ]


def telling(attempts: list[Attempt]) -> Attempt | None:
    """The try that says how a payment was paid: the successful one, or else the last."""
    for attempt in attempts:
        if attempt.status == AttemptStatus.SUCCEEDED and not attempt.surplus:
            return attempt
    return attempts[-1] if attempts else None


def latest_received(rows: QuerySet[Payment]) -> list[PaymentRow]:
    """The newest succeeded payments."""
    received = rows.filter(status=PaymentStatus.SUCCEEDED).order_by("-succeeded_at", "-pk")
    return with_attempts(list(received[:LATEST]))


def export(rows: QuerySet[Payment]) -> Iterator[PaymentRow]:
    """All of them, newest first, up to the limit; in chunks, so a big file costs little memory."""
    tries = Prefetch("attempts", Attempt.objects.order_by("pk"))
    ordered = rows.order_by(F("happened_at").desc(), "-pk").select_related("payer")
    known = ordered.prefetch_related(tries)[:EXPORT_LIMIT]
    for payment in known.iterator(chunk_size=CHUNK):
        yield PaymentRow(payment, telling(list(payment.attempts.all())), False)


def undecided() -> QuerySet[Attempt]:
    """Tries that brought a wrong amount or currency which nobody has given back yet."""
    given_back = Refund.objects.filter(attempt=OuterRef("pk")).exclude(status=RefundStatus.FAILED)
    return Attempt.objects.filter(surplus__in=[Surplus.AMOUNT, Surplus.CURRENCY]).exclude(
        Exists(given_back)
    )


def currencies_of(merchant: Merchant) -> list[str]:
    """The choices of the filter. Read from the links, which are few, not from the payments."""
    asked = merchant.links.order_by("currency").values_list("currency", flat=True).distinct()
    return list(asked)


def _has_attempt(**facts: str) -> Exists:
    return Exists(Attempt.objects.filter(payment=OuterRef("pk"), **facts))


def _matching(rows: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    """By reason, amount, any of our ids, or what the provider calls the payment or its refund."""
    refunds = Refund.objects.filter(attempt__payment=OuterRef("pk"))
    fits = (
        Q(description__icontains=text)
        | Q(public_id=text)
        | Q(link__public_id=text)
        | Q(_has_attempt(public_id=text))
        | Q(_has_attempt(reference=text))
        | Q(Exists(refunds.filter(Q(public_id=text) | Q(reference=text))))
    )
    for amount in links.amounts(text):
        fits |= Q(amount=amount.minor, currency=amount.currency)
    return rows.filter(fits)
