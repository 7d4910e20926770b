"""Inviting, joining, changing roles, leaving: what is allowed, and what never happens."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction

from sleek.audit.models import Record
from sleek.core import clock
from sleek.events.models import Event
from sleek.merchants import actions as merchants
from sleek.merchants import queries, rules
from sleek.merchants.actions import (
    AlreadyInvited,
    AlreadyMember,
    LastOwner,
    NotInvited,
    NotPermitted,
    TeamIsFull,
    TooSoon,
)
from sleek.merchants.models import Invitation, Membership, Merchant, Role, User
from tests import people
from tests.conftest import FrozenClock
from tests.ledger.journal import at_once

WEI = "wei@example.com"


def somebody(email: str, *, is_verified: bool = True) -> User:
    user = User.objects.create_user(email)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=is_verified)
    return user


def owner_of(shop: Merchant) -> Membership:
    return shop.memberships.select_related("user", "merchant").get(user__email="lin@example.com")


def member(shop: Merchant, email: str, role: Role) -> Membership:
    return Membership.objects.create(user=somebody(email), merchant=shop, role=role)


@pytest.fixture
def lin(db: None) -> Membership:
    return owner_of(people.merchant())


def told() -> list[str]:
    """The acts of the merchant's audit log, oldest first. The events tell the same."""
    acts = list(Record.objects.order_by("sequence").values_list("action", flat=True))
    assert acts == list(Event.objects.order_by("pk").values_list("kind", flat=True))
    return acts


def test_whoever_owns_the_invited_mailbox_joins_in_the_role(lin: Membership) -> None:
    invitation, token = merchants.invite(lin, "Wei@Example.com", "finance", address="192.0.2.7")
    assert queries.invitation(token) == invitation
    wei = somebody(WEI)
    assert queries.invitations_to(wei) == [invitation]

    place = merchants.accept_invitation(invitation, wei)

    assert (place.merchant, place.role) == (lin.merchant, "finance")
    assert queries.invitations_to(wei) == []
    assert told() == ["invitation.sent", "member.joined"]
    sent, joined = Record.objects.order_by("sequence")
    assert (sent.scope, sent.actor) == (lin.merchant.public_id, lin.user.public_id)
    assert (sent.subject, sent.address, sent.data) == (
        invitation.public_id,
        "192.0.2.7",
        {"role": "finance"},
    )
    assert joined.actor == wei.public_id


def test_the_database_knows_only_the_hash_of_the_token(lin: Membership) -> None:
    invitation, token = merchants.invite(lin, WEI, "viewer")
    assert token not in str(vars(invitation))
    assert len(token) == 32


@pytest.mark.parametrize(
    ("email", "is_verified"), [("wei@example.com", False), ("other@example.com", True)]
)
def test_nobody_else_joins(lin: Membership, email: str, is_verified: bool) -> None:
    invitation, _token = merchants.invite(lin, WEI, "owner")
    with pytest.raises(NotInvited):
        merchants.accept_invitation(invitation, somebody(email, is_verified=is_verified))
    assert lin.merchant.memberships.count() == 1
    assert told() == ["invitation.sent"]


def test_an_invitation_is_open_for_seven_days(lin: Membership, frozen_clock: FrozenClock) -> None:
    invitation, _token = merchants.invite(lin, WEI, "sales")
    wei = somebody(WEI)
    frozen_clock.advance(days=7)
    with pytest.raises(NotInvited):
        merchants.accept_invitation(invitation, wei)
    assert not wei.memberships.exists()
    frozen_clock.advance(microseconds=-1)
    assert merchants.accept_invitation(invitation, wei).role == "sales"


def test_an_invitation_is_accepted_once(lin: Membership) -> None:
    invitation, _token = merchants.invite(lin, WEI, "sales")
    wei = somebody(WEI)
    place = merchants.accept_invitation(invitation, wei)
    merchants.remove_member(place, lin)
    with pytest.raises(NotInvited):
        merchants.accept_invitation(invitation, wei)
    assert not wei.memberships.exists()


