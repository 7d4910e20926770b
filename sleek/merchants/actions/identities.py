"""Logging in with an account at Google or WeChat: linking it, binding an address to it, merging.

A provider vouches for a person (`Vouched`). Its word counts for its own ids, and for an e-mail
address only where it says that it verified it. Nothing is linked by an address that nobody has
verified: an account that somebody prepared under it loses all that a stranger could have left in
it, before its owner comes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import Conflict, SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants import queries
from sleek.merchants.actions.accounts import (
    Agreement,
    consent,
    is_nobodys,
    remove_unverified,
)
from sleek.merchants.actions.devices import log_out_other_devices
from sleek.merchants.models import (
    Identity,
    Invitation,
    Membership,
    TransactionPassword,
    User,
)
from sleek.merchants.rules import stronger_role

NAME_LENGTH = 120


class IdentityTaken(SleekError):
    """The account at the provider logs in to another account here."""

    code = "identity_taken"


class LastCredential(SleekError):
    """Without it nobody could log in to the account any more."""

    code = "last_credential"

    def __init__(self) -> None:
        super().__init__(
            _("This is your only way to log in. Choose a password or connect another one first.")
        )


class NotMergeable(SleekError):
    """The other account is protected by more than the identity that was shown."""

    code = "not_mergeable"


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider says about somebody who has just shown it who they are."""

    provider: str
    subject: str
    union: str = ""
    name: str = ""
    email: str = ""
    has_verified_email: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who may log in now; `is_linked` when the identity is new to the account."""

    user: User
    is_linked: bool = False


def enter(vouched: Vouched, *, address: str | None) -> Entry | None:
    """Whom this identity logs in to. None when nobody yet: they are asked to join."""
    try:
        return _enter(vouched, address)
    except IntegrityError:  # in two tabs at once: the other one has linked it
        return _enter(vouched, address)


def join(
    vouched: Vouched,
    email: str,
    *,
    language: str,
    agreements: Sequence[Agreement],
    address: str | None,
) -> User | None:
    """Make an account for somebody who has none, with their consent.

    It is active at once when the provider has verified this very address; else it waits for our own
    mail. None when the address has an owner already, whom only a mail may tell.
    """
    fresh = User(email=email.lower(), language=language, name=vouched.name[:NAME_LENGTH])
    fresh.set_unusable_password()
    try:
        with transaction.atomic():
            user = _taken_over(fresh, vouched, address)
            if user is None:
                return None
            consent(user, agreements, address)
            audit.record("user.signed_up", user.public_id, actor=user.public_id, address=address)
            _settle(user, vouched, address)
            return user
    except IntegrityError as error:
        raise Conflict(_("Somebody signs up with this right now. Try again.")) from error


@transaction.atomic
def connect(user: User, vouched: Vouched, *, address: str | None) -> Identity:
    """For somebody who has proved both: the account here and the one at the provider.

    An identity that waits at an account whose address nobody verified comes along.
    """
    people, identity = _locked(vouched, Q(pk=user.pk))
    user = people[user.pk]
    if identity is None:
        return _link(user, vouched, address)
    holder = people[identity.user_id]
    if holder != user:
        if not _is_waiting(holder):
            raise IdentityTaken(_("It logs in to another Sleek account already."))
        _move(identity, user, address)
        remove_unverified(holder, address)
    _bring_up_to_date(identity, vouched)
    return identity


@transaction.atomic
def disconnect(user: User, public_id: str, *, address: str | None) -> Identity | None:
    """Waits for others who change this person's credentials, so that one always stays."""
    user = User.objects.select_for_update().get(pk=user.pk)
    identity = Identity.objects.filter(user=user, public_id=public_id).first()
    if identity is None:
        return None
    if not queries.has_credential_beside(user, identity):
        raise LastCredential
    Identity.objects.filter(pk=identity.pk).delete()
    _note(user, "identity.disconnected", identity, address)
    return identity


@transaction.atomic
def merge(user: User, vouched: Vouched, *, address: str | None) -> User | None:
    """Bring the account that this identity logs in to into `user`'s. Returns the one that ended.

    Both are proved: the one by being logged in to, the other by the provider's word. What the
    other account's own second step protects is not taken without it.
    """
    people, identity = _locked(vouched, Q(pk=user.pk))
    user = people[user.pk]
    if identity is None or identity.user_id == user.pk:
        return None
    other = people[identity.user_id]
    _refuse_protected(other)
    for each in Identity.objects.filter(user=other):
        _move(each, user, address)
    _move_memberships(other, user)
    _move_consents(other, user)
    _end(other)
    data: dict[str, object] = {"from": other.public_id, "into": user.public_id}
    for person in (user, other):
        audit.record(
            "user.merged", person.public_id, actor=user.public_id, address=address, data=data
        )
    return other


@transaction.atomic
def _enter(vouched: Vouched, address: str | None) -> Entry | None:
    identity = queries.identity_of(vouched.provider, vouched.subject, vouched.union)
    if identity:
        _bring_up_to_date(identity, vouched)
        return Entry(identity.user)
    if not vouched.has_verified_email:
        return None
    holder = User.objects.select_for_update().filter(email=vouched.email.lower()).first()
    if holder is None or (holder.is_operator and not queries.is_verified(holder)):
        return None
    if not queries.is_verified(holder):
        _disarm(holder, address)
        return None
    if holder.is_active:
        _link(holder, vouched, address)
    return Entry(holder, is_linked=holder.is_active)


