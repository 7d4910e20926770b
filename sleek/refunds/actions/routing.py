"""Sending a refund another way, when the one it was paid by does not work."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.channels.base import ChannelError
from sleek.core import clock
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.ledger import actions as ledger
from sleek.ledger import queries as books
from sleek.ledger import recipes
from sleek.ledger.actions import Entry, InsufficientFunds
from sleek.merchants.models import User
from sleek.refunds.actions import claims, ending, ground, sending
from sleek.refunds.actions.ground import NotRefundable
from sleek.refunds.models import Refund
from sleek.refunds.rules import Route, Source

TRIES = 3  # while other movements change where the merchant's money is


def reroute(refund: Refund, *, by: User) -> Refund:
    """By bank transfer from now on; the money stays reserved, and the payer is asked where to.

    The provider is asked first, once more. Only when it has answered, and surely has nothing of
    ours, does the way change. Raises `NotRefundable`.
    """
    _refuse(refund)
    try:
        sending.ask_provider(refund)
    except ChannelError as error:
        message = _(
            "The channel does not answer, so nobody knows whether it is giving the money back just "
            "now. Please try again in a few minutes."
        )
        raise NotRefundable(message) from error
    for _each in range(TRIES):
        try:
            return _reroute(refund, by)
        except InsufficientFunds:
            continue  # it moved between our look and the posting: look again
    raise NotRefundable(_("The balance is changing just now. Please try again in a moment."))


@transaction.atomic
def _reroute(refund: Refund, by: User) -> Refund:
    refund = ground.lock(refund)
    _refuse(refund)
    now = clock.now()
    refund.route, refund.updated_at = Route.BANK, now
    refund.check_at = refund.short_at = None
    ground.expect(refund, now)
    drawn = _drawn_from_bank(refund)
    refund.save(update_fields=[*ending.CHANGED, "taken"])
    ground.record("refund.rerouted", refund, by, route=refund.route)
    events.record([ground.fact("refund.rerouted", refund, route=refund.route)])
    claims.ask_payers([refund])
    ledger.post(drawn)
    return refund


def _drawn_from_bank(refund: Refund) -> list[Entry]:
    """What goes by bank is paid out of what has arrived, as far as that covers it; what a channel
    still holds of it is in transit again.
    """
    if refund.source != Source.PAYMENT:
        return []
    behind = ground.returning(refund, Money(0, refund.currency)).get("in_transit", 0)
    part = Money(behind, refund.currency)
    if books.balance(refund.merchant_id, "available", refund.currency) < part:
        return []
    refund.taken = {"available": refund.amount}
    if not part:
        return []
    postings = recipes.refund_drawn_from_bank(part)
    return [ground.entry("refund_drawn_from_bank", refund, postings, clock.now())]


def _refuse(refund: Refund) -> None:
    if not refund.may_change_route:
        raise NotRefundable(
            _(
                "The channel may be giving this money back at this moment, so it can't go another "
                "way: the payer would have it twice."
            )
        )
