"""What bills say of their customers: what they owe, how they pay, the last word with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate

from sleek.core.money import Money, exponent
from sleek.customers.models import Customer
from sleek.fx import queries as fx
from sleek.invoices.models import FollowUp, Invoice, Sending
from sleek.invoices.rules import InvoiceStatus

NEWEST = 5  # bills on a customer's page
_OWED = Greatest(
    F("amount") - F("amount_deducted") - F("amount_credited") - F("amount_paid"), Value(0)
)
_WORTH: DecimalField[Decimal, Decimal] = DecimalField(max_digits=40, decimal_places=10)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody pays, over bills that are paid: whole days, rounded half up. `late_days` is on
    average over all of them, those in time included.
    """

    bills: int
    days: int
    late_bills: int
    late_days: int


class How(StrEnum):
    """By which way somebody spoke to a customer, or they to us."""

    MAILED = "mailed"
    REMINDED = "reminded"
    HANDED_OVER = "handed_over"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Contact:
    how: How
    at: datetime
    invoice: Invoice
    outcome: str = ""  # as `FollowUp.outcome`


def newest(customer: Customer) -> list[Invoice]:
    rows = customer.invoices.order_by("-created_at", "-pk").select_related("customer")
    return list(rows.prefetch_related("instalments")[:NEWEST])


def owed(customers: Sequence[Customer]) -> dict[int, list[Money]]:
    """By their keys, in each currency; the largest sum first. One question for all of them."""
    rows = Invoice.objects.filter(customer__in=customers, status=InvoiceStatus.OPEN)
    sums = rows.order_by().values_list("customer", "currency").annotate(owed=Sum(_OWED))
    found: dict[int, list[Money]] = {}
    for customer_id, currency, minor in sums.filter(owed__gt=0).order_by("-owed", "currency"):
        found.setdefault(customer_id, []).append(Money(minor, currency))
    return found


def by_owed(rows: QuerySet[Customer], bills: QuerySet[Invoice], home: str) -> QuerySet[Customer]:
    """Who owes most in front, currencies together by today's reference rates. `bills` are those of
    the same merchant.
    """
    open_ones = bills.filter(status=InvoiceStatus.OPEN)
    used = sorted(open_ones.order_by().values_list("currency", flat=True).distinct())
    own = open_ones.filter(customer=OuterRef("pk")).order_by().values("customer")
    worth = own.annotate(worth=Sum(_worth(used, home), output_field=_WORTH)).values("worth")
    rows = rows.alias(owed=Coalesce(Subquery(worth), Value(Decimal(0)), output_field=_WORTH))
    return rows.order_by("-owed", "-created_at", "-pk")


def habit(customer: Customer) -> Habit | None:
    """None before anything was paid."""
    paid = customer.invoices.filter(
        status=InvoiceStatus.PAID, paid_at__isnull=False, amount_paid__gt=0
    )
    rows = paid.annotate(paid_on=TruncDate("paid_at", tzinfo=customer.merchant.zone))
    late = Q(paid_on__gt=F("due_on"))
    sums = rows.aggregate(
        bills=Count("pk"),
        days=Sum(F("paid_on") - F("issued_on")),
        late_bills=Count("pk", filter=late),
        late_days=Sum(F("paid_on") - F("due_on"), filter=late),
    )
    bills = sums["bills"]
    if not bills:
        return None
    days, late_days = (_average(sums[key], bills) for key in ("days", "late_days"))
    return Habit(bills, days, sums["late_bills"], late_days)


def last_contact(customer: Customer) -> Contact | None:
    """About any of their bills."""
    about = {"invoice__customer": customer}
    sent = Sending.objects.filter(**about).select_related("invoice").order_by("created_at").last()
    asked = FollowUp.objects.filter(**about, done_at__isnull=False, done_by__isnull=False)
    answered = asked.select_related("invoice").order_by("done_at").last()
    handed = customer.invoices.filter(sent_at__isnull=False).order_by("sent_at").last()
    found = []
    if handed and handed.sent_at:
        found.append(Contact(How.HANDED_OVER, handed.sent_at, handed))
    if sent:
        how = How.REMINDED if sent.reminded_on else How.MAILED
        found.append(Contact(how, sent.created_at, sent.invoice))
    if answered and answered.done_at:
        found.append(Contact(How.ASKED, answered.done_at, answered.invoice, answered.outcome))
    # Sending a bill marks it as sent in the same moment: the mail says more.
    return max(reversed(found), key=lambda each: each.at, default=None)


def _worth(currencies: Sequence[str], home: str) -> Expression:
    """What a bill's rest comes to at home, in major units; one to one where no rate is known."""
    cases = []
    for currency in currencies:
        quote = fx.convert(Money(10 ** exponent(currency), currency), home)
        rate = quote.rate if quote else Decimal(1)
        factor = Value(rate.scaleb(-exponent(currency)), output_field=_WORTH)
        cases.append(When(currency=currency, then=_OWED * factor))
    return Case(*cases, default=Value(Decimal(0)), output_field=_WORTH)


def _average(total: timedelta | None, count: int) -> int:
    return ((total or timedelta()) * 2 + count * _DAY) // (2 * count * _DAY)
