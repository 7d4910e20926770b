"""Sending a refund another way, when the one it was paid by does not work."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.channels.base import ChannelError
from sleek.core import clock
from sleek.events import actions as events
from sleek.merchants.models import User
from sleek.refunds.actions import claims, ending, ground, sending
from sleek.refunds.actions.ground import NotRefundable
from sleek.refunds.models import Refund
from sleek.refunds.rules import Route


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
    return _reroute(refund, by)


@transaction.atomic
def _reroute(refund: Refund, by: User) -> Refund:
    refund = ground.lock(refund)
    _refuse(refund)
    now = clock.now()
    refund.route, refund.updated_at = Route.BANK, now
    refund.check_at = refund.short_at = None
    ground.expect(refund, now)
    refund.save(update_fields=ending.CHANGED)
    ground.record("refund.rerouted", refund, by, route=refund.route)
    events.record([ground.fact("refund.rerouted", refund, route=refund.route)])
    claims.ask_payers([refund])
    return refund


def _refuse(refund: Refund) -> None:
    if not refund.may_change_route:
        raise NotRefundable(
            _(
                "The channel may be giving this money back at this moment, so it can't go another "
                "way: the payer would have it twice."
            )
        )