def test_sending_again_makes_the_token_before_worthless(
    lin: Membership, frozen_clock: FrozenClock
) -> None:
    invitation, first = merchants.invite(lin, WEI, "sales")
    with pytest.raises(TooSoon):
        merchants.invite_again(invitation, lin)
    assert queries.invitation(first) == invitation
    frozen_clock.advance(days=8)
    second = merchants.invite_again(invitation, lin)
    assert queries.invitation(first) is None
    again = queries.invitation(second)
    assert again
    assert (again.expires_at, again.sent_count) == (clock.now() + timedelta(days=7), 2)


def test_one_invitation_is_sent_five_times_at_most(
    lin: Membership, frozen_clock: FrozenClock
) -> None:
    invitation, _token = merchants.invite(lin, WEI, "sales")
    for _ in range(rules.MAX_SENDS - 1):
        frozen_clock.advance(minutes=2)
        merchants.invite_again(invitation, lin)
    frozen_clock.advance(minutes=2)
    with pytest.raises(TooSoon):
        merchants.invite_again(invitation, lin)
    assert Invitation.objects.get().sent_count == 5


def test_a_withdrawn_invitation_leads_nowhere(lin: Membership) -> None:
    invitation, _token = merchants.invite(lin, WEI, "sales")
    wei = somebody(WEI)
    merchants.withdraw_invitation(invitation, lin)
    assert queries.invitations_to(wei) == []
    with pytest.raises(NotInvited):
        merchants.accept_invitation(invitation, wei)
    with pytest.raises(NotInvited):
        merchants.invite_again(invitation, lin)
    assert told() == ["invitation.sent", "invitation.withdrawn"]


def test_withdrawing_and_inviting_anew_cools_down_like_sending_again(
    lin: Membership, frozen_clock: FrozenClock
) -> None:
    invitation, _token = merchants.invite(lin, WEI, "sales")
    with pytest.raises(AlreadyInvited):
        merchants.invite(lin, WEI, "sales")
    merchants.withdraw_invitation(invitation, lin)
    with pytest.raises(TooSoon):
        merchants.invite(lin, WEI, "sales")
    frozen_clock.advance(minutes=2)
    merchants.invite(lin, WEI, "sales")
    assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_an_expired_invitation_gives_way_to_a_new_one(
    lin: Membership, frozen_clock: FrozenClock
) -> None:
    old, _token = merchants.invite(lin, WEI, "sales")
    frozen_clock.advance(days=7)
    new, _token = merchants.invite(lin, WEI, "viewer")
    assert queries.unanswered_invitations(lin.merchant) == [new]
    old.refresh_from_db()
    assert old.withdrawn_at == clock.now()


def test_who_works_here_is_not_invited(lin: Membership) -> None:
    with pytest.raises(AlreadyMember):
        merchants.invite(lin, "LIN@example.com", "viewer")
    assert Invitation.objects.count() == 0


def test_open_invitations_and_those_of_a_day_are_limited(
    lin: Membership, frozen_clock: FrozenClock
) -> None:
    for number in range(rules.MAX_INVITATIONS_A_DAY):
        invitation, _token = merchants.invite(lin, f"{number}@example.com", "viewer")
        if number >= rules.MAX_OPEN_INVITATIONS - 1:
            with pytest.raises(TeamIsFull):
                merchants.invite(lin, WEI, "viewer")
            merchants.withdraw_invitation(invitation, lin)
    with pytest.raises(TooSoon):
        merchants.invite(lin, WEI, "viewer")
    frozen_clock.advance(days=1)
    merchants.invite(lin, WEI, "viewer")


