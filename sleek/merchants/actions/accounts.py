"""Signing up, and activating an account.

An account whose address nobody has verified belongs to nobody: whoever signs up with the address
again replaces it whole, and whoever verifies it without knowing its password drops that password.
So nothing that a stranger prepared under somebody's address survives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.account.models import EmailAddress, EmailConfirmation
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core import clock, ids
from sleek.core.errors import Conflict, SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants import queries
from sleek.merchants.models import Consent, User
from sleek.merchants.rules import ActivationState

TOKEN_LENGTH = 32  # 57^32 is 186 bits


class NotActivatable(SleekError):
    """The link of a verification mail was used, has expired, was replaced by a newer one, or never
    existed.
    """

    code = "not_activatable"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A document that the person agreed to, by version and SHA-256 of the text they could read."""

    document: str
    version: str
    text_hash: str


def sign_up(
    email: str,
    password: str,
    *,
    language: str,
    agreements: Sequence[Agreement],
    address: str | None,
) -> User | None:
    """Make an unverified account. None when the address has a verified owner, whom only a mail may
    tell.

    Both take equally long: a password is hashed in either case.
    """
    user = User(email=email.lower(), language=language)
    user.set_password(password)
    try:
        with transaction.atomic():
            return _sign_up(user, agreements, address)
    except IntegrityError as error:
        raise Conflict(_("Somebody signs up with this address right now. Try again.")) from error


def _sign_up(user: User, agreements: Sequence[Agreement], address: str | None) -> User | None:
    holder = User.objects.select_for_update().filter(email=user.email).first()
    if queries.verified_user(user.email) or (holder and not is_nobodys(holder)):
        return None
    if holder:
        remove_unverified(holder, address)
    user.save(force_insert=True)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    consent(user, agreements, address)
    _note(user, "user.signed_up", address)
    return user


@transaction.atomic
def issue_activation_token(user: User) -> str:
    """A fresh token for the verification mail. It makes the ones before it worthless."""
    address = EmailAddress.objects.select_for_update().get(user=user, email=user.email)
    token = ids.token(TOKEN_LENGTH)
    EmailConfirmation.objects.create(
        email_address=address, key=queries.digest(token), created=clock.now(), sent=clock.now()
    )
    return token


@transaction.atomic
def activate(token: str, *, address: str | None) -> User:
    """For somebody who has shown that they know the account's password."""
    return _verify(token, address)


@transaction.atomic
def activate_without_password(token: str, *, address: str | None) -> User:
    """For somebody who owns the mailbox but may not be the one who signed up.

    The password dies, and so does whatever account at Google or WeChat was waiting with it.
    """
    user = _verify(token, address)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    user.identities.all().delete()
    _note(user, "user.password_dropped", address)
    return user


@transaction.atomic
def set_password(user: User, password: str, *, address: str | None) -> None:
    """The validators have seen the password. Every other session of the person ends by this."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(password)
    user.save(update_fields=["password"])
    user.devices.all().delete()
    _note(user, "user.password_changed", address)


@transaction.atomic
def choose_language(user: User, language: str) -> None:
    if user.language != language and language in dict(settings.LANGUAGES):
        user.language = language
        user.save(update_fields=["language"])


def consent(user: User, agreements: Sequence[Agreement], address: str | None) -> None:
    """Part of an action: what the person has just agreed to, and from where."""
    Consent.objects.bulk_create(
        Consent(
            user=user,
            document=agreement.document,
            version=agreement.version,
            text_hash=agreement.text_hash,
            address=address,
        )
        for agreement in agreements
    )


def remove_unverified(user: User, address: str | None) -> None:
    """Part of an action: the account goes, with its sessions, links, identities and consents.

    The audit log remembers that it was there.
    """
    _note(user, "user.replaced", address)
    user.consents.all().delete()
    user.delete()


def is_nobodys(user: User) -> bool:
    """Whether nothing would be lost with the account, if its address is unverified."""
    return not user.is_operator and not user.memberships.exists()


def _verify(token: str, address: str | None) -> User:
    found = EmailConfirmation.objects.filter(key=queries.digest(token)).first()
    if found:
        EmailAddress.objects.select_for_update().get(pk=found.email_address_id)
    activation = queries.activation(token)
    if activation.state != ActivationState.READY or activation.user is None:
        raise NotActivatable(_("This link can no longer be used."))
    user = activation.user
    EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)
    _note(user, "user.activated", address)
    events.record([Fact("user.activated", user.public_id, None)])
    return user


def _note(user: User, action: str, address: str | None) -> None:
    audit.record(action, user.public_id, actor=user.public_id, address=address)
