"""What a bill promises to deduct later, and what later bills take of it.

Always under the entitlement's row: of two bills that want the same one, the second one to be issued
finds it taken and is not issued as it is.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.fx import queries as fx
from sleek.invoices import queries, rules
from sleek.invoices.models import Deduction, Entitlement, Invoice
from sleek.invoices.rules import DeductionStatus, EntitlementStatus
from sleek.merchants.models import User

EXPIRE_AT_ONCE = 500


class DeductionGone(SleekError):
    """Another bill has taken what this one would deduct, or it is over."""

    code = "deduction_gone"


class NotForfeitable(SleekError):
    """No deposit, or one of which nothing is left that no bill deducts."""

    code = "not_forfeitable"


class NoRate(SleekError):
    """The policy names two currencies, and no rate between them is known."""

    code = "no_rate"


def promise(invoice: Invoice, today: date) -> None:
    """What the issued bill's policy says. In the caller's transaction. Raises `NoRate`."""
    policy = queries.policy_of(invoice)
    if policy is None:
        return
    days = policy.valid_days
    entitlement = Entitlement.objects.create(
        merchant_id=invoice.merchant_id,
        invoice=invoice,
        customer_id=invoice.customer_id,
        amount=policy.amount.minor,
        currency=policy.amount.currency,
        threshold=policy.threshold.minor,
        threshold_currency=policy.threshold.currency,
        rate=_rate(policy.amount, policy.threshold.currency),
        is_once=policy.is_once,
        counts_courier=policy.counts_courier,
        expires_on=today + timedelta(days=days) if days else None,
    )
    _tell(entitlement, "entitlement.promised")


def _rate(amount: Money, currency: str) -> Decimal | None:
    if amount.currency == currency:
        return None
    quote = fx.convert(amount, currency)
    if quote is None:
        raise NoRate(
            _("No exchange rate is known for the deduction's threshold. Use the bill's currency.")
        )
    return quote.rate


def reserve(invoice: Invoice) -> None:
    """Keep what the bill planned to deduct. In the caller's transaction. Raises `DeductionGone`."""
    planned = {each.entitlement_id: each for each in invoice.deductions.all()}
    rows = Entitlement.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=planned)}
    today = clock.now().astimezone(invoice.merchant.zone).date()
    for key, each in planned.items():
        entitlement = found[key]
        is_there = entitlement.status == EntitlementStatus.AVAILABLE
        if (
            not is_there
            or rules.deduction.is_over(entitlement.expires_on, today)
            or entitlement.left.minor < each.taken
        ):
            raise DeductionGone(
                _("%(number)s can no longer be deducted. Open the draft and save it again.")
                % {"number": entitlement.invoice.number}
            )
        entitlement.amount_reserved += each.taken
        if entitlement.is_once or not entitlement.left.minor:
            entitlement.status = EntitlementStatus.RESERVED
        entitlement.save(update_fields=["amount_reserved", "status"])
        each.status = DeductionStatus.RESERVED
        each.save(update_fields=["status"])
        _tell(entitlement, "entitlement.reserved", invoice=invoice.public_id, amount=each.taken)


def use(invoice: Invoice) -> None:
    """The bill that deducts is paid. Under the bill's row."""
    for each, entitlement in _claims(invoice, DeductionStatus.RESERVED):
        entitlement.amount_reserved -= each.taken
        entitlement.amount_used += each.taken
        is_last = not entitlement.amount_reserved
        if entitlement.status == EntitlementStatus.RESERVED and is_last:
            entitlement.status = EntitlementStatus.USED
        _settle(each, entitlement, DeductionStatus.USED)
        _tell(entitlement, "entitlement.used", invoice=invoice.public_id, amount=each.taken)


def give_back(invoice: Invoice) -> None:
    """The bill that deducts was voided, or all that was paid for it refunded. Under its row."""
    today = clock.now().astimezone(invoice.merchant.zone).date()
    for status in (DeductionStatus.RESERVED, DeductionStatus.USED):
        for each, entitlement in _claims(invoice, status):
            if status == DeductionStatus.RESERVED:
                entitlement.amount_reserved -= each.taken
            else:
                entitlement.amount_used -= each.taken
            entitlement.status = _status_again(entitlement, today)
            _settle(each, entitlement, DeductionStatus.RELEASED)
            _tell(entitlement, "entitlement.returned", invoice=invoice.public_id)


def use_again(invoice: Invoice) -> list[tuple[Entitlement, Money]]:
    """The bill that deducts keeps its money after all: a refund of it failed. Under its row. What
    another bill has taken meanwhile stays with that one, and is told: its payer has it twice.
    """
    today = clock.now().astimezone(invoice.merchant.zone).date()
    twice = []
    for each, entitlement in _claims(invoice, DeductionStatus.RELEASED):
        missing = each.taken - entitlement.left.minor
        if missing > 0:
            twice.append((entitlement, Money(missing, entitlement.currency)))
            continue
        entitlement.amount_used += each.taken
        entitlement.status = _status_again(entitlement, today)
        _settle(each, entitlement, DeductionStatus.USED)
        _tell(entitlement, "entitlement.used", invoice=invoice.public_id, amount=each.taken)
    return twice