def test_a_team_is_full_at_its_limit(lin: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_MEMBERS", 2)
    merchants.invite(lin, WEI, "viewer")
    with pytest.raises(TeamIsFull):
        merchants.invite(lin, "ana@example.com", "viewer")


def test_a_change_of_role_is_recorded_with_what_it_was(lin: Membership) -> None:
    wei = member(lin.merchant, WEI, Role.SALES)
    assert merchants.change_role(wei, "finance", lin).role == "finance"
    merchants.change_role(wei, "finance", lin)
    record = Record.objects.get()
    assert (record.action, record.subject) == ("member.role_changed", wei.public_id)
    assert record.data == {"user": wei.user.public_id, "role": ["sales", "finance"]}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_owners_manage_the_team(lin: Membership, role: Role) -> None:
    wei = member(lin.merchant, WEI, role)
    acts = [
        lambda: merchants.invite(wei, "x@example.com", "viewer"),
        lambda: merchants.change_role(wei, "owner", wei),
        lambda: merchants.remove_member(lin, wei),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    assert sorted(lin.merchant.memberships.values_list("role", flat=True)) == sorted(
        ["owner", role]
    )
    assert told() == []


def test_the_last_owner_is_neither_demoted_nor_removed_nor_leaves(lin: Membership) -> None:
    member(lin.merchant, WEI, Role.FINANCE)
    acts = [
        lambda: merchants.change_role(lin, "finance", lin),
        lambda: merchants.remove_member(lin, lin),
        lambda: merchants.leave(lin),
    ]
    for act in acts:
        with pytest.raises(LastOwner):
            act()
    assert owner_of(lin.merchant).role == "owner"
    assert told() == []


def test_with_a_second_owner_the_first_may_leave(lin: Membership) -> None:
    merchants.change_role(member(lin.merchant, WEI, Role.SALES), "owner", lin)
    merchants.leave(lin)
    assert list(lin.merchant.memberships.values_list("user__email", flat=True)) == [WEI]
    assert told() == ["member.role_changed", "member.left"]


def test_who_was_removed_meanwhile_removes_nobody(lin: Membership) -> None:
    wei, ana = (member(lin.merchant, name, Role.OWNER) for name in (WEI, "ana@example.com"))
    merchants.remove_member(wei, lin)
    with pytest.raises(NotPermitted):
        merchants.remove_member(ana, wei)
    with pytest.raises(NotPermitted):
        merchants.remove_member(wei, lin)
    assert lin.merchant.memberships.count() == 2


def test_two_owners_who_leave_at_once_leave_one_behind(committed_db: str) -> None:
    shop = people.merchant()
    places = [owner_of(shop), member(shop, WEI, Role.OWNER)]
    outcomes = at_once([partial(merchants.leave, place) for place in places])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastOwner", "NoneType"]
    assert shop.memberships.filter(role="owner").count() == 1


def test_the_database_itself_keeps_an_owner(committed_db: str) -> None:
    shop = people.merchant()
    member(shop, WEI, Role.OWNER)
    shop.memberships.filter(user__email=WEI).delete()
    for statement in ("DELETE FROM", "UPDATE"):
        change = "SET role = 'viewer' " if statement == "UPDATE" else ""
        with pytest.raises(IntegrityError, match="keeps an owner"), transaction.atomic():
            _execute(f"{statement} merchants_membership {change}WHERE role = 'owner'")
    assert shop.memberships.get().role == "owner"


def test_raw_statements_that_race_leave_an_owner(committed_db: str) -> None:
    shop = people.merchant()
    member(shop, WEI, Role.OWNER)
    pks = shop.memberships.values_list("pk", flat=True)
    acts = [partial(_execute, f"DELETE FROM merchants_membership WHERE id = {pk}") for pk in pks]
    outcomes = at_once(acts)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "NoneType"]
    assert shop.memberships.count() == 1


def test_an_invitation_that_two_threads_accept_seats_one(committed_db: str) -> None:
    lin = owner_of(people.merchant())
    invitation, _token = merchants.invite(lin, WEI, "sales")
    wei = somebody(WEI)
    at_once([partial(merchants.accept_invitation, invitation, wei) for _ in range(2)])
    assert wei.memberships.count() == 1
    assert Event.objects.filter(kind="member.joined").count() == 1


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
