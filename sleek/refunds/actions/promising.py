"""Promising a refund: one transaction that refuses, takes the money out of reach, and writes it
down.

A payment's own money, a surplus and a credit go back by the same way; they differ in whose they are
until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.amounts import plain_money
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.invoices.models import Entitlement
from sleek.ledger import actions as ledger
from sleek.ledger import queries as books
from sleek.ledger.actions import Entry, InsufficientFunds
from sleek.ledger.rules import Purse
from sleek.merchants.actions import NotPermitted
from sleek.merchants.models import Membership, User
from sleek.merchants.rules import Right, may
from sleek.payments.actions import billing
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import PaymentStatus, Resolution
from sleek.refunds import queries, rules
from sleek.refunds.actions import claims, ground
from sleek.refunds.actions.ground import NotRefundable
from sleek.refunds.models import Refund
from sleek.refunds.rules import Breach, RefundStatus, Route, Shares, Source
from sleek.splits import actions as splits

TRIES = 3  # while other movements change where the merchant's money is


@dataclass(frozen=True, slots=True)
class Wish:
    """Why money goes back, who wants it, and how. `note` is for the payer, `remark` is not.
    `is_twice`: also what a later bill deducts of it; `seen`: what was left as they looked.
    """

    reason: str
    note: str = ""
    remark: str = ""
    by: User | None = None
    route: Route = Route.CHANNEL
    is_twice: bool = False
    seen: Money | None = None


def promise(
    payment: Payment,
    amount: Money,
    *,
    reason: str,
    note: str = "",
    remark: str = "",
    by: User | None = None,
    route: Route = Route.CHANNEL,
    is_twice: bool = False,
) -> list[Refund]:
    """Give back of a payment, whole or in part; one refund for each try that brought the money.

    From the amount that the merchant's rule says, it waits for a second person. What a later bill
    deducts goes back only where somebody says that it `is_twice`. Raises `NotRefundable`.
    """
    return promise_wished(payment, amount, Wish(reason, note, remark, by, route, is_twice))


def promise_wished(payment: Payment, amount: Money, wish: Wish) -> list[Refund]:
    """The same. Pressed twice, a wish that says what was `seen` goes back once."""
    for _each in range(TRIES):
        try:
            return _promise(payment, amount, wish)
        except InsufficientFunds:
            continue  # it moved between our look and the posting: look again
    raise NotRefundable(_("The balance is changing just now. Please try again in a moment."))


@transaction.atomic
def _promise(payment: Payment, amount: Money, wish: Wish) -> list[Refund]:
    place = _place_of(payment, wish.by)
    payment = ground.lock_payment(payment.pk)
    _refuse(payment, amount, wish.seen)
    needs_review = _needs_review(place, payment, amount) if place else False
    if wish.route == Route.BANK and not queries.may_go_by_bank(payment):
        raise NotRefundable(
            _("It goes back the way it was paid. Another way is for when that fails.")
        )
    left = queries.left_by_attempt(payment)
    parts = rules.spread(amount.minor, [room for _attempt, room in left])
    if sum(parts) != amount.minor:
        raise NotRefundable(_("That is more than arrived by ways that can still be given back."))
    payment.amount_refunded += amount.minor
    payment.updated_at = clock.now()
    payment.save(update_fields=["amount_refunded", "updated_at"])
    _tell_bills(payment, wish)
    freed = splits.give_up(payment)
    refunds = []
    purse = _purse(payment, freed)
    for (attempt, _room), part in zip(left, parts, strict=True):
        if part:
            money = Money(part, amount.currency)
            purse, shares = _take(purse, money, _route(attempt, wish))
            refunds.append(_made(attempt, money, Source.PAYMENT, shares, wish))
    return _write(refunds, needs_review=needs_review, freed=freed)


def _tell_bills(payment: Payment, wish: Wish) -> None:
    """At once: what goes back must not be deducted from a bill that is issued meanwhile."""
    for bill in billing.tell_what_goes_back(payment):
        twice = Entitlement.objects.get(invoice=bill).given_twice
        if twice.minor and not wish.is_twice:
            raise NotRefundable(
                _(
                    "%(amount)s of this were deducted from a later bill: given back as well, they"
                    " are given twice. Give back less, or say that you mean it."
                )
                % {"amount": plain_money(twice)}
            )


@transaction.atomic
def promise_surplus(attempt: Attempt, *, by: User) -> Refund:
    """Give back, by a person's decision, money that arrived and pays nothing.

    Raises `NotRefundable`.
    """
    ground.lock_payment(attempt.payment_id)
    attempt = Attempt.objects.select_related("payment").get(pk=attempt.pk)
    is_decided = attempt.resolution in (Resolution.ACCEPTED, Resolution.CREDITED)
    if not attempt.surplus or is_decided or queries.is_going_back(attempt):
        raise NotRefundable(_("There is no surplus to give back, or it is on its way already."))
    [refund] = _write(_surpluses([attempt], by))
    return refund


@transaction.atomic
def promise_credit(
    attempt: Attempt, *, by: User, reason: str = rules.RefundReason.REQUESTED, note: str = ""
) -> Refund:
    """Give back what is left of money that was kept for its payer. Raises `NotRefundable`."""
    ground.lock_payment(attempt.payment_id)
    attempt = Attempt.objects.select_related("payment").get(pk=attempt.pk)
    left = attempt.credit
    if left is None or left.minor <= 0:
        raise NotRefundable(_("Nothing is kept for this payer any more."))
    attempt.amount_applied += left.minor
    attempt.updated_at = clock.now()
    attempt.save(update_fields=["amount_applied", "updated_at"])
    wish = Wish(reason, note, by=by)
    [refund] = _write([_made(attempt, left, Source.CREDIT, {"credits": left.minor}, wish)])
    return refund


def return_surpluses(keys: Sequence[str]) -> None:
    """In the caller's transaction: what goes back without anybody's decision, unless it does."""
    attempts = Attempt.objects.filter(public_id__in=keys)
    for payment_id in sorted(set(attempts.values_list("payment_id", flat=True))):
        ground.lock_payment(payment_id)
    known = Refund.objects.filter(attempt__in=attempts, source=Source.SURPLUS)
    waiting = attempts.filter(resolution="").exclude(pk__in=known.values("attempt_id"))
    waiting = waiting.select_related("payment__merchant", "payment__payer")
    _write(_surpluses(list(waiting.order_by("pk")), None))


def _surpluses(attempts: Sequence[Attempt], by: User | None) -> list[Refund]:
    return [
        _made(
            attempt,
            received,
            Source.SURPLUS,
            {"frozen": received.minor},
            Wish(attempt.surplus, by=by),
        )
        for attempt in attempts
        if (received := attempt.money_received)
    ]


def _made(attempt: Attempt, money: Money, source: Source, taken: Shares, wish: Wish) -> Refund:
    return Refund(
        merchant_id=attempt.payment.merchant_id,
        attempt=attempt,
        amount=money.minor,
        currency=money.currency,
        reason=wish.reason,
        note=wish.note,
        remark=wish.remark,
        source=source,
        taken=taken,
        route=_route(attempt, wish),
        requested_by=wish.by,
    )


def _route(attempt: Attempt, wish: Wish) -> Route:
    return wish.route if queries.can_give_back(attempt) else Route.BANK


def _write(
    refunds: list[Refund], *, needs_review: bool = False, freed: Sequence[Entry] = ()
) -> list[Refund]:
    now = clock.now()
    for refund in refunds:
        refund.created_at = refund.updated_at = now
        ground.expect(refund, now)
        if needs_review:
            refund.status = RefundStatus.IN_REVIEW
            refund.review_by = now + rules.REVIEW_WITHIN
            refund.nudge_at = now + rules.REMINDED_AFTER
        elif refund.route == Route.CHANNEL:
            refund.check_at = now
    Refund.objects.bulk_create(refunds)
    surpluses = [each.attempt_id for each in refunds if each.source == Source.SURPLUS]
    Attempt.objects.filter(pk__in=surpluses).update(is_leaving=True)
    claims.ask_payers([each for each in refunds if claims.is_wanted(each)])
    events.record(
        [
            ground.fact("refund.promised", each, status=each.status, route=each.route)
            for each in refunds
        ]
    )
    for refund in refunds:
        if refund.requested_by:
            ground.record("refund.promised", refund, refund.requested_by, reason=refund.reason)
    promised = [ground.entry("refund_promised", r, ground.promised(r), now) for r in refunds]
    ledger.post([*freed, *promised])
    return refunds


def _place_of(payment: Payment, by: User | None) -> Membership | None:
    """Whoever asks, at that merchant. Their requests wait for each other, so that what they gave
    back today is known. Raises `NotPermitted`.
    """
    if by is None:
        return None
    places = Membership.objects.select_for_update(no_key=True, of=("self",))
    place = places.select_related("merchant").filter(merchant_id=payment.merchant_id, user=by)
    found = place.first()
    if found is None or not may(found.role, Right.GIVE_MONEY_BACK):
        raise NotPermitted(_("Your role does not give money back."))
    return found


def _refuse(payment: Payment, amount: Money, seen: Money | None) -> None:
    if payment.status != PaymentStatus.SUCCEEDED:
        raise NotRefundable(_("Only a payment that was paid can be given back."))
    if amount.currency != payment.currency:
        message = _("This payment can be given back in %(currency)s only.")
        raise NotRefundable(message % {"currency": payment.currency})
    left = Money(payment.amount_paid - payment.amount_refunded, payment.currency)
    if not left:
        raise NotRefundable(_("All of this payment went back, or is on its way."))
    if seen not in (None, left):
        raise NotRefundable(_("Meanwhile some of it was given back. Look at what is left now."))
    if not 0 < amount.minor <= left.minor:
        message = _("At most %(left)s are left to give back of this payment.")
        raise NotRefundable(message % {"left": plain_money(left)})


def _needs_review(place: Membership, payment: Payment, amount: Money) -> bool:
    """By all that goes back of the payment, or parts of it would pass one by one. Raises
    `NotRefundable` for what is beyond the role's limits.
    """
    limits = queries.limits(place.merchant_id, amount.currency, place.role)
    match limits.breach(amount.minor, given_today=_given_today(place, amount.currency)):
        case Breach.ONCE:
            most = plain_money(Money(limits.most_once or 0, amount.currency))
            message = _("Your role gives back at most %(most)s at once. Ask an owner.")
            raise NotRefundable(message % {"most": most})
        case Breach.DAILY:
            most = plain_money(Money(limits.most_daily or 0, amount.currency))
            message = _("Your role gives back at most %(most)s a day. Ask an owner, or wait.")
            raise NotRefundable(message % {"most": most})
    if not limits.needs_review(payment.amount_refunded + amount.minor):
        return False
    if not queries.reviewers(place.merchant, but=place.user):
        raise NotRefundable(
            _(
                "An amount like this needs a second person, and there is none who may review it. "
                "Invite somebody as owner, finance or reviewer, or ask an owner to change the rule."
            )
        )
    return True


def _given_today(place: Membership, currency: str) -> int:
    zone = place.merchant.zone
    midnight = datetime.combine(clock.now().astimezone(zone).date(), time(), zone)
    own = Refund.objects.filter(
        merchant_id=place.merchant_id,
        requested_by_id=place.user_id,
        currency=currency,
        source=Source.PAYMENT,
        created_at__gte=midnight,
    ).exclude(status=RefundStatus.FAILED)
    return int(own.aggregate(sum=Sum("amount"))["sum"] or 0)


def _purse(payment: Payment, freed: Sequence[Entry]) -> Purse:
    """With what the payment's portions let go of for this refund."""
    purse = books.purse(payment.merchant_id, payment.currency)
    for entry in freed:
        purse = purse.after(entry.postings)
    return purse


def _take(purse: Purse, amount: Money, route: Route) -> tuple[Purse, Shares]:
    """Raises `NotRefundable` when the merchant's money does not cover it."""
    found = rules.sources(amount, purse, route)
    if found is None:
        there = plain_money(purse.in_transit + purse.available)
        message = _(
            "Your balance does not cover this: %(there)s are there, in transit and available "
            "together. Give back a part, or wait for the next payments."
        )
        raise NotRefundable(message % {"there": there})
    return found
