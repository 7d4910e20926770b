"""Recording channels' pay-outs that reached the bank."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.ledger import actions as ledger
from sleek.ledger import queries, recipes, rules
from sleek.ledger.actions import Entry, InsufficientFunds
from sleek.merchants.models import Membership, Merchant
from sleek.reconciliation.models import Settlement, new_id


class NotInTransit(SleekError):
    """The channel does not hold that much for the merchant."""

    code = "not_in_transit"


@transaction.atomic
def record_settlement(
    by: Membership,
    channel: str,
    amount: Money,
    *,
    arrived_on: date,
    reference: str = "",
    public_id: str = "",
) -> Settlement:
    """A channel's pay-out is on the bank account: what was in transit is available.

    A form sent twice names the same `public_id` and records it once. Raises `NotInTransit` when it
    is more than the channel holds, or the day lies ahead.
    """
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=by.merchant_id)
    known = Settlement.objects.filter(merchant=merchant, public_id=public_id).first()
    if known:
        return known
    _refuse(merchant, channel, amount, arrived_on)
    settlement = Settlement.objects.create(
        public_id=public_id or new_id(),
        merchant=merchant,
        channel=channel,
        amount=amount.minor,
        currency=amount.currency,
        arrived_on=arrived_on,
        reference=reference,
        created_by=by.user,
    )
    _record(settlement, by)
    try:
        ledger.post(_entries(settlement))
    except InsufficientFunds as error:
        message = _("This money moved just now. Look at the balance and try again.")
        raise NotInTransit(message) from error
    return settlement


def _refuse(merchant: Merchant, channel: str, amount: Money, arrived_on: date) -> None:
    held = _held(merchant, channel, amount.currency)
    if not 0 < amount.minor <= held.minor:
        message = _("This channel holds %(held)s for you; an arrival can't be more than that.")
        raise NotInTransit(message % {"held": held})
    if arrived_on > clock.now().astimezone(merchant.zone).date():
        raise NotInTransit(_("That day has not come yet."))


def _record(settlement: Settlement, by: Membership) -> None:
    data: dict[str, object] = {
        "channel": settlement.channel,
        "amount": settlement.amount,
        "currency": settlement.currency,
    }
    audit.record(
        "settlement.recorded",
        settlement.public_id,
        scope=by.merchant.public_id,
        actor=by.user.public_id,
        data=data,
    )
    events.record([Fact("settlement.recorded", settlement.public_id, by.merchant_id, data)])


def _held(merchant: Merchant, channel: str, currency: str) -> Money:
    """What is still to come from a channel. Wallets here owe nothing: what they pay is there."""
    code = f"clearing:{channel}"
    if code == queries.BETWEEN_WALLETS:
        return Money(0, currency)
    return -queries.balance(merchant.pk, code, currency)


def _entries(settlement: Settlement) -> list[Entry]:
    """The arrival, and what the merchant owes out of it."""
    merchant_id, amount, now = settlement.merchant_id, settlement.money, clock.now()
    freed = rules.arriving(
        amount,
        in_transit=queries.balance(merchant_id, "in_transit", amount.currency),
        at_channels=queries.at_channels(merchant_id, amount.currency),
    )
    arrived = recipes.settlement_arrived(settlement.channel, amount, freed)
    entries = [Entry(merchant_id, "settlement_arrived", settlement.public_id, arrived, now)]
    available = queries.balance(merchant_id, "available", amount.currency) + freed
    paid = rules.payable(available, queries.balance(merchant_id, "debts", amount.currency))
    if paid.minor:
        settled = recipes.debt_settled(paid)
        entries.append(Entry(merchant_id, "debt_settled", settlement.public_id, settled, now))
    return entries