def _taken_over(user: User, vouched: Vouched, address: str | None) -> User | None:
    """The row that the new account lives in: a fresh one, or the one that nobody has verified.

    None when the address is somebody's. An identity that waited elsewhere leaves that place.
    """
    people, identity = _locked(vouched, Q(email=user.email))
    holder = next((person for person in people.values() if person.email == user.email), None)
    before = people[identity.user_id] if identity else None
    if before and not _is_waiting(before):
        raise IdentityTaken(_("It logs in to another Sleek account already."))
    if before and before != holder:
        remove_unverified(before, address)
    if holder is None:
        user.save(force_insert=True)
        return user
    if queries.is_verified(holder) or holder.is_operator:
        return None
    if not is_nobodys(holder) and not _has_verified(vouched, user.email):
        return None
    _disarm(holder, address)
    holder.name, holder.language = user.name, user.language
    holder.save(update_fields=["name", "language"])
    return holder


def _settle(user: User, vouched: Vouched, address: str | None) -> None:
    """Their address, verified if the provider says so, and what they log in with."""
    is_verified = _has_verified(vouched, user.email)
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": is_verified}
    )
    _link(user, vouched, address)
    if is_verified:
        audit.record("user.activated", user.public_id, actor=user.public_id, address=address)
        events.record([Fact("user.activated", user.public_id, None)])


def _has_verified(vouched: Vouched, email: str) -> bool:
    return vouched.has_verified_email and vouched.email.lower() == email


def _locked(vouched: Vouched, person: Q) -> tuple[dict[int, User], Identity | None]:
    """The person, whoever has the identity, and the identity as it stands once both are locked.

    People are locked in one order and before their identities, so that nobody deadlocks.
    """
    key = (vouched.provider, vouched.subject, vouched.union)
    seen = queries.identity_of(*key)
    wanted = person | Q(pk=seen.user_id) if seen else person
    locked = User.objects.select_for_update().filter(wanted).order_by("pk")
    people = {each.pk: each for each in locked}
    identity = queries.identity_of(*key)
    if identity and identity.user_id not in people:
        raise Conflict(_("Somebody else changed this a moment ago. Try again."))
    return people, identity


def _is_waiting(user: User) -> bool:
    """Whether nobody has verified the account's address, and nothing would be lost with it."""
    return is_nobodys(user) and not queries.is_verified(user)


def _disarm(user: User, address: str | None) -> None:
    """Take from an unverified account whatever a stranger could have left in it to come back by.

    The new unusable password differs from the one before, so every session ends by it too.
    """
    user.set_unusable_password()
    user.save(update_fields=["password"])
    log_out_other_devices(user, "", address=address)
    Authenticator.objects.filter(user=user).delete()
    TransactionPassword.objects.filter(user=user).delete()
    EmailConfirmation.objects.filter(email_address__user=user).delete()
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    user.identities.all().delete()
    user.consents.all().delete()
    unanswered = Invitation.objects.filter(invited_by=user, accepted_at=None, withdrawn_at=None)
    unanswered.update(withdrawn_at=clock.now())
    audit.record("user.disarmed", user.public_id, actor=user.public_id, address=address)


def _bring_up_to_date(identity: Identity, vouched: Vouched) -> None:
    """The id at our app decides; one across apps that stands at another account stays there."""
    others = Identity.objects.filter(provider=vouched.provider, union=vouched.union)
    is_free = not others.exclude(pk=identity.pk).exists()
    Identity.objects.filter(pk=identity.pk).update(
        subject=vouched.subject,
        union=vouched.union if vouched.union and is_free else identity.union,
        name=vouched.name[:NAME_LENGTH],
        email=vouched.email,
        used_at=clock.now(),
    )


def _link(user: User, vouched: Vouched, address: str | None) -> Identity:
    identity = Identity.objects.create(
        user=user,
        provider=vouched.provider,
        subject=vouched.subject,
        union=vouched.union,
        name=vouched.name[:NAME_LENGTH],
        email=vouched.email,
    )
    _note(user, "identity.connected", identity, address)
    return identity


def _move(identity: Identity, user: User, address: str | None) -> None:
    before, identity.user = identity.user, user
    identity.save(update_fields=["user"])
    _note(before, "identity.disconnected", identity, address)
    _note(user, "identity.connected", identity, address)


def _refuse_protected(other: User) -> None:
    if other.is_operator:
        raise NotMergeable(_("The account of an operator cannot be merged."))
    if queries.factors_of(other).has_second_step:
        raise NotMergeable(
            _("The other account has two-step log-in. Log in to it, turn that off, and try again.")
        )


def _move_memberships(other: User, user: User) -> None:
    """Where both work, one place stays, with the role that may more."""
    places = {place.merchant_id: place for place in user.memberships.select_for_update()}
    for place in other.memberships.select_for_update():
        own = places.get(place.merchant_id)
        if own is None:
            place.user = user
            place.save(update_fields=["user"])
            continue
        own.role = stronger_role(own.role, place.role)
        own.save(update_fields=["role"])
        Membership.objects.filter(pk=place.pk).delete()


def _move_consents(other: User, user: User) -> None:
    given = {(each.document, each.version) for each in user.consents.all()}
    for each in other.consents.all():
        if (each.document, each.version) not in given:
            each.user = user
            each.save(update_fields=["user"])


def _end(other: User) -> None:
    """Nobody logs in to it any more; what it did keeps its name."""
    other.set_unusable_password()
    other.is_active = False
    other.save(update_fields=["password", "is_active"])


def _note(user: User, action: str, identity: Identity, address: str | None) -> None:
    audit.record(
        action,
        user.public_id,
        actor=user.public_id,
        address=address,
        data={"provider": identity.provider, "identity": identity.public_id},
    )
