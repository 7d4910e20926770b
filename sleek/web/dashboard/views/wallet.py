"""The wallet: what is where and why, as it was at any moment, and every movement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from sleek.core.money import Money
from sleek.ledger import queries as ledger
from sleek.ledger.models import Account, JournalEntry, Posting
from sleek.merchants.models import Merchant
from sleek.merchants.rules import Right
from sleek.payments.models import Attempt
from sleek.refunds.models import Refund
from sleek.reports.queries import wallet
from sleek.reports.queries.pages import Place
from sleek.reports.queries.wallet import Subject, Wallet
from sleek.splits.models import Portion
from sleek.web.dashboard import access
from sleek.web.dashboard.telling import books
from sleek.web.dashboard.telling.books import Told
from sleek.web.ui import words

LATEST = 8  # movements and arrivals on the wallet's first page


@dataclass(frozen=True, slots=True)
class Holder:
    """A channel that has money of the merchant now."""

    channel: str
    name: str
    held: Money
    can_settle: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One currency with the causes behind its figures."""

    wallet: Wallet
    frozen_by: list[Attempt]
    held_by: list[Portion]
    refunds: list[Refund]

    @property
    def holders(self) -> list[Holder]:
        return [
            Holder(channel, words.channel(channel), held, bool(self.wallet.may_arrive(channel)))
            for channel, held in self.wallet.held.items()
        ]


@access.allowed(Right.READ_BALANCES)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    merchant = request.merchant
    page = wallet.journal(merchant, Place())
    settled = wallet.settlements(merchant, Place(), size=LATEST)
    moment = _moment(request.GET.get("at", ""))
    context = {
        "cards": _cards(merchant),
        "entries": _told(merchant, page.rows[:LATEST]),
        "has_more": bool(page.older) or len(page.rows) > LATEST,
        "settlements": settled.rows,
        "has_more_settlements": bool(settled.older),
        "may_record": access.may(request, Right.RECORD_ARRIVALS),
        "at": request.GET.get("at", ""),
        "moment": moment,
        "past": wallet.wallets_at(merchant, moment) if moment else [],
        "now": timezone.localtime(),
    }
    return render(request, "dashboard/wallet/index.html", context)


@access.allowed(Right.READ_BALANCES)
@require_GET
def journal(request: access.MemberRequest) -> HttpResponse:
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    page = wallet.journal(request.merchant, place)
    context = {"entries": _told(request.merchant, page.rows), "page": page}
    return render(request, "dashboard/wallet/journal.html", context)


@access.allowed(Right.READ_BALANCES)
@require_GET
def account(request: access.MemberRequest, currency: str, code: str) -> HttpResponse:
    """The statement of one account: every posting with the balance after it."""
    own = access.own(request, Account.objects.filter(code__in=wallet.OWN))
    found = get_object_or_404(own, code=code, currency=currency)
    before = request.GET.get("before", "")
    postings = ledger.statement(found, before=int(before) if before.isdecimal() else None)
    context = {
        "account": found,
        "name": books.account(code),
        "lines": _lines(request.merchant, postings, currency),
        "older": _older(postings),
        "is_first": not before,
    }
    return render(request, "dashboard/wallet/account.html", context)


@dataclass(frozen=True, slots=True)
class StatementLine:
    posting: Posting
    kind: str
    amount: Money
    balance: Money
    subject: Subject | None


def _lines(merchant: Merchant, postings: list[Posting], currency: str) -> list[StatementLine]:
    subjects = wallet.subjects(merchant, (posting.entry.subject for posting in postings))
    return [
        StatementLine(
            posting=posting,
            kind=books.kind(posting.entry.kind),
            amount=Money(posting.amount, currency),
            balance=Money(posting.balance, currency),
            subject=subjects.get(posting.entry.subject),
        )
        for posting in postings
    ]


def _older(postings: list[Posting]) -> int | None:
    """The sequence number to read on below, or None at the account's first posting."""
    last = postings[-1].sequence if postings else 1
    return last if last > 1 else None


def _cards(merchant: Merchant) -> list[Card]:
    frozen, refunds = wallet.frozen_by(merchant), wallet.refunds_in_flight(merchant)
    held = wallet.held_by(merchant)
    return [
        Card(
            wallet=one,
            frozen_by=[a for a in frozen if a.currency_received == one.currency],
            held_by=[portion for portion in held if portion.currency == one.currency],
            refunds=[refund for refund in refunds if refund.currency == one.currency],
        )
        for one in wallet.wallets(merchant)
    ]


def _told(merchant: Merchant, entries: Iterable[JournalEntry]) -> list[Told]:
    rows = wallet.entered(list(entries))
    subjects = wallet.subjects(merchant, (row.entry.subject for row in rows))
    return [books.told(row, subjects) for row in rows]


def _moment(text: str) -> datetime | None:
    """What a date-time field sends is told in the merchant's zone."""
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    return naive if timezone.is_aware(naive) else timezone.make_aware(naive)
