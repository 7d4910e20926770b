"""Who works at a merchant: inviting, joining, changing roles, leaving.

Every act locks the merchant first, so that limits count right and an owner always stays, whoever
acts at the same time. Who manages the team is looked up under that lock again: somebody removed a
moment ago removes nobody any more.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core import clock, ids
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants import queries, rules
from sleek.merchants.actions.accounts import TOKEN_LENGTH
from sleek.merchants.actions.workspaces import AlreadyMember
from sleek.merchants.models import Invitation, Membership, Merchant, Role, User
from sleek.merchants.rules import InvitationState, Right


class NotPermitted(SleekError):
    """The person's role does not include this, or not any more."""

    code = "not_permitted"


class AlreadyInvited(SleekError):
    """An open invitation is on its way to this address."""

    code = "already_invited"


class TeamIsFull(SleekError):
    """The merchant has as many members or invitations as it may have."""

    code = "team_is_full"


class TooSoon(SleekError):
    """The last mail to this address went out a moment ago, or too many did."""

    code = "too_soon"


class LastOwner(SleekError):
    """The merchant would be left without an owner."""

    code = "last_owner"


class NotInvited(SleekError):
    """The invitation is not open any more, or is for somebody else's address."""

    code = "not_invited"


@transaction.atomic
def invite(
    by: Membership, email: str, role: str, *, address: str | None = None
) -> tuple[Invitation, str]:
    """The invitation, and the token that only its mail knows."""
    merchant = _lock(by)
    email = email.lower()
    _refuse_needless(merchant, email)
    _refuse_too_many(merchant)
    token = ids.token(TOKEN_LENGTH)
    invitation = Invitation.objects.create(
        merchant=merchant,
        email=email,
        role=Role(role),
        token_hash=queries.digest(token),
        invited_by=by.user,
        expires_at=clock.now() + rules.INVITATION_VALID_FOR,
    )
    _note("invitation.sent", invitation.public_id, by, address, {"role": invitation.role})
    return invitation, token


@transaction.atomic
def invite_again(invitation: Invitation, by: Membership, *, address: str | None = None) -> str:
    """A fresh token; the one before it is worthless, and the seven days begin anew."""
    _lock(by)
    invitation = _unanswered(invitation)
    now = clock.now()
    if now < rules.may_send_again_at(invitation.expires_at):
        raise TooSoon(_("The last mail went out a moment ago. Wait two minutes, please."))
    if invitation.sent_count >= rules.MAX_SENDS:
        raise TooSoon(
            _("This invitation was sent often enough. Check the address, withdraw it, invite anew.")
        )
    token = ids.token(TOKEN_LENGTH)
    invitation.token_hash = queries.digest(token)
    invitation.expires_at = now + rules.INVITATION_VALID_FOR
    invitation.sent_count += 1
    invitation.save(update_fields=["token_hash", "expires_at", "sent_count"])
    _note("invitation.resent", invitation.public_id, by, address, {"role": invitation.role})
    return token


@transaction.atomic
def withdraw_invitation(
    invitation: Invitation, by: Membership, *, address: str | None = None
) -> None:
    """The link in its mails leads nowhere from now on."""
    _lock(by)
    invitation = _unanswered(invitation)
    invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["withdrawn_at"])
    _note("invitation.withdrawn", invitation.public_id, by, address, {"role": invitation.role})


@transaction.atomic
def accept_invitation(
    invitation: Invitation, user: User, *, address: str | None = None
) -> Membership:
    """Only for whoever has shown that the invited mailbox is theirs."""
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=invitation.merchant_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if queries.state_of(invitation) != InvitationState.OPEN:
        raise NotInvited(_("This invitation is not open any more. Ask for a new one."))
    if not queries.owns_address(user, invitation.email):
        raise NotInvited(_("This invitation is for another e-mail address."))
    place, is_new = Membership.objects.get_or_create(
        merchant=merchant, user=user, defaults={"role": invitation.role}
    )
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    if is_new:
        data: dict[str, object] = {"role": place.role, "invitation": invitation.public_id}
        _note("member.joined", place.public_id, place, address, data)
    return place


