"""Passkeys, with a security key in software: what is accepted, and what a forger sends."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sleek.audit.models import Record
from sleek.merchants.models import User
from sleek.web.dashboard.security import passkeys
from tests.conftest import FrozenClock
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor, browser, member
from tests.web.dashboard.security import guarded
from tests.web.dashboard.security.authenticator import PRESENT
from tests.web.dashboard.security.authenticator import Authenticator as Key

NEW, BEGIN = "/settings/security/passkeys/new", "/settings/security/passkeys/begin"
NOT_VERIFIED = "could not be verified"


def inside(user: User) -> Visitor:
    visitor = browser()
    visitor.force_login(user)
    return visitor


def enter(visitor: Visitor, signed: str, **more: str) -> str:
    """Log in with a passkey; where that leads to."""
    return str(visitor.post("/account/passkey", {"credential": signed} | more)["Location"])


def made(user: User, key: Key) -> Visitor:
    visitor = inside(user)
    guarded.with_passkey(visitor, key)
    return visitor


def test_a_passkey_is_made_told_and_listed(mailoutbox: list[EmailMessage]) -> None:
    lin = inside(member())
    page = guarded.with_passkey(lin, Key(), name="<i>Laptop</i>")
    assert page.count("<code>") == 10  # the first second step brings recovery codes
    assert guarded.with_passkey(lin, Key(), name="") == "/settings/security"
    listed = lin.read("/settings/security")
    assert html.escape("<i>Laptop</i>") in listed
    assert "a browser we do not know" in listed
    assert [mail.subject for mail in mailoutbox] == ["A new passkey can log in to your account"] * 2
    assert Record.objects.filter(action="user.passkey_added").count() == 2


def test_a_passkey_logs_in_without_a_password_and_without_a_second_question(
    visitor: Visitor,
) -> None:
    key = Key()
    made(member(), key)
    assert enter(visitor, guarded.signed(visitor, key), next="/links") == "/links"
    assert visitor.is_inside
    assert "Change the password" in visitor.read("/settings/password")  # a fresh proof
    assert Authenticator.objects.get(type="webauthn").last_used_at


def test_an_answer_counts_once(visitor: Visitor) -> None:
    key = Key()
    made(member(), key)
    signed = guarded.signed(visitor, key)
    enter(visitor, signed)
    visitor.post("/account/log-out")
    assert enter(visitor, signed) == "/account/log-in"
    assert not visitor.is_inside


def test_an_answer_to_another_browsers_challenge_is_worthless(visitor: Visitor) -> None:
    key = Key()
    made(member(), key)
    signed = guarded.signed(browser(), key)
    guarded.signed(visitor, key)
    assert enter(visitor, signed) == "/account/log-in"


def test_a_challenge_lasts_five_minutes(visitor: Visitor, frozen_clock: FrozenClock) -> None:
    key = Key()
    made(member(), key)
    signed = guarded.signed(visitor, key)
    frozen_clock.advance(minutes=5, seconds=1)
    assert enter(visitor, signed) == "/account/log-in"


FORGERIES: dict[str, dict[str, Any]] = {
    "another site asked": {"origin": "https://evil.example"},
    "another port asked": {"origin": "http://testserver:9"},
    "a subdomain asked": {"origin": "http://a.testserver"},
    "nobody was verified": {"flags": PRESENT},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_a_forger_signs_opens_nothing(visitor: Visitor, forgery: str) -> None:
    key = Key()
    made(member(), key)
    for name, value in FORGERIES[forgery].items():
        setattr(key, name, value)
    assert enter(visitor, guarded.signed(visitor, key)) == "/account/log-in"
    assert not visitor.is_inside


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_a_forger_makes_is_not_kept(visitor: Visitor, forgery: str) -> None:
    visitor.force_login(member())
    assert NOT_VERIFIED in html.unescape(guarded.with_passkey(visitor, Key(**FORGERIES[forgery])))
    assert not Authenticator.objects.exists()


def test_another_key_with_the_same_name_opens_nothing(visitor: Visitor) -> None:
    key, thief = Key(), Key()
    made(member(), key)
    thief.id, thief.user_handle = key.id, key.user_handle
    assert enter(visitor, guarded.signed(visitor, thief)) == "/account/log-in"


def test_ones_own_key_does_not_open_anothers_account(visitor: Visitor) -> None:
    key = Key()
    made(member("wei@example.com"), key)
    key.user_handle = member().public_id.encode()
    assert enter(visitor, guarded.signed(visitor, key)) == "/account/log-in"


def test_an_unknown_person_and_a_wrong_key_sound_the_same(visitor: Visitor) -> None:
    key, stranger = Key(), Key()
    made(member(), key)
    stranger.user_handle = b"usr_nobody"
    said = []
    for one in (stranger, Key()):
        answer = visitor.post(
            "/account/passkey", {"credential": guarded.signed(visitor, one)}, follow=True
        )
        said.append("opens no account here" in answer.content.decode())
    assert said == [True, True]


def test_an_inactive_person_stays_outside(visitor: Visitor) -> None:
    key, user = Key(), member()
    made(user, key)
    User.objects.update(is_active=False)
    assert enter(visitor, guarded.signed(visitor, key)) == "/account/inactive"
    assert not visitor.is_inside


def test_a_passkey_proves_its_own_person_only() -> None:
    key, others = Key(), Key()
    lin = made(member(), key)
    made(member("wei@example.com"), others)
    lin.post("/account/log-out")
    lin.force_login(User.objects.get(email="lin@example.com"))
    url = "/settings/security/transaction-password"
    wrong = lin.post(url, {"proof_way": "passkey", "proof": guarded.signed(lin, others)})
    assert "did not answer for this account" in wrong.content.decode()
    right = lin.post(url, {"proof_way": "passkey", "proof": guarded.signed(lin, key)})
    assert "Set a transaction password" in right.content.decode()


def test_who_has_no_app_is_asked_for_the_passkey_before_a_recovery_code(visitor: Visitor) -> None:
    made(member(), Key())
    visitor.log_in()
    page = visitor.read("/account/second-step")
    assert page.index("Use my passkey") < page.index("Use a recovery code instead")
    page = visitor.get("/account/second-step", headers={"host": "127.0.0.1"}).content.decode()
    assert page.index("Recovery code") < page.index("Use a passkey instead")


def test_strangers_learn_no_keys_names_from_the_challenge(visitor: Visitor) -> None:
    made(member(), Key())
    asked = json.loads(visitor.post("/account/passkey/challenge").content)["publicKey"]
    assert "allowCredentials" not in asked
    visitor.log_in()
    asked = json.loads(visitor.post("/account/passkey/challenge").content)["publicKey"]
    assert len(asked["allowCredentials"]) == 1


def test_making_one_needs_a_fresh_proof() -> None:
    lin = inside(member())
    assert lin.post(BEGIN).status_code == 403
    assert "Prove that it is you" in lin.read(NEW)
    assert "Prove that it is you" in lin.post(NEW, {"credential": "{}"}).content.decode()


def test_the_same_key_is_kept_once() -> None:
    lin, key = inside(member()), Key()
    guarded.with_passkey(lin, key)
    assert "in your list already" in guarded.with_passkey(lin, key)
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_a_removed_passkey_opens_nothing_and_only_its_owner_removes_it(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    key = Key()
    lin = made(member(), key)
    public_id = Authenticator.objects.get(type="webauthn").data["public_id"]
    wei = inside(member("wei@example.com"))
    office.prove(wei)
    assert wei.post(f"/settings/security/passkeys/{public_id}/remove").status_code == 404
    assert lin.post(f"/settings/security/passkeys/{public_id}/remove").status_code == 302
    assert mailoutbox[-1].subject == "A passkey was removed from your account"
    assert not Authenticator.objects.exists()
    assert enter(visitor, guarded.signed(visitor, key)) == "/account/log-in"


def test_the_only_way_to_log_in_is_not_removed() -> None:
    user = member()
    lin = made(user, Key())
    User.objects.update(password="!")  # as of somebody who came by a passkey alone
    lin = inside(User.objects.get(pk=user.pk))
    office.prove(lin)
    public_id = Authenticator.objects.get(type="webauthn").data["public_id"]

    page = lin.post(f"/settings/security/passkeys/{public_id}/remove", follow=True)

    assert "This is your only way to log in" in page.content.decode()
    assert Authenticator.objects.filter(type="webauthn").exists()
    assert not Record.objects.filter(action="user.passkey_removed").exists()


def test_a_page_at_an_address_of_digits_says_that_passkeys_need_a_name() -> None:
    lin = inside(member())
    office.prove(lin)
    page = lin.get(NEW, headers={"host": "127.0.0.1:8000"}).content.decode()
    assert "not for addresses such as 127.0.0.1:8000" in page
    assert (
        "data-passkey-go"
        not in browser().get("/account/log-in", headers={"host": "127.0.0.1"}).content.decode()
    )


SCALAR = st.none() | st.booleans() | st.integers() | st.text()
FLAT = SCALAR | st.lists(SCALAR) | st.dictionaries(st.text(), SCALAR)
JSON = FLAT | st.lists(FLAT) | st.dictionaries(st.text(), FLAT)
SHAPE = st.fixed_dictionaries(
    {
        "id": st.text() | st.integers(),
        "rawId": st.text() | st.none(),
        "type": st.just("public-key") | st.text(),
        "response": JSON
        | st.fixed_dictionaries(
            {
                "clientDataJSON": st.text() | st.just("e30"),
                "authenticatorData": st.text() | st.just("AAAA"),
                "attestationObject": st.text() | st.just("oA"),
                "signature": st.text(),
                "userHandle": st.text() | st.just("_w"),
            }
        ),
    }
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nonsense=st.text() | st.builds(json.dumps, JSON) | st.builds(json.dumps, SHAPE))
def test_nonsense_is_refused_and_breaks_nothing(rf: RequestFactory, nonsense: str) -> None:
    request = rf.post("/account/passkey")
    request.session = SessionStore()
    for user in (None, User(email="lin@example.com", pk=1)):
        passkeys.options_for_using(request, None)
        assert passkeys.used(request, nonsense, user) is None
    passkeys.options_for_making(request, User(email="lin@example.com", pk=1))
    assert passkeys.made(request, nonsense) is None
