"""Wrong amounts that pay all the same: together, or because a person says so."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.channels import registry
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events.actions import Fact
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.payments import rules
from sleek.payments.actions.reports.cases import AttemptRow, Case, PaymentRow, lock
from sleek.payments.actions.reports.changes import Changes, write
from sleek.payments.actions.reports.facts import note_superseded
from sleek.payments.actions.reports.money import own_bucket
from sleek.payments.models import Payment
from sleek.payments.rules import PaymentStatus, Resolution, Surplus
from sleek.stock import actions as stock


class NotAcceptable(SleekError):
    """No money waits that could pay the payment, or it can no longer be paid."""

    code = "not_acceptable"


@transaction.atomic
def accept(payment: Payment) -> None:
    """Let wrong amounts that arrived pay their payment after all, by a person's decision: all but
    those that are on their way back. Raises `NotAcceptable`.
    """
    keys = payment.attempts.filter(surplus=Surplus.AMOUNT).values_list("public_id", flat=True)
    cases = lock([*keys][:1])
    changes = Changes(clock.now())
    for case in cases.values():
        parts = parts_of(case)
        if not parts or case.payment.status not in rules.PAYABLE:
            break
        if case.is_void:
            raise NotAcceptable(_("The bill that this payment is for is void."))
        if not takes_stock(case.payment):
            raise NotAcceptable(_("What this payment is for is sold out."))
        accept_parts(changes, case, parts)
        write(changes)
        return
    raise NotAcceptable(_("There is no money here that could pay this payment."))


def takes_stock(payment: PaymentRow) -> bool:
    return not payment.has_hold or stock.take(payment.public_id)


def may_be_a_part(attempt: AttemptRow) -> bool:
    return bool(attempt.origin_id) or registry.capabilities(attempt.channel).takes_parts


def parts_of(case: Case) -> list[AttemptRow]:
    """Money of another amount than was asked, which waits for a decision."""
    return sorted(
        (
            other
            for other in case.attempts
            if other.surplus == Surplus.AMOUNT
            and not other.resolution
            and not other.is_leaving
            and other.currency_received == case.payment.currency
        ),
        key=lambda other: other.id,
    )


def accept_parts(changes: Changes, case: Case, parts: list[AttemptRow]) -> None:
    payment = case.payment
    for part in parts:
        part.resolution, part.resolved_at = Resolution.ACCEPTED, changes.now
        part.updated_at = changes.now
        changes.attempts[part.id] = part
        received = Money(part.amount_received or 0, payment.currency)
        postings = recipes.surplus_accepted(own_bucket(part), received)
        changes.entries.append(
            Entry(payment.merchant_id, "surplus_accepted", part.public_id, postings, changes.now)
        )
    payment.status, payment.succeeded_at = PaymentStatus.SUCCEEDED, changes.now
    payment.amount_paid = sum(part.amount_received or 0 for part in parts)
    payment.updated_at = changes.now
    changes.payments[payment.id] = payment
    data: dict[str, object] = {"attempt": parts[0].public_id, "channel": parts[0].channel}
    data |= {"amount": payment.amount_paid, "currency": payment.currency}
    changes.facts.append(Fact("payment.succeeded", payment.public_id, payment.merchant_id, data))
    note_superseded(changes, case)
