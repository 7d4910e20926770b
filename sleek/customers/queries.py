"""Reading the address book."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from sleek.customers.models import Customer
from sleek.customers.rules import Details, same_keys
from sleek.merchants.models import Merchant

EXPORT_LIMIT = 50_000  # rows of one file
CHUNK = 500
TAGS_SHOWN = 30  # choices of the filter
LIKE_SHOWN = 3
ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty is any. Archived ones are a list of their own."""

    text: str = ""
    tag: str = ""
    country: str = ""
    state: str = ""

    def __bool__(self) -> bool:
        return any((self.text, self.tag, self.country, self.state))


@dataclass(frozen=True, slots=True)
class Like:
    """What an entry of a table is like: a customer who is there, or an earlier row."""

    customer: Customer | None = None
    row: int | None = None


def matching(
    rows: QuerySet[Customer], filters: Filters, *, sees_personal: bool
) -> QuerySet[Customer]:
    rows = rows.filter(archived_at__isnull=filters.state != ARCHIVED)
    if filters.tag:
        rows = rows.filter(tags__contains=[filters.tag])
    if filters.country:
        rows = rows.filter(country=filters.country)
    return rows.filter(_fits(filters.text, sees_personal)) if filters.text else rows


def export(found: QuerySet[Customer]) -> Iterator[Customer]:
    """Newest first, up to the limit; in chunks, so that a big file costs little memory."""
    return found.order_by("-created_at", "-pk")[:EXPORT_LIMIT].iterator(chunk_size=CHUNK)


def tags_of(rows: QuerySet[Customer]) -> list[str]:
    """Those in use, the newest first."""
    recent = rows.exclude(tags=[]).order_by("-created_at").values_list("tags", flat=True)[:500]
    return list(dict.fromkeys(tag for tags in recent for tag in tags))[:TAGS_SHOWN]


def countries_of(rows: QuerySet[Customer]) -> list[str]:
    """Where customers are, most of them first."""
    counted = rows.exclude(country="").values_list("country").annotate(count=Count("pk"))
    return [country for country, _ in counted.order_by("-count", "country")]


def like(merchant: Merchant, details: Details, *, but: Customer | None = None) -> list[Customer]:
    """Customers who share the name, the address for mail or a number with this one."""
    others = merchant.customers.exclude(pk=but.pk) if but else merchant.customers.all()
    wanted = Q(name__iexact=details.name)
    for column in ("email", "credit_code", "tax_number"):
        if value := getattr(details, column):
            wanted |= Q(**{f"{column}__iexact": value})
    return list(others.filter(wanted).order_by("-archived_at", "-pk")[:LIKE_SHOWN])


def alike(merchant: Merchant, entries: Sequence[tuple[int, Details]]) -> dict[int, Like]:
    """Of a table's entries those that are like a customer, or like an earlier row of it."""
    known: dict[str, Like] = {}
    # PostgreSQL sorts those without a day last, so who is on the list stands for who was put away.
    for customer in merchant.customers.order_by("archived_at", "pk").only(*_IDENTITY):
        known.update(dict.fromkeys(_keys(customer), Like(customer=customer)))
    found: dict[int, Like] = {}
    for number, entry in entries:
        keys = _keys(entry)
        if same := next((known[key] for key in sorted(keys) if key in known), None):
            found[number] = same
        for key in keys:
            known.setdefault(key, Like(row=number))
    return found


_IDENTITY = ("public_id", "name", "email", "credit_code", "tax_number", "archived_at")


def _keys(one: Customer | Details) -> Collection[str]:
    return same_keys(
        name=one.name, email=one.email, credit_code=one.credit_code, tax_number=one.tax_number
    )


def _fits(text: str, sees_personal: bool) -> Q:
    """Who may not see personal data must know it whole to find by it, or a search would spell it
    out letter by letter.
    """
    fits = Q(public_id=text) | Q(credit_code__iexact=text) | Q(tax_number__iexact=text)
    fits |= Q(tags__contains=[text])
    if not sees_personal:
        return fits | Q(name__iexact=text) | Q(email__iexact=text)
    for column in ("name", "contact", "email", "credit_code", "tax_number"):
        fits |= Q(**{f"{column}__icontains": text})
    return fits | _calls(text)


def _calls(text: str) -> Q:
    """By the digits of a phone, however they are grouped; a trunk zero is no part of the number."""
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) < 4 or any(letter.isalpha() for letter in text):
        return Q(pk=None)
    return Q(phone__contains=digits.lstrip("0") or digits)
