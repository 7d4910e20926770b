"""The list of what is out of the ordinary: filtered, paged by what it is about, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Min, Prefetch, Q, QuerySet

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices.models import Invoice
from sleek.invoices.rules import InvoiceStatus
from sleek.links import rules as links
from sleek.merchants.models import Merchant
from sleek.payments import queries as payments_queries
from sleek.payments import rules as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import queries
from sleek.reconciliation.models import Anomaly
from sleek.reconciliation.rules.choices import Choice

SIZE = 25  # subjects on a page
EXPORT_LIMIT = 50_000
CANDIDATES = 20  # payments offered for money that belongs elsewhere

# Beside the flags: who has to act.
YOURS, RUNNING, PAST = "", "running", "past"


@dataclass(frozen=True, slots=True)
class AnomalyFilters:
    """What the list is narrowed to; empty is any."""

    state: str = YOURS
    flag: str = ""
    days: int = 0  # at least so old
    least: Money | None = None

    def __bool__(self) -> bool:
        return bool(self.flag or self.days or self.least)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A try whose money waits, and what may become of it."""

    attempt: Attempt
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything odd about one subject."""

    anomalies: list[Anomaly]
    tries: list[Attempt]
    waiting: list[Waiting]
    heir: Invoice | None = (
        None  # what stands in for the void bill that it was for, and asks as much
    )

    @property
    def first(self) -> Anomaly:
        return self.anomalies[0]

    @property
    def payment(self) -> Payment | None:
        return self.first.payment


def anomalies(merchant: Merchant, filters: AnomalyFilters) -> QuerySet[Anomaly]:
    rows = Anomaly.objects.filter(merchant=merchant)
    if filters.state == PAST:
        rows = rows.filter(resolved_at__isnull=False)
    else:
        rows = rows.filter(resolved_at=None, needs_person=filters.state != RUNNING)
    if filters.flag:
        rows = rows.filter(flag=filters.flag)
    if filters.days:
        rows = rows.filter(opened_at__lte=clock.now() - timedelta(days=filters.days))
    if filters.least:
        least = filters.least
        rows = rows.filter(currency=least.currency, amount__gte=least.minor)
    return rows


def page(rows: QuerySet[Anomaly], number: str) -> Page[Any]:
    """Of subjects; the oldest first, or, of the past, the latest."""
    subjects = rows.order_by().values("subject").annotate(since=Min("opened_at"))
    return Paginator(subjects.order_by("since", "subject"), SIZE).get_page(number)


def cases(rows: QuerySet[Anomaly], subjects: Iterable[dict[str, object]]) -> list[Case]:
    names = [str(one["subject"]) for one in subjects]
    found: dict[str, list[Anomaly]] = {name: [] for name in names}
    known = rows.filter(subject__in=names).select_related("payment", "refund", "resolved_by")
    for anomaly in known.order_by("opened_at", "pk"):
        found[anomaly.subject].append(anomaly)
    tries = _tries([each for some in found.values() for each in some])
    return [_case(some, tries) for some in found.values() if some]


def count(merchant: Merchant) -> int:
    """How many subjects wait for somebody."""
    waiting = anomalies(merchant, AnomalyFilters())
    return waiting.order_by().values("subject").distinct().count()


def export(rows: QuerySet[Anomaly]) -> Iterator[Anomaly]:
    known = rows.select_related("payment__payer", "resolved_by").order_by("opened_at", "pk")
    known = known.prefetch_related(Prefetch("payment__attempts", Attempt.objects.order_by("pk")))
    return known[:EXPORT_LIMIT].iterator(chunk_size=500)


def waiting(payment: Payment, tries: list[Attempt]) -> list[Waiting]:
    open_to = queries.choices_for(payment, tries)
    return [Waiting(one, open_to[one.pk]) for one in tries if one.pk in open_to]


def candidates(attempt: Attempt, text: str) -> list[Payment]:
    """Open payments of the same merchant that this money may have been meant for, those whose
    amount is the same first.
    """
    received = attempt.money_left or attempt.money
    rows = Payment.objects.filter(
        merchant_id=attempt.payment.merchant_id,
        currency=received.currency,
        status__in=payments.PAYABLE,
    ).exclude(pk=attempt.payment_id)
    rows = rows.exclude(attempts__status__in=payments.OPEN_ATTEMPTS)
    rows = rows.exclude(attempts__surplus__in=["amount", "currency"], attempts__resolution="")
    if text:
        fits = Q(description__icontains=text) | Q(public_id=text) | Q(payer__name__icontains=text)
        for amount in links.amounts(text):
            fits |= Q(amount=amount.minor, currency=amount.currency)
        rows = rows.filter(fits)
    is_same = Q(amount=received.minor)
    rows = rows.select_related("payer").annotate(is_same=is_same)
    return list(rows.order_by(F("is_same").desc(), "-created_at", "-pk")[:CANDIDATES])


def bills_for(attempt: Attempt) -> list[Invoice]:
    """Bills that this money may pay instead of the void one that it came for: those that stand in
    for it first, then others of the same customer.
    """
    received = attempt.money_left or attempt.money
    heirs = payments_queries.heirs_of(attempt.payment)
    meant = payments_queries.bills_of(attempt.payment)
    owed = Invoice.objects.filter(
        customer__in=[bill.customer_id for bill in meant if bill.customer_id],
        merchant_id=attempt.payment.merchant_id,
        status=InvoiceStatus.OPEN,
    ).exclude(pk__in=[bill.pk for bill in (*heirs, *meant)])
    found = [*heirs, *owed.order_by("due_on", "pk")[:CANDIDATES]]
    return [bill for bill in found if bill.due.minor and bill.currency == received.currency]


def heir_of(payment: Payment, ways: Sequence[Waiting]) -> Invoice | None:
    """The bill that can take all of the money that came for a void one."""
    late = [one.attempt for one in ways if one.attempt.surplus == payments.Surplus.VOID]
    left = late[0].money_left if len(late) == 1 else None
    if left is None:
        return None
    heirs = payments_queries.heirs_of(payment)
    return next(
        (bill for bill in heirs if bill.currency == left.currency and bill.due >= left), None
    )


def _tries(found: list[Anomaly]) -> dict[int, list[Attempt]]:
    ids = {one.payment_id for one in found if one.payment_id}
    tries: dict[int, list[Attempt]] = {pk: [] for pk in ids}
    for attempt in Attempt.objects.filter(payment__in=ids).order_by("pk"):
        tries[attempt.payment_id].append(attempt)
    return tries


def _case(found: list[Anomaly], tries: dict[int, list[Attempt]]) -> Case:
    payment = found[0].payment
    own = tries[payment.pk] if payment else []
    is_money = payment is not None and found[0].subject == payment.public_id
    is_open = any(one.resolved_at is None and one.needs_person for one in found)
    ways = waiting(payment, own) if payment and is_money and is_open else []
    return Case(found, own, ways, heir_of(payment, ways) if payment else None)
