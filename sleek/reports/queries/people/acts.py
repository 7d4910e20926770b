"""The audit log of one merchant: filtered, paged, and whole for an export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from sleek.audit import queries as audit
from sleek.audit.models import Chain, Record
from sleek.audit.queries import Flaw
from sleek.merchants.models import Merchant, User
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Page, Place
from sleek.reports.rules import periods

EXPORT_LIMIT = 50_000  # records of one file
CHUNK = 500  # records read at a time for an export


@dataclass(frozen=True, slots=True)
class ActFilters:
    """What the log is narrowed to; empty is any. `person` is a user's public id, or "system"."""

    person: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any((self.person, self.action, self.since, self.until))


def acts(merchant: Merchant, filters: ActFilters) -> QuerySet[Record]:
    rows = Record.objects.filter(scope=merchant.public_id)
    if filters.person:
        rows = rows.filter(actor=filters.person)
    if filters.action:
        rows = rows.filter(action=filters.action)
    if filters.since:
        rows = rows.filter(created_at__gte=periods.start_of(filters.since, merchant.zone))
    if filters.until:
        end = periods.start_of(filters.until + timedelta(days=1), merchant.zone)
        rows = rows.filter(created_at__lt=end)
    return rows


def page(rows: QuerySet[Record], place: Place) -> Page[Record]:
    if not (place.before or place.after).isdecimal():
        place = Place()
    return pages.page(rows, place, by="sequence", key=("sequence",))


def export(rows: QuerySet[Record]) -> Iterator[list[Record]]:
    """Newest first, a chunk at a time."""
    last = None
    for _ in range(EXPORT_LIMIT // CHUNK):
        older = rows if last is None else rows.filter(sequence__lt=last)
        chunk = list(older.order_by("-sequence")[:CHUNK])
        if not chunk:
            return
        yield chunk
        last = chunk[-1].sequence


def people(merchant: Merchant) -> list[User]:
    """Whoever appears in the log, whether they still work here or not."""
    actors = Record.objects.filter(scope=merchant.public_id).values("actor").distinct()
    return list(User.objects.filter(public_id__in=actors).order_by("email"))


def actions(merchant: Merchant) -> list[str]:
    """The kinds of acts that the log holds."""
    kinds = Record.objects.filter(scope=merchant.public_id).values_list("action", flat=True)
    return sorted(set(kinds.distinct()))


def count(merchant: Merchant) -> int:
    chain = Chain.objects.filter(scope=merchant.public_id).first()
    return chain.sequence if chain else 0


def flaw(merchant: Merchant) -> Flaw | None:
    """Every hash of the merchant's chain computed anew."""
    return audit.flaw_of(merchant.public_id)
