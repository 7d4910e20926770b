"""Limits of a team, and what an invitation is worth."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
MAX_MEMBERS = 200  # of one merchant
MAX_OPEN_INVITATIONS = 20  # of one merchant at a time
MAX_INVITATIONS_A_DAY = 50  # of one merchant: each is a mail to somebody who may not want it
MAX_SENDS = 5  # of one invitation
INVITATION_VALID_FOR = timedelta(days=7)
INVITATION_COOL_DOWN = timedelta(minutes=2)  # between two mails to one address


class InvitationState(StrEnum):
    """What the link of an invitation is worth."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def invitation_state(
    *,
    accepted_at: datetime | None,
    withdrawn_at: datetime | None,
    expires_at: datetime,
    now: datetime,
) -> InvitationState:
    if accepted_at:
        return InvitationState.ACCEPTED
    if withdrawn_at:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if now < expires_at else InvitationState.EXPIRED


def may_send_again_at(expires_at: datetime) -> datetime:
    """Each mail makes the invitation valid anew, so the end tells when the last one went."""
    return expires_at - INVITATION_VALID_FOR + INVITATION_COOL_DOWN