def follow(invoice: Invoice) -> None:
    """The bill that promises was paid, refunded or voided: what that means for its promise. Under
    its row.
    """
    rows = Entitlement.objects.select_for_update(no_key=True)
    entitlement = rows.filter(invoice=invoice).first()
    if entitlement is None:
        return
    before = (entitlement.status, entitlement.amount_lost)
    entitlement.amount_lost = _lost(entitlement, invoice)
    today = clock.now().astimezone(invoice.merchant.zone).date()
    if invoice.status == rules.InvoiceStatus.VOID:
        entitlement.status = EntitlementStatus.VOID
    elif invoice.paid_at:
        entitlement.available_at = entitlement.available_at or clock.now()
        entitlement.status = _status_again(entitlement, today)
    if (entitlement.status, entitlement.amount_lost) == before:
        return
    entitlement.save(update_fields=["amount_lost", "status", "available_at"])
    if entitlement.status == EntitlementStatus.VOID:
        _tell(entitlement, "entitlement.voided")
    elif entitlement.status == EntitlementStatus.AVAILABLE:
        _tell(entitlement, "entitlement.available", left=entitlement.left.minor)
    else:
        _tell(entitlement, "entitlement.changed", left=entitlement.left.minor)


@transaction.atomic
def forfeit(entitlement: Entitlement, reason: str, *, by: User) -> Entitlement:
    """The payer has cancelled and the payee keeps what is left of their deposit. What a bill
    deducts stays with that bill; given back later, it is left again. Raises `NotForfeitable`.
    """
    rows = Entitlement.objects.select_for_update(no_key=True, of=("self",))
    entitlement = rows.select_related("invoice", "merchant").get(pk=entitlement.pk)
    kept = entitlement.left
    is_there = entitlement.status == EntitlementStatus.AVAILABLE and kept.minor > 0
    if not entitlement.is_deposit or not is_there:
        raise NotForfeitable(_("Nothing is left of this deposit that could be kept."))
    entitlement.amount_withheld = max(entitlement.amount_withheld, entitlement.amount_lost)
    entitlement.amount_withheld += kept.minor
    entitlement.status = EntitlementStatus.FORFEITED
    entitlement.save(update_fields=["amount_withheld", "status"])
    data: dict[str, object] = {"amount": kept.minor, "reason": reason.strip()}
    _tell(entitlement, "deposit.forfeited", **data)
    audit.record(
        "deposit.forfeited",
        entitlement.invoice.public_id,
        scope=entitlement.merchant.public_id,
        actor=by.public_id,
        data=data | {"currency": kept.currency},
    )
    return entitlement


@transaction.atomic
def expire_entitlements() -> int:
    """Those whose last day is over where their merchant is. How many they were."""
    now = clock.now()
    rows = Entitlement.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    # No day is over anywhere before it is over here.
    near = rows.filter(
        status=EntitlementStatus.AVAILABLE, expires_on__lt=now.date() + timedelta(days=1)
    )
    ended = [
        each
        for each in near.select_related("invoice", "merchant")[:EXPIRE_AT_ONCE]
        if rules.deduction.is_over(each.expires_on, now.astimezone(each.merchant.zone).date())
    ]
    for each in ended:
        each.status = EntitlementStatus.EXPIRED
        each.save(update_fields=["status"])
        _tell(each, "entitlement.expired")
    return len(ended)


def _lost(entitlement: Entitlement, invoice: Invoice) -> int:
    """Who gets the sample fee back keeps no claim for it: what is refunded beyond the part that
    the promise leaves uncovered.
    """
    kept = invoice.amount_paid - invoice.amount_refunded
    return max(0, min(entitlement.amount, entitlement.amount - kept)) if invoice.paid_at else 0


def _status_again(entitlement: Entitlement, today: date) -> EntitlementStatus:
    is_spent = entitlement.is_once and entitlement.taken.minor > 0  # and the rest of it lost
    if entitlement.left.minor and not is_spent:
        is_over = rules.deduction.is_over(entitlement.expires_on, today)
        return EntitlementStatus.EXPIRED if is_over else EntitlementStatus.AVAILABLE
    if entitlement.forfeited.minor:
        return EntitlementStatus.FORFEITED
    if entitlement.amount_used:
        return EntitlementStatus.USED
    return EntitlementStatus.RESERVED if entitlement.amount_reserved else EntitlementStatus.VOID


def _claims(invoice: Invoice, status: DeductionStatus) -> list[tuple[Deduction, Entitlement]]:
    claims = {each.entitlement_id: each for each in invoice.deductions.filter(status=status)}
    rows = Entitlement.objects.select_for_update(no_key=True).filter(pk__in=claims)
    return [(claims[row.pk], row) for row in rows.order_by("pk")]


def _settle(each: Deduction, entitlement: Entitlement, status: DeductionStatus) -> None:
    entitlement.save(update_fields=["amount_reserved", "amount_used", "status"])
    each.status = status
    each.save(update_fields=["status"])


def _tell(entitlement: Entitlement, kind: str, **data: object) -> None:
    known: dict[str, object] = {"entitlement": entitlement.public_id}
    fact = Fact(kind, entitlement.invoice.public_id, entitlement.merchant_id, known | data)
    events.record([fact])
