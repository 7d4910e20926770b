"""Mails about who works where: to the person concerned, in the language that they read.

An invitation goes to somebody whose language nobody knows yet: it speaks the merchant's.
"""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from sleek.merchants.models import Invitation, Membership, Merchant, Role, User
from sleek.merchants.rules import INVITATION_VALID_FOR
from sleek.web.dashboard import mails
from sleek.web.dashboard.mails import Letter


def invited(invitation: Invitation, token: str) -> None:
    with translation.override(invitation.merchant.language):
        mails.send(_invitation(invitation, token), invitation.email)


def joined(place: Membership, invited_by: User) -> None:
    with translation.override(invited_by.language):
        words = _facts(place.merchant, place.role) | {"person": place.user.email}
        letter = Letter(
            subject=_("%(person)s has joined %(merchant)s") % words,
            title=_("Your invitation was accepted"),
            text=_("%(person)s works at %(merchant)s now, as: %(role)s.") % words,
            button=_("Open the team"),
            url=mails.address_of("team-index"),
            note=_("You get this mail because you sent the invitation."),
        )
        mails.send(letter, invited_by.email)


def role_changed(place: Membership) -> None:
    with translation.override(place.user.language):
        words = _facts(place.merchant, place.role)
        letter = Letter(
            subject=_("Your role at %(merchant)s has changed") % words,
            title=_("You have another role now"),
            text=_("From now on your role at %(merchant)s is: %(role)s.") % words,
            button=_("Open the back office"),
            url=mails.address_of("overview"),
            note=_("If you did not expect this, ask an owner of the workspace."),
        )
        mails.send(letter, place.user.email)


def removed(merchant: Merchant, user: User) -> None:
    with translation.override(user.language):
        words = _facts(merchant)
        letter = Letter(
            subject=_("You no longer work at %(merchant)s") % words,
            title=_("Your access has ended"),
            text=_("An owner of %(merchant)s has removed you from the team.") % words
            + " "
            + _("Your Sleek account itself stays."),
            button=_("Open Sleek"),
            url=mails.address_of("overview"),
            note=_("If you did not expect this, ask an owner of the workspace."),
        )
        mails.send(letter, user.email)


def left(merchant: Merchant, user: User, owners: list[User]) -> None:
    for owner in owners:
        with translation.override(owner.language):
            words = _facts(merchant) | {"person": user.email}
            letter = Letter(
                subject=_("%(person)s has left %(merchant)s") % words,
                title=_("Somebody has left the team"),
                text=_("%(person)s has left %(merchant)s and has no access any more.") % words,
                button=_("Open the team"),
                url=mails.address_of("team-index"),
                note=_("You get this mail because you are an owner of the workspace."),
            )
            mails.send(letter, owner.email)


def _invitation(invitation: Invitation, token: str) -> Letter:
    words = _facts(invitation.merchant, invitation.role) | {
        "person": invitation.invited_by.email,
        "days": INVITATION_VALID_FOR.days,
    }
    return Letter(
        subject=_("%(merchant)s invites you to Sleek") % words,
        title=_("Join %(merchant)s") % words,
        text=_("%(person)s invites you to work at %(merchant)s on Sleek. Your role: %(role)s.")
        % words,
        button=_("See the invitation"),
        url=mails.address_of("invitation-show", token),
        note=_(
            "The invitation is for this address only and is open for %(days)s days. "
            "If you do not know the sender, ignore this mail: nothing happens without your click."
        )
        % words,
    )


def _facts(merchant: Merchant, role: str = "") -> dict[str, object]:
    """Read inside the letter's language."""
    return {"merchant": merchant.name, "role": str(Role(role).label) if role else ""}
