"""Setting balance alerts, and looking whether a balance has crossed their line.

An alert has a place of its own in the account's history: the sequence number of the last posting it
looked at. Sequence numbers have no gaps and postings are never changed, so however often, by how
many workers and how late it looks, every balance is judged once and in its order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.ledger.models import Account, Posting
from sleek.merchants.models import Membership, Merchant, User
from sleek.notifications import letters, rules
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.models import BalanceAlert, Gateway
from sleek.notifications.rules import Direction, Line

WATCHED = "available"


class InvalidAlert(SleekError):
    """The levels do not fit together, or nobody would be told."""

    code = "invalid_alert"


@dataclass(frozen=True, slots=True)
class Watch:
    """What somebody wants to be told of, and who is told."""

    direction: Direction
    threshold: Money
    rearm: Money
    people: Sequence[Membership] = ()
    gateways: Sequence[Gateway] = ()

    @property
    def line(self) -> Line:
        return Line(self.direction, self.threshold.minor, self.rearm.minor, True)


@transaction.atomic
def set_alert(merchant: Merchant, watch: Watch, *, by: User) -> BalanceAlert:
    """A balance that is beyond the line already is not told: it has to come back first.

    Raises `InvalidAlert`.
    """
    _refuse(merchant, watch)
    alert = BalanceAlert(merchant=merchant, created_by=by)
    _apply(alert, watch)
    alert.save(force_insert=True)
    _tell_whom(alert, watch)
    _record("alert.set", alert, by)
    return alert


@transaction.atomic
def change_alert(alert: BalanceAlert, watch: Watch, *, by: User) -> BalanceAlert:
    """The new line counts from the present balance on. Raises `InvalidAlert`."""
    alert = BalanceAlert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    _refuse(alert.merchant, watch)
    _apply(alert, watch)
    alert.save()
    _tell_whom(alert, watch)
    _record("alert.changed", alert, by)
    return alert


@transaction.atomic
def remove_alert(alert: BalanceAlert, *, by: User) -> None:
    alert = BalanceAlert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    _record("alert.removed", alert, by)
    alert.delete()


def look(merchant_ids: Collection[int]) -> None:
    """In the caller's transaction: judge what these merchants' balances did since the last look."""
    alerts = BalanceAlert.objects.filter(merchant_id__in=merchant_ids)
    for alert in alerts.select_for_update(of=("self",)).select_related("merchant").order_by("pk"):
        _look(alert)


def _look(alert: BalanceAlert) -> None:
    postings = Posting.objects.filter(
        account__merchant_id=alert.merchant_id,
        account__code=WATCHED,
        account__currency=alert.currency,
        sequence__gt=alert.sequence,
    )
    history = list(postings.order_by("sequence").values_list("sequence", "balance"))
    if not history:
        return
    line, crossed = rules.walk(alert.line, history)
    alert.sequence, alert.is_armed = history[-1][0], line.is_armed
    if crossed:
        alert.crossed_at = clock.now()
    alert.save(update_fields=["sequence", "is_armed", "crossed_at"])
    for sequence, balance in crossed:
        write(_drafts(alert, sequence, Money(balance, alert.currency)))


def _drafts(alert: BalanceAlert, sequence: int, balance: Money) -> list[Draft]:
    blank = Draft(
        merchant_id=alert.merchant_id,
        template="balance_alert",
        about=alert.public_id,
        key=f"{alert.public_id}:{sequence}",
        language=alert.merchant.language,
        letter=letters.balance_crossed(alert, balance, alert.merchant.language),
    )
    to_rooms = [
        replace(blank, key=f"{blank.key}:{gateway.public_id}", gateway=gateway)
        for gateway in alert.gateways.filter(removed_at=None)
    ]
    to_people = [
        replace(
            blank,
            key=f"{blank.key}:{place.user.public_id}",
            language=place.user.language,
            letter=letters.balance_crossed(alert, balance, place.user.language),
            email=place.user.email,
        )
        for place in alert.people.select_related("user")
    ]
    return to_people + to_rooms


def _refuse(merchant: Merchant, watch: Watch) -> None:
    if watch.threshold.minor < 0 or watch.rearm.minor < 0 or not watch.line.is_sound:
        raise InvalidAlert("The level to watch again at lies on the wrong side of the threshold.")
    if not watch.people and not watch.gateways:
        raise InvalidAlert("Nobody would be told.")
    owners = {place.merchant_id for place in watch.people}
    owners |= {gateway.merchant_id for gateway in watch.gateways}
    if owners != {merchant.pk}:
        raise InvalidAlert("Only the merchant's own people and gateways can be told.")


def _apply(alert: BalanceAlert, watch: Watch) -> None:
    alert.currency, alert.direction = watch.threshold.currency, watch.direction
    alert.threshold, alert.rearm = watch.threshold.minor, watch.rearm.minor
    account = Account.objects.filter(
        merchant_id=alert.merchant_id, code=WATCHED, currency=alert.currency
    ).first()
    alert.sequence = account.sequence if account else 0
    alert.is_armed = not watch.line.is_beyond(account.balance if account else 0)


def _tell_whom(alert: BalanceAlert, watch: Watch) -> None:
    alert.people.set(watch.people)
    alert.gateways.set(watch.gateways)


def _record(action: str, alert: BalanceAlert, by: User) -> None:
    audit.record(
        action,
        alert.public_id,
        scope=alert.merchant.public_id,
        actor=by.public_id,
        data={
            "direction": alert.direction,
            "threshold": alert.threshold,
            "rearm": alert.rearm,
            "currency": alert.currency,
        },
    )
