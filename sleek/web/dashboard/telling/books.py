"""The ledger in words: what an account and a kind of entry are called, and how an entry reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sleek.core.money import Money
from sleek.ledger.models import JournalEntry
from sleek.ledger.recipes import GUARDED
from sleek.reports.queries.history import Entered, Leg
from sleek.reports.queries.wallet import CLEARING, OWN, Subject
from sleek.web.ui import words

KINDS: dict[str, Promise] = {
    "payment_succeeded": gettext_lazy("Payment received"),
    "surplus_received": gettext_lazy("Surplus received"),
    "surplus_accepted": gettext_lazy("Surplus accepted"),
    "surplus_credited": gettext_lazy("Surplus kept for the payer"),
    "credit_applied": gettext_lazy("Payer's credit used"),
    "channel_fee_charged": gettext_lazy("Channel fee"),
    "channel_fee_owed": gettext_lazy("Channel fee, still owed"),
    "debt_settled": gettext_lazy("Debt paid off"),
    "refund_promised": gettext_lazy("Refund set aside"),
    "refund_succeeded": gettext_lazy("Refund paid out"),
    "refund_failed": gettext_lazy("Refund failed, money back"),
    "refund_bounced": gettext_lazy("Refund bounced, money back"),
    "refund_paid_by_bank": gettext_lazy("Refund paid by bank transfer"),
    "refund_drawn_from_bank": gettext_lazy("Refund goes by bank, out of what has arrived"),
    "refund_sent_back_by_bank": gettext_lazy("Refund came back from the bank"),
    "settlement_arrived": gettext_lazy("Settlement arrived"),
    "balance_paid": gettext_lazy("Paid from this wallet"),
    "balance_received": gettext_lazy("Received from another wallet"),
    "balance_refunded": gettext_lazy("Back from a payee's wallet"),
    "portion_held": gettext_lazy("Part of a payment held"),
    "portion_released": gettext_lazy("Held part released"),
    "portion_given_up": gettext_lazy("Held part used for a refund"),
    "portion_held_again": gettext_lazy("Held again, the refund failed"),
    "share_paid": gettext_lazy("Share paid to another wallet"),
    "share_paid_again": gettext_lazy("Share paid again, the refund failed"),
    "share_received": gettext_lazy("Share received"),
    "share_returned": gettext_lazy("Share given back for a refund"),
    "share_recovered": gettext_lazy("Share taken back for a refund"),
    "payout_requested": gettext_lazy("Withdrawal set aside"),
}

ACCOUNTS: dict[str, Promise] = {
    "available": pgettext_lazy("account", "Available"),
    "in_transit": pgettext_lazy("account", "In transit"),
    "frozen": pgettext_lazy("account", "Frozen"),
    "credits": pgettext_lazy("account", "Payers' credit"),
    "refunds:in_flight": pgettext_lazy("account", "Refunds on their way"),
    "payouts:in_flight": pgettext_lazy("account", "Withdrawals on their way"),
    "debts": pgettext_lazy("account", "Owed"),
    "bank": pgettext_lazy("account", "Bank account"),
}


def kind(key: str) -> str:
    return str(KINDS.get(key, key))


def account(code: str) -> str:
    if code.startswith(CLEARING):
        return words.channel(code.removeprefix(CLEARING))
    return str(ACCOUNTS.get(code, code))


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as a row of the journal: what it was, from where to where, and whose."""

    entry: JournalEntry
    kind: str
    amount: Money
    sources: list[str]
    targets: list[str]
    subject: Subject | None


def told(entered: Entered, subjects: dict[str, Subject]) -> Told:
    """The amount is what the merchant's accounts gained, lost (negative), or moved among them."""
    legs = _own_first(entered.legs)
    gained = sum(leg.amount.minor for leg in entered.legs if leg.code in OWN)
    moved = sum(leg.amount.minor for leg in legs if leg.amount.minor > 0)
    return Told(
        entry=entered.entry,
        kind=kind(entered.entry.kind),
        amount=Money(gained or moved, legs[0].amount.currency),
        sources=[account(leg.code) for leg in legs if leg.amount.minor < 0],
        targets=[account(leg.code) for leg in legs if leg.amount.minor > 0],
        subject=subjects.get(entered.entry.subject),
    )


def _own_first(legs: Sequence[Leg]) -> list[Leg]:
    """Where money only moved among the merchant's own accounts, the outside's share is noise."""
    own = [leg for leg in legs if leg.code in OWN]
    is_inside = sum(leg.amount.minor for leg in own) == 0 and len(own) > 1
    return own if is_inside else list(legs)


@dataclass(frozen=True, slots=True)
class Line:
    """One posting on its side of a T-account."""

    kind: str
    amount: Money


@dataclass(slots=True)
class TAccount:
    """One account as bookkeepers draw it: what flowed in on the left, what out on the right."""

    code: str
    name: str
    currency: str
    is_own: bool
    inflows: list[Line] = field(default_factory=list)
    outflows: list[Line] = field(default_factory=list)

    @property
    def balance(self) -> Money:
        total = sum(line.amount.minor for line in self.inflows)
        return Money(total - sum(line.amount.minor for line in self.outflows), self.currency)


def t_accounts(entries: Iterable[Entered]) -> list[TAccount]:
    """The accounts that these entries touched, the merchant's own ones first."""
    found: dict[tuple[str, str], TAccount] = {}
    for entered in entries:
        for leg in entered.legs:
            key = (leg.code, leg.amount.currency)
            if key not in found:
                found[key] = TAccount(leg.code, account(leg.code), key[1], leg.code in OWN)
            side = found[key].inflows if leg.amount.minor > 0 else found[key].outflows
            amount = Money(abs(leg.amount.minor), leg.amount.currency)
            side.append(Line(kind(entered.entry.kind), amount))
    return sorted(found.values(), key=lambda one: (not one.is_own, _rank(one.code), one.currency))


def _rank(code: str) -> int:
    return GUARDED.index(code) if code in GUARDED else len(GUARDED)


def flow(entered: Entered) -> str:
    """ "Stripe → In transit", for a line of a story."""
    row = told(entered, {})
    return _("%(sources)s → %(targets)s") % {
        "sources": " + ".join(row.sources),
        "targets": " + ".join(row.targets),
    }
