"""Numbers without holes.

A number is taken inside the transaction that issues its paper: the counter's row stays locked until
that ends, so that the next one waits, and a paper that is not issued after all leaves no hole. Its
day is that of the merchant's time zone; across New Year's Eve both years count at once.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant, User
from sleek.papers import rules
from sleek.papers.models import Counter, Number, Series
from sleek.papers.rules import Kind, PatternFlaw


class PatternRefused(SleekError):
    """The text is no pattern for numbers, or was used before; `flaws` says why."""

    code = "pattern_refused"

    def __init__(self, message: str, flaws: list[PatternFlaw] | None = None) -> None:
        super().__init__(message)
        self.flaws = flaws or []


class NumberTaken(SleekError):
    """Another series gave out the number that comes next in this one."""

    code = "number_taken"


@transaction.atomic
def open_series(merchant: Merchant, kind: Kind, pattern: str, *, by: User) -> Series:
    """A new series, from now on the default of its kind. Raises `PatternRefused`."""
    pattern = " ".join(pattern.split())
    if found := rules.flaws(pattern):
        raise PatternRefused(_("This is no pattern for numbers."), found)
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if merchant.series.filter(kind=kind, pattern=pattern).exists():
        raise PatternRefused(_("There is a series with this pattern already."))
    merchant.series.filter(kind=kind, is_default=True).update(is_default=False)
    series = Series.objects.create(merchant=merchant, kind=kind, pattern=pattern, is_default=True)
    _record("series.opened", series, by)
    return series


@transaction.atomic
def archive_series(series: Series, *, by: User) -> Series:
    """No new numbers from it, unless it is the only one. Those that were given out stay."""
    series = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    if series.archived_at is None and not series.is_default:
        series.archived_at = clock.now()
        series.save(update_fields=["archived_at"])
        _record("series.archived", series, by)
    return series


def series_for(merchant: Merchant, kind: Kind) -> Series:
    """The default series of a kind; a merchant who has none yet gets ours."""
    found = merchant.series.filter(kind=kind, is_default=True).first()
    if found is not None:
        return found
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
        defaults = {"pattern": rules.DEFAULT_PATTERNS[kind]}
        return merchant.series.get_or_create(kind=kind, is_default=True, defaults=defaults)[0]


def take_number(series: Series, subject: str, *, on: date) -> Number:
    """The next number of a series, for the public id of what will bear it. In the caller's
    transaction, near its end: whoever comes next waits. Raises `NumberTaken`.
    """
    period = rules.period(series.pattern, on)
    Counter.objects.bulk_create([Counter(series=series, period=period)], ignore_conflicts=True)
    counter = Counter.objects.select_for_update(no_key=True).get(series=series, period=period)
    counter.last += 1
    counter.save(update_fields=["last"])
    number = Number(
        merchant_id=series.merchant_id,
        series=series,
        period=period,
        place=counter.last,
        text=rules.text(series.pattern, on, counter.last),
        kind=series.kind,
        subject=subject,
    )
    taken = Number.objects.filter(
        merchant_id=series.merchant_id, kind=series.kind, text=number.text
    )
    if taken.exists():
        raise NumberTaken(
            _("The number %(number)s is in use already. Choose another pattern for new numbers.")
            % {"number": number.text}
        )
    number.save(force_insert=True)
    return number


def _record(action: str, series: Series, by: User) -> None:
    data: dict[str, object] = {"kind": series.kind, "pattern": series.pattern}
    scope = series.merchant.public_id
    audit.record(action, series.public_id, scope=scope, actor=by.public_id, data=data)
