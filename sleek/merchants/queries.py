"""Reading people, merchants, and the links of verification mails."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session

from sleek.core import clock
from sleek.merchants import rules
from sleek.merchants.models import (
    Device,
    Identity,
    Invitation,
    Membership,
    Merchant,
    Role,
    TransactionPassword,
    User,
)

MAX_DEVICES = 50  # of one person, on the page that lists them


def places_of(user: User) -> list[Membership]:
    """Where the person works, the earliest first."""
    places = Membership.objects.select_related("merchant").filter(user=user)
    return list(places.order_by("created_at", "pk"))


def works_at(user: User, merchant: Merchant) -> bool:
    return merchant.memberships.filter(user=user).exists()


def owns_a_workspace(user: User) -> bool:
    return user.memberships.filter(role=Role.OWNER).exists()


def team_of(merchant: Merchant) -> list[Membership]:
    """Those who work there, in the order they came."""
    return list(merchant.memberships.select_related("user").order_by("created_at", "pk"))


def owners_of(merchant: Merchant) -> list[User]:
    return [place.user for place in team_of(merchant) if place.role == Role.OWNER]


def people_who_may(right: rules.Right, merchant_id: int) -> list[User]:
    """Those who can log in and whose role has the right, in the order they came."""
    places = Membership.objects.filter(merchant_id=merchant_id).select_related("user")
    return [
        place.user
        for place in places.order_by("pk")
        if rules.may(place.role, right) and place.user.is_active
    ]


def unanswered_invitations(merchant: Merchant) -> list[Invitation]:
    """Open ones, and those whose time ran out."""
    unanswered = merchant.invitations.filter(accepted_at=None, withdrawn_at=None)
    return list(unanswered.select_related("invited_by").order_by("-created_at"))


def invitation(token: str) -> Invitation | None:
    known = Invitation.objects.select_related("merchant", "invited_by")
    return known.filter(token_hash=digest(token)).first()


def invitations_to(user: User) -> list[Invitation]:
    """Open ones to a mailbox that the person has shown to be theirs."""
    own = EmailAddress.objects.filter(user=user, verified=True).values("email")
    waiting = Invitation.objects.filter(
        email__in=own, accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now()
    )
    return list(waiting.select_related("merchant", "invited_by").order_by("created_at"))


def state_of(invitation: Invitation) -> rules.InvitationState:
    return rules.invitation_state(
        accepted_at=invitation.accepted_at,
        withdrawn_at=invitation.withdrawn_at,
        expires_at=invitation.expires_at,
        now=clock.now(),
    )


def owns_address(user: User, email: str) -> bool:
    """Whether the person has shown that this mailbox is theirs."""
    own = EmailAddress.objects.filter(user=user, email=email, verified=True)
    return bool(own.exists())


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


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has set up beside the password."""

    totp: Authenticator | None
    passkeys: list[Authenticator]  # the earliest first
    recovery: Authenticator | None
    transaction_password: TransactionPassword | None

    @property
    def codes_left(self) -> int:
        return len(self.recovery.data["hashes"]) if self.recovery else 0

    @property
    def has_second_step(self) -> bool:
        return bool(self.totp or self.passkeys)


def factors_of(user: User) -> Factors:
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    only = {row.type: row for row in rows}
    return Factors(
        totp=only.get(Authenticator.Type.TOTP),
        passkeys=[row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        recovery=only.get(Authenticator.Type.RECOVERY_CODES),
        transaction_password=TransactionPassword.objects.filter(user=user).first(),
    )


def ways_to_prove(user: User) -> list[rules.Way]:
    """What counts when somebody who is logged in must prove once more who they are."""
    factors = factors_of(user)
    has = {
        rules.Way.TRANSACTION_PASSWORD: factors.transaction_password,
        rules.Way.CODE: factors.totp or factors.recovery,
        rules.Way.PASSKEY: factors.passkeys,
        rules.Way.PASSWORD: user.has_usable_password(),
    }
    return rules.ways(frozenset(way for way, thing in has.items() if thing))


def devices_of(user: User) -> list[Device]:
    """Those whose session still lives, the last seen first."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    known = Device.objects.filter(user=user, session_key__in=alive)
    return list(known.order_by("-seen_at", "-pk")[:MAX_DEVICES])


def identity_of(provider: str, subject: str, union: str) -> Identity | None:
    """By the provider's id at our app, then by the human being across apps.

    The second finds people again after the operator has moved to another app at WeChat.
    """
    known = Identity.objects.select_related("user").filter(provider=provider)
    found = known.filter(subject=subject).first()
    return found or (known.filter(union=union).first() if union else None)


def identities_of(user: User) -> list[Identity]:
    return list(Identity.objects.filter(user=user).order_by("created_at", "pk"))


def has_credential_beside(user: User, identity: Identity) -> bool:
    """Whether the person could still log in without this identity."""
    others = [other for other in usable_identities_of(user) if other != identity]
    return _can_log_in_without_identities(user) or bool(others)


def can_log_in(user: User) -> bool:
    """Whether the person has any way to come back."""
    return _can_log_in_without_identities(user) or bool(usable_identities_of(user))


def usable_identities_of(user: User) -> list[Identity]:
    """Those whose provider the installation offers."""
    offered = settings.SOCIALACCOUNT_PROVIDERS
    return [identity for identity in identities_of(user) if identity.provider in offered]


def _can_log_in_without_identities(user: User) -> bool:
    return user.has_usable_password() or bool(factors_of(user).passkeys)


def proven_emails(user: User) -> list[str]:
    """In lower case. By these, and no others, somebody may be known elsewhere here."""
    proven = EmailAddress.objects.filter(user=user, verified=True)
    return [email.lower() for email in proven.values_list("email", flat=True)]
