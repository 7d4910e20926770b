"""Reading people, merchants, and the links of verification mails."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from allauth.account.models import EmailAddress, EmailConfirmation

from sleek.core import clock
from sleek.merchants import rules
from sleek.merchants.models import Membership, User


def membership_of(user: User) -> Membership | None:
    """The person's place; the earliest one, while nobody can join a second merchant."""
    memberships = Membership.objects.select_related("merchant").filter(user=user)
    return memberships.order_by("created_at", "pk").first()


def is_verified(user: User) -> bool:
    """Whether the person has shown that their login address is theirs."""
    own = EmailAddress.objects.filter(user=user, email=user.email)
    return bool(own.filter(verified=True).exists())


def verified_user(email: str) -> User | None:
    owners = User.objects.filter(emailaddress__email=email.lower(), emailaddress__verified=True)
    return owners.first()


def unverified_user(public_id: str) -> User | None:
    user = User.objects.filter(public_id=public_id, is_active=True).first()
    return None if user is None or is_verified(user) else user


@dataclass(frozen=True, slots=True)
class Activation:
    """What stands behind the token of one verification mail."""

    state: rules.ActivationState
    user: User | None = None


def activation(token: str) -> Activation:
    confirmations = EmailConfirmation.objects.select_related("email_address__user")
    found = confirmations.filter(key=digest(token)).first()
    if found is None or found.sent is None:
        return Activation(rules.ActivationState.UNKNOWN)
    address = found.email_address
    newest = EmailConfirmation.objects.filter(email_address=address).order_by("-pk").first()
    state = rules.activation_state(
        is_verified=address.verified,
        is_newest=newest == found,
        sent_at=found.sent,
        now=clock.now(),
    )
    return Activation(state, address.user)


def digest(token: str) -> str:
    """What is kept of a token: a copy of the database opens no account."""
    return hashlib.sha256(token.encode()).hexdigest()
