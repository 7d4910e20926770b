"""Where a merchant's money stands, why, and how it came there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger import queries as ledger
from sleek.ledger.models import Account, JournalEntry
from sleek.merchants.models import Merchant
from sleek.payments.models import Attempt
from sleek.payments.rules import Resolution, Surplus
from sleek.reconciliation.models import Settlement
from sleek.refunds.models import Refund
from sleek.refunds.rules import OPEN, RefundStatus
from sleek.reports.queries import history, pages
from sleek.reports.queries.history import Entered
from sleek.reports.queries.pages import Page, Place
from sleek.splits.models import Portion
from sleek.splits.rules import PortionStatus

# The accounts that hold a merchant's money, in the order they are shown.
OWN = (
    "available",
    "in_transit",
    "frozen",
    "credits",
    "debts",
    "refunds:in_flight",
    "payouts:in_flight",
)
CLEARING = "clearing:"
CAUSES = 20  # frozen or returning sums named on a card
MOVEMENTS = 5  # of an account, on a card


@dataclass(frozen=True, slots=True)
class Wallet:
    """One currency: what is on the merchant's accounts, and what each channel holds of it."""

    currency: str
    balances: Mapping[str, Money]
    held: Mapping[str, Money]

    def on(self, code: str) -> Money:
        return self.balances.get(code, Money(0, self.currency))

    @property
    def available(self) -> Money:
        return self.on("available")

    @property
    def in_transit(self) -> Money:
        return self.on("in_transit")

    @property
    def frozen(self) -> Money:
        return self.on("frozen")

    @property
    def refunds_in_flight(self) -> Money:
        return self.on("refunds:in_flight")

    @property
    def credits(self) -> Money:
        return self.on("credits")

    @property
    def debts(self) -> Money:
        return self.on("debts")

    @property
    def payouts_in_flight(self) -> Money:
        return self.on("payouts:in_flight")

    def may_arrive(self, channel: str) -> Money:
        """The most that the channel can have paid out: what it holds, but for what is frozen or on
        its way back to payers.
        """
        nothing = Money(0, self.currency)
        return max(nothing, min(self.held.get(channel, nothing), self.in_transit))

    @property
    def total(self) -> Money:
        return sum((self.on(code) for code in OWN), start=Money(0, self.currency))


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: a payment, told by its reason, or a settlement, by its reference."""

    description: str
    payment_id: str = ""
    settlement_id: str = ""


def wallets(merchant: Merchant) -> list[Wallet]:
    """One for each currency ever used, the default one first, which is there even when empty."""
    accounts = Account.objects.filter(merchant=merchant)
    return _wallets(merchant, ((account.code, account.money) for account in accounts))


def wallets_at(merchant: Merchant, moment: datetime) -> list[Wallet]:
    """The same as it was at a moment, by the time of posting."""
    accounts = Account.objects.filter(merchant=merchant)
    return _wallets(
        merchant,
        ((a.code, ledger.balance_at(merchant.pk, a.code, a.currency, moment)) for a in accounts),
    )


def version(merchant: Merchant) -> int:
    """A number that changes whenever money moves: how many postings there are."""
    accounts = Account.objects.filter(merchant=merchant)
    return int(accounts.aggregate(total=Sum("sequence"))["total"] or 0)


def frozen_by(merchant: Merchant) -> list[Attempt]:
    """Surplus money that waits, frozen, until it is given back or decided on; newest first."""
    given_back = Refund.objects.filter(merchant=merchant).exclude(status=RefundStatus.FAILED)
    surplus = Attempt.objects.filter(payment__merchant=merchant).exclude(surplus=Surplus.NONE)
    surplus = surplus.exclude(resolution__in=[Resolution.ACCEPTED, Resolution.CREDITED])
    waiting = surplus.exclude(pk__in=given_back.values("attempt_id"))
    return list(waiting.select_related("payment").order_by("-pk")[:CAUSES])


def held_by(merchant: Merchant) -> list[Portion]:
    """Portions that are frozen until they are released, newest first."""
    held = merchant.portions.filter(status=PortionStatus.HELD)
    return list(held.select_related("payment").order_by("-pk")[:CAUSES])


def refunds_in_flight(merchant: Merchant) -> list[Refund]:
    going = Refund.objects.filter(merchant=merchant, status__in=OPEN)
    return list(going.select_related("attempt__payment").order_by("-pk")[:CAUSES])


def journal(merchant: Merchant, place: Place, *, size: int = pages.SIZE) -> Page[JournalEntry]:
    entries = JournalEntry.objects.filter(merchant=merchant)
    return pages.page(entries, place, by="id", key=("kind", "subject"), size=size)


def settlements(merchant: Merchant, place: Place, *, size: int = pages.SIZE) -> Page[Settlement]:
    """What was recorded as arrived at the bank, the newest first."""
    own = Settlement.objects.filter(merchant=merchant).select_related("created_by")
    return pages.page(own, place, by="created_at", size=size)


def entered(entries: list[JournalEntry]) -> list[Entered]:
    return history.with_legs(entries)


def subjects(merchant: Merchant, keys: Iterable[str]) -> dict[str, Subject]:
    """The payments that attempts and refunds with these public ids belong to, and settlements."""
    wanted = set(keys)
    attempts = Attempt.objects.filter(payment__merchant=merchant, public_id__in=wanted)
    refunds = Refund.objects.filter(merchant=merchant, public_id__in=wanted)
    found = attempts.values_list("public_id", "payment__public_id", "payment__description")
    more = refunds.values_list(
        "public_id", "attempt__payment__public_id", "attempt__payment__description"
    )
    settled = Settlement.objects.filter(merchant=merchant, public_id__in=wanted)
    arrivals = settled.values_list("public_id", "reference")
    return {
        **_between_wallets(merchant, wanted),
        **_portions(merchant, wanted),
        **{key: Subject(text, payment_id=payment) for key, payment, text in [*found, *more]},
        **{key: Subject(text or key, settlement_id=key) for key, text in arrivals},
    }


def _between_wallets(merchant: Merchant, keys: Iterable[str]) -> dict[str, Subject]:
    """What this wallet paid to others, or had back: their rows are theirs, the event is ours."""
    told = Event.objects.filter(
        merchant_id=merchant.pk, kind__in=("balance.paid", "balance.refunded"), subject__in=keys
    )
    return {
        event.subject: Subject(f"{event.data['payee']} · {event.data['description']}")
        for event in told
    }


def _portions(merchant: Merchant, keys: Iterable[str]) -> dict[str, Subject]:
    """Each movement of a portion is named by it and a number. Another's payment is not for us."""
    names = {key: key.split(".")[0] for key in keys}
    rows = Portion.objects.filter(public_id__in=set(names.values())).select_related("share")
    about = {
        portion.public_id: Subject(portion.share.offered_by)
        if portion.merchant_id != merchant.pk
        else Subject(portion.payment.description, payment_id=portion.payment.public_id)
        for portion in rows.filter(Q(merchant=merchant) | Q(beneficiary=merchant))
    }
    return {key: about[name] for key, name in names.items() if name in about}


def _wallets(merchant: Merchant, balances: Iterable[tuple[str, Money]]) -> list[Wallet]:
    own: dict[str, dict[str, Money]] = {merchant.default_currency: {}}
    held: dict[str, dict[str, Money]] = {}
    for code, amount in balances:
        if code in OWN:
            own.setdefault(amount.currency, {})[code] = amount
        elif amount and code.startswith(CLEARING) and code != ledger.BETWEEN_WALLETS:
            # Accounts of the outside world are negative by what they hold for the merchant.
            held.setdefault(amount.currency, {})[code.removeprefix(CLEARING)] = -amount
    first = merchant.default_currency
    order = [first, *sorted(own.keys() - {first})]
    return [Wallet(currency, own[currency], held.get(currency, {})) for currency in order]
