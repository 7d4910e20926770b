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
from sleek.payments.rules import AttemptStatus, PaymentStatus, Resolution, Surplus
from sleek.refunds.models import Refund
from sleek.refunds.rules import OPEN, RefundStatus, Source
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Page, Place
from sleek.reports.rules import periods

LATEST = 8  # payments on the overview
EXPORT_LIMIT = 50_000  # rows of one file
CHUNK = 500  # rows read at a time for an export

# What refunds make of a payment that was paid: derived from amounts, and no status of its own.
REFUNDING, PARTLY_REFUNDED, REFUNDED = "refunding", "partly_refunded", "refunded"
REFUND_STATES = (REFUNDING, PARTLY_REFUNDED, REFUNDED)
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
    is_refunding: bool = False

    @property
    def state(self) -> str:
        return state(self.payment, is_refunding=self.is_refunding)


def payments(rows: QuerySet[Payment], merchant: Merchant, filters: Filters) -> QuerySet[Payment]:
    """Payments that fit, unordered; each knows `happened_at`, when it was paid or else opened."""
    if filters.status in REFUND_STATES:
        rows = _refunded(rows, filters.status)
    rows = rows.annotate(happened_at=Coalesce("succeeded_at", "created_at"))
    if filters.status == ATTENTION:
        rows = rows.filter(Exists(undecided().filter(payment=OuterRef("pk"))))
    elif filters.status and filters.status not in REFUND_STATES:
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
    refunding = _refunding(found)
    return [PaymentRow(p, telling(tries[p.pk]), p.pk in waiting, p.pk in refunding) for p in found]


def state(payment: Payment, *, is_refunding: bool) -> str:
    """The status, or what refunds have made of it."""
    if is_refunding:
        return REFUNDING
    if not payment.amount_refunded:
        return payment.status
    return REFUNDED if payment.amount_refunded == payment.amount_paid else PARTLY_REFUNDED


def under_way() -> QuerySet[Refund]:
    """Refunds of what paid a payment that have neither arrived at the channel nor failed."""
    return Refund.objects.filter(source=Source.PAYMENT, status__in=OPEN)


def _refunded(rows: QuerySet[Payment], wanted: str) -> QuerySet[Payment]:
    is_refunding = Exists(under_way().filter(attempt__payment=OuterRef("pk")))
    rows = rows.filter(amount_refunded__gt=0)
    if wanted == REFUNDING:
        return rows.filter(is_refunding)
    is_whole = Q(amount_refunded=F("amount_paid"))
    return rows.filter(is_whole if wanted == REFUNDED else ~is_whole).exclude(is_refunding)


def _refunding(found: list[Payment]) -> set[int]:
    touched = [payment for payment in found if payment.amount_refunded]
    if not touched:
        return set()
    open_ones = under_way().filter(attempt__payment__in=touched)
    return set(open_ones.values_list("attempt__payment_id", flat=True))


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
    rows = rows.annotate(is_refunding=Exists(under_way().filter(attempt__payment=OuterRef("pk"))))
    ordered = rows.order_by(F("happened_at").desc(), "-pk").select_related("payer")
    known = ordered.prefetch_related(tries)[:EXPORT_LIMIT]
    for payment in known.iterator(chunk_size=CHUNK):
        tried = list(payment.attempts.all())
        yield PaymentRow(payment, telling(tried), False, payment.is_refunding)


def undecided() -> QuerySet[Attempt]:
    """Tries that brought a wrong amount or currency, or money for a void bill, on which nobody has
    decided yet.
    """
    given_back = Refund.objects.filter(attempt=OuterRef("pk")).exclude(status=RefundStatus.FAILED)
    waiting = Attempt.objects.filter(
        surplus__in=[Surplus.AMOUNT, Surplus.CURRENCY, Surplus.VOID],
        # What a payer's bank sent back after its return waits again.
        resolution__in=[Resolution.NONE, Resolution.RETURNED],
    )
    return waiting.exclude(Exists(given_back))


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