@transaction.atomic
def change_role(
    member: Membership, role: str, by: Membership, *, address: str | None = None
) -> Membership:
    merchant = _lock(by)
    member = _present(member)
    before, after = member.role, Role(role)
    if before == after:
        return member
    if before == Role.OWNER:
        _keep_an_owner(merchant, besides=member)
    member.role = after
    member.save(update_fields=["role"])
    data: dict[str, object] = {"user": member.user.public_id, "role": [before, str(after)]}
    _note("member.role_changed", member.public_id, by, address, data)
    return member


@transaction.atomic
def remove_member(member: Membership, by: Membership, *, address: str | None = None) -> None:
    """The person's next request finds nothing of the merchant any more."""
    merchant = _lock(by)
    _end(merchant, _present(member), by, "member.removed", address)


@transaction.atomic
def leave(member: Membership, *, address: str | None = None) -> None:
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=member.merchant_id)
    _end(merchant, _present(member), member, "member.left", address)


def _lock(by: Membership) -> Merchant:
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=by.merchant_id)
    now = Membership.objects.filter(pk=by.pk).first()
    if now is None or not rules.may(now.role, Right.MANAGE_TEAM):
        raise NotPermitted(_("Your role does not include managing the team any more."))
    return merchant


def _refuse_needless(merchant: Merchant, email: str) -> None:
    if merchant.memberships.filter(user__email=email).exists():
        raise AlreadyMember(_("This person is in the team already."))
    now = clock.now()
    last = merchant.invitations.filter(email=email).order_by("-expires_at").first()
    if last and last.accepted_at is None and last.withdrawn_at is None:
        if now < last.expires_at:
            raise AlreadyInvited(_("This person is invited already. You can send the mail again."))
        last.withdrawn_at = now
        last.save(update_fields=["withdrawn_at"])
    if last and now < rules.may_send_again_at(last.expires_at):
        raise TooSoon(_("The last mail to this address went out a moment ago. Wait two minutes."))


def _refuse_too_many(merchant: Merchant) -> None:
    now = clock.now()
    unanswered = merchant.invitations.filter(accepted_at=None, withdrawn_at=None)
    open_count = unanswered.filter(expires_at__gt=now).count()
    if open_count >= rules.MAX_OPEN_INVITATIONS:
        raise TeamIsFull(_("Twenty invitations are open. Withdraw one, or wait for an answer."))
    if merchant.memberships.count() + open_count >= rules.MAX_MEMBERS:
        raise TeamIsFull(_("The team is full. Remove somebody first."))
    since = now - rules.DAY
    if merchant.invitations.filter(created_at__gt=since).count() >= rules.MAX_INVITATIONS_A_DAY:
        raise TooSoon(_("That is enough invitations for one day. Go on tomorrow."))


def _unanswered(invitation: Invitation) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise NotInvited(_("This invitation was answered or withdrawn meanwhile."))
    return invitation


def _present(member: Membership) -> Membership:
    found = Membership.objects.select_for_update(of=["self"]).select_related("user", "merchant")
    present = found.filter(pk=member.pk).first()
    if present is None:
        raise NotPermitted(_("This person is not in the team any more."))
    return present


def _keep_an_owner(merchant: Merchant, *, besides: Membership) -> None:
    owners = merchant.memberships.filter(role=Role.OWNER).exclude(pk=besides.pk)
    if not owners.exists():
        raise LastOwner(_("The workspace needs an owner. Make somebody else an owner first."))


def _end(
    merchant: Merchant, member: Membership, by: Membership, action: str, address: str | None
) -> None:
    if member.role == Role.OWNER:
        _keep_an_owner(merchant, besides=member)
    public_id, data = member.public_id, {"user": member.user.public_id, "role": member.role}
    member.delete()
    _note(action, public_id, by, address, dict(data))


def _note(
    action: str, subject: str, by: Membership, address: str | None, data: dict[str, object]
) -> None:
    audit.record(
        action,
        subject,
        scope=by.merchant.public_id,
        actor=by.user.public_id,
        address=address,
        data=data,
    )
    events.record([Fact(action, subject, by.merchant_id, data)])
