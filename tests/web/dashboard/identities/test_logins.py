"""The page with the ways to log in: connecting, disconnecting, merging."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage

from sleek.audit.models import Record
from sleek.merchants.models import Identity, Membership, User
from tests.web.dashboard import office
from tests.web.dashboard.conftest import LIN, Visitor, browser, member, person
from tests.web.dashboard.identities.conftest import Elsewhere

MARIA = "maria@example.com"


@pytest.fixture
def lin(visitor: Visitor, elsewhere: Elsewhere) -> Visitor:
    """Lin at her desk, who has just proved that it is she."""
    visitor.force_login(member())
    office.prove(visitor)
    return visitor


def connect(elsewhere: Elsewhere, visitor: Visitor, person: str = MARIA) -> str:
    start = "/settings/logins/google/connect"
    location: str = elsewhere.google(visitor, person, start=start)["Location"]
    return location


def test_an_account_elsewhere_is_connected_whatever_its_address(
    lin: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    assert "Connect Google" in lin.read("/settings/logins")
    assert connect(elsewhere, lin) == "/settings/logins"
    page = lin.read("/settings/logins")
    assert MARIA in page
    assert "Google is connected." in page
    assert [mail.to for mail in mailoutbox] == [[LIN]]
    again = browser()
    elsewhere.google(again, MARIA)
    assert again.session["_auth_user_id"] == lin.session["_auth_user_id"]


def test_connecting_asks_for_a_fresh_proof(visitor: Visitor, elsewhere: Elsewhere) -> None:
    visitor.force_login(member())
    for path in ("/settings/logins/google/connect", "/settings/logins/idn_x/disconnect"):
        answer = visitor.post(path)
        assert answer.status_code == 200
        assert "proof" in answer.content.decode()
    policy = visitor.post("/settings/logins/google/connect")["Content-Security-Policy"]
    assert str(elsewhere.http.base_url).rstrip("/") in policy


def test_what_somebody_else_began_is_not_connected_to_me(
    lin: Visitor, elsewhere: Elsewhere
) -> None:
    back = elsewhere.back_from_google(lin, MARIA, start="/settings/logins/google/connect")
    other = person("other@example.com")
    session = lin.session
    states = session["socialaccount_states"]
    lin.force_login(other)
    session = lin.session
    session["socialaccount_states"] = states
    session.save()
    assert "began elsewhere" in lin.read(back)
    assert not Identity.objects.exists()


def test_disconnecting_ends_it_and_tells(
    lin: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    connect(elsewhere, lin)
    identity = Identity.objects.get()
    lin.post(f"/settings/logins/{identity.public_id}/disconnect")
    assert not Identity.objects.exists()
    assert Record.objects.filter(action="identity.disconnected").exists()
    assert mailoutbox[1].subject == "Google was disconnected from your Sleek account"
    assert elsewhere.google(browser(), MARIA)["Location"] == "/account/join"


def test_the_only_way_to_log_in_stays(lin: Visitor, elsewhere: Elsewhere) -> None:
    connect(elsewhere, lin)
    owner = User.objects.get(email=LIN)
    owner.set_unusable_password()
    owner.save()
    lin.force_login(owner)
    office.prove(lin)
    identity = Identity.objects.get()
    assert "Your only way to log in" in lin.read("/settings/logins")
    path = f"/settings/logins/{identity.public_id}/disconnect"
    assert "your only way to log in" in lin.post(path, follow=True).content.decode()
    assert Identity.objects.get() == identity


def test_a_strangers_identity_is_as_absent_as_none(lin: Visitor, elsewhere: Elsewhere) -> None:
    other = person("other@example.com")
    theirs = Identity.objects.create(user=other, provider="google", subject="1")
    lin.post(f"/settings/logins/{theirs.public_id}/disconnect")
    assert Identity.objects.get() == theirs


def test_two_accounts_of_one_human_become_one(
    lin: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere.google(browser(), MARIA)  # nothing yet: she joins as Maria
    maria = member(MARIA)
    at_maria = browser()
    elsewhere.google(at_maria, MARIA)
    mailoutbox.clear()
    assert connect(elsewhere, lin) == "/settings/logins/merge"
    page = lin.read("/settings/logins/merge")
    assert "Lin Ceramics" in page
    assert MARIA not in page
    assert lin.post("/settings/logins/merge")["Location"] == "/settings/logins"
    owner = User.objects.get(email=LIN)
    assert {each.user for each in Membership.objects.all()} == {owner}
    assert Membership.objects.count() == 2
    assert Identity.objects.get().user == owner
    maria.refresh_from_db()
    assert not maria.is_active
    assert at_maria.get("/overview")["Location"].startswith("/account/log-in")
    records = Record.objects.filter(action="user.merged")
    assert {record.subject for record in records} == {owner.public_id, maria.public_id}
    assert [mail.to for mail in mailoutbox] == [[MARIA]]


def test_without_having_shown_the_other_identity_nothing_merges(lin: Visitor) -> None:
    other = member("other@example.com")
    Identity.objects.create(user=other, provider="google", subject="1")
    assert lin.post("/settings/logins/merge")["Location"] == "/settings/logins"
    other.refresh_from_db()
    assert other.is_active
