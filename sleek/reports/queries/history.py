"""All that is known about one payment: tries, refunds, events, notices, and its bookings."""

from __future__ import annotations

from dataclasses import dataclass

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.models import JournalEntry, Posting
from sleek.payments.models import Attempt, Notice, Payment
from sleek.refunds.models import Refund
from sleek.splits.models import Portion

NOTICES = 50  # of one payment; a provider that repeats itself must not fill the page


@dataclass(frozen=True, slots=True)
class Leg:
    """One account's share of an entry."""

    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Entered:
    """A journal entry with its legs."""

    entry: JournalEntry
    legs: list[Leg]


@dataclass(frozen=True, slots=True)
class History:
    payment: Payment
    attempts: list[Attempt]
    refunds: list[Refund]
    portions: list[Portion]
    events: list[Event]
    notices: list[Notice]
    entries: list[Entered]


def of(payment: Payment) -> History:
    attempts = list(payment.attempts.order_by("pk"))
    refunds = list(
        Refund.objects.filter(attempt__in=attempts)
        .select_related("attempt", "requested_by", "reviewed_by")
        .order_by("pk")
    )
    portions = list(payment.portions.select_related("share").order_by("pk"))
    keys = [attempt.public_id for attempt in attempts] + [refund.public_id for refund in refunds]
    notices = Notice.objects.filter(key__in=keys).select_related("waiting").order_by("pk")
    booked = keys + [subject for each in portions for subject in each.subjects]
    return History(
        payment=payment,
        attempts=attempts,
        refunds=refunds,
        portions=portions,
        events=list(Event.objects.filter(subject=payment.public_id).order_by("pk")),
        notices=list(notices.defer("body", "report")[:NOTICES]),
        entries=with_legs(
            list(
                JournalEntry.objects.filter(
                    merchant_id=payment.merchant_id, subject__in=booked
                ).order_by("pk")
            )
        ),
    )


def with_legs(entries: list[JournalEntry]) -> list[Entered]:
    """The postings of all these entries in one query."""
    legs: dict[int, list[Leg]] = {entry.pk: [] for entry in entries}
    postings = Posting.objects.filter(entry__in=entries).select_related("account")
    for posting in postings.order_by("entry_id", "account_id", "sequence"):
        account = posting.account
        legs[posting.entry_id].append(Leg(account.code, Money(posting.amount, account.currency)))
    return [Entered(entry, legs[entry.pk]) for entry in entries]
