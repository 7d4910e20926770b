"""Writing the list: one row for each flag of a subject, opened, changed and settled.

In the caller's transaction, which has locked the payment that it is about, if there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from sleek.core import clock
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import User
from sleek.payments.models import Payment
from sleek.reconciliation.models import Anomaly
from sleek.reconciliation.rules.flags import Ending, Flagged
from sleek.refunds.models import Refund


@dataclass(frozen=True, slots=True)
class Subject:
    """What an anomaly is about."""

    merchant_id: int | None
    name: str
    payment: Payment | None = None
    refund: Refund | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """By whom and how something is settled now; by nobody, it settled itself."""

    by: User | None = None
    ending: Ending = Ending.BY_ITSELF
    reason: str = ""


ITSELF = Decision()


def keep(subject: Subject, found: Sequence[Flagged], decision: Decision) -> None:
    """One row a flag and currency; what was seen once stays, settled, in the list of the past."""
    rows = Anomaly.objects.select_for_update(of=("self",)).filter(
        Q(merchant_id=subject.merchant_id), subject=subject.name
    )
    known = {(row.flag, row.currency): row for row in rows}
    for one in found:
        key = (str(one.flag), one.amount.currency if one.amount else "")
        row = known.pop(key, None)
        if row is None:
            _open(subject, one)
        else:
            _update(row, one, decision)
    for row in known.values():
        if row.resolved_at is None:
            resolve(row, decision)


def _open(subject: Subject, found: Flagged) -> None:
    if not found.is_open:
        return
    anomaly = Anomaly.objects.create(
        merchant_id=subject.merchant_id,
        flag=found.flag,
        subject=subject.name,
        payment=subject.payment,
        refund=subject.refund,
        amount=found.amount.minor if found.amount else 0,
        currency=found.amount.currency if found.amount else "",
        reference=subject.reference,
        needs_person=found.needs_person,
    )
    _tell("anomaly.opened", anomaly)


def _update(row: Anomaly, found: Flagged, decision: Decision) -> None:
    amount = found.amount.minor if found.amount else 0
    if row.resolved_at is not None:
        # What somebody has looked at stays settled until it is something else.
        if found.needs_person and (row.ending != Ending.LOOKED_AT or amount != row.amount):
            _reopen(row, amount)
        return
    is_news = found.needs_person and not row.needs_person
    row.amount, row.needs_person = amount, found.needs_person
    row.save(update_fields=["amount", "needs_person"])
    if not found.is_open or (decision.by is not None and not found.needs_person):
        resolve(row, decision)
    elif is_news:
        _tell("anomaly.opened", row)


def _reopen(row: Anomaly, amount: int) -> None:
    row.amount, row.needs_person = amount, True
    row.opened_at, row.resolved_at, row.ending = clock.now(), None, Ending.NONE
    row.resolved_by, row.reason = None, ""
    row.save()
    _tell("anomaly.opened", row)


def resolve(row: Anomaly, decision: Decision) -> None:
    row.resolved_at, row.ending = clock.now(), decision.ending
    row.resolved_by, row.reason, row.needs_person = decision.by, decision.reason, False
    row.save(update_fields=["resolved_at", "ending", "resolved_by", "reason", "needs_person"])
    _tell("anomaly.resolved", row)


def _tell(kind: str, anomaly: Anomaly) -> None:
    data: dict[str, object] = {
        "flag": anomaly.flag,
        "amount": anomaly.amount,
        "currency": anomaly.currency,
        "about": anomaly.subject,
        "needs_person": anomaly.needs_person,
    }
    events.record([Fact(kind, anomaly.public_id, anomaly.merchant_id, data)])
