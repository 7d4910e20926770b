"""Mails about the ways to log in: to the person concerned, in the language that they read.

They never name the account at the provider: a stranger may have chosen that name.
"""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from sleek.merchants.models import Provider, User
from sleek.web.dashboard import mails
from sleek.web.dashboard.mails import Letter


def connected(user: User, provider: Provider) -> None:
    with translation.override(user.language):
        words = {"provider": provider.label}
        letter = Letter(
            subject=_("%(provider)s was linked to your Sleek account") % words,
            title=_("%(provider)s was linked") % words,
            text=_("From now on you can log in to Sleek with %(provider)s, too.") % words,
            button=_("See the ways to log in"),
            url=mails.address_of("login-index"),
            note=_("If that was not you, disconnect it there at once and change your password."),
        )
        mails.send(letter, user.email)


def disconnected(user: User, provider: Provider) -> None:
    with translation.override(user.language):
        words = {"provider": provider.label}
        letter = Letter(
            subject=_("%(provider)s was disconnected from your Sleek account") % words,
            title=_("%(provider)s was disconnected") % words,
            text=_("It no longer logs in to your Sleek account."),
            button=_("See the ways to log in"),
            url=mails.address_of("login-index"),
            note=_("If that was not you, change your password at once."),
        )
        mails.send(letter, user.email)


def merged(other: User, into: User) -> None:
    """To the mailbox of the account that ended."""
    with translation.override(other.language):
        letter = Letter(
            subject=_("Your Sleek account was merged into another"),
            title=_("Two accounts became one"),
            text=_(
                "This address no longer logs in to Sleek. Its workspaces belong to the account of "
                "%(email)s now."
            )
            % {"email": into.email},
            button=_("Log in"),
            url=mails.address_of("account_login"),
            note=_("If that was not you, write to the operator of this installation at once."),
        )
        mails.send(letter, other.email)


def proof(provider: Provider, token: str) -> Letter:
    """For the owner of an address that somebody wants to bind an account at a provider to."""
    words = {"provider": provider.label}
    return Letter(
        subject=_("Connect %(provider)s to your Sleek account?") % words,
        title=_("You have an account already"),
        text=_(
            "Somebody, probably you, logged in with %(provider)s and gave this address. It has "
            "a Sleek account, so nothing was changed. If it was you, connect the two."
        )
        % words,
        button=_("Connect %(provider)s") % words,
        url=mails.address_of("identity-prove", token),
        note=_(
            "The link works for one hour, and only in the browser in which it was asked for. "
            "If that was not you, ignore this mail."
        ),
    )
