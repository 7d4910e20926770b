"""Logging in with Google, as far as the sandbox's real tokens prove it."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage

from sleek.audit.models import Record
from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.models import (
    Consent,
    Identity,
    Invitation,
    Membership,
    TransactionPassword,
    User,
)
from tests import people
from tests.web.dashboard.conftest import PASSWORD, Visitor, browser, link_in, member, person
from tests.web.dashboard.identities.conftest import Elsewhere

MARIA = "maria@example.com"
AGREED = {"consent": "on"}


def test_a_new_person_agrees_on_one_page_and_is_in(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    assert elsewhere.google(visitor, MARIA)["Location"] == "/account/join"
    page = visitor.read("/account/join")
    assert MARIA in page
    assert 'name="email"' not in page
    assert not User.objects.exists()
    assert visitor.post("/account/join", AGREED)["Location"] == "/account/activated"
    maria = User.objects.get()
    assert (maria.email, maria.name) == (MARIA, "Maria Silva")
    assert queries.is_verified(maria)
    assert not maria.has_usable_password()
    assert visitor.session["_auth_user_id"] == str(maria.pk)
    assert {(each.document, each.address) for each in Consent.objects.filter(user=maria)} == {
        ("terms", "127.0.0.1"),
        ("privacy", "127.0.0.1"),
    }
    assert all(len(each.text_hash) == 64 for each in Consent.objects.all())
    assert visitor.get("/setup").status_code == 200
    assert mailoutbox == []


def test_without_consent_nothing_is_kept(visitor: Visitor, elsewhere: Elsewhere) -> None:
    elsewhere.google(visitor, MARIA)
    assert "Without your consent" in visitor.post("/account/join", {}).content.decode()
    assert not User.objects.exists()
    assert visitor.post("/account/join/leave")["Location"] == "/"
    assert visitor.get("/account/join")["Location"] == "/account/log-in"


def test_the_next_log_in_is_one_press(visitor: Visitor, elsewhere: Elsewhere) -> None:
    elsewhere.google(visitor, MARIA)
    visitor.post("/account/join", AGREED)
    again = browser()
    assert elsewhere.google(again, MARIA, next="/settings/logins")["Location"] == "/settings/logins"
    assert again.is_inside
    assert User.objects.count() == 1


def test_the_same_verified_address_is_linked_and_its_owner_is_told(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    owner = member(MARIA)
    assert elsewhere.google(visitor, MARIA)["Location"] == "/overview"
    assert visitor.session["_auth_user_id"] == str(owner.pk)
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert Identity.objects.get().user == owner
    record = Record.objects.get(action="identity.connected")
    assert (record.subject, record.data["provider"]) == (owner.public_id, "google")
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([MARIA], "Google was linked to your Sleek account")
    elsewhere.google(browser(), MARIA)
    assert len(mailoutbox) == 1


def test_what_a_stranger_prepared_under_my_address_is_dead_when_i_come(
    visitor: Visitor, elsewhere: Elsewhere
) -> None:
    """A stranger signs up with my address, and by whatever means has a session, a second step,
    a transaction password, colleagues invited and their own WeChat waiting there.
    """
    stranger = browser()
    stranger.sign_up(MARIA, "Stranger-1")
    taken = User.objects.get()
    stranger.force_login(taken)
    assert stranger.get("/setup").status_code == 200
    shop = people.merchant()
    Membership.objects.create(user=taken, merchant=shop, role="sales")
    Authenticator.objects.create(user=taken, type="totp", data={"secret": "x"})
    TransactionPassword.objects.create(user=taken, password="x")
    invitation = Invitation.objects.create(
        merchant=shop,
        email="accomplice@example.com",
        role="owner",
        token_hash="x",
        invited_by=taken,
        expires_at=taken.created_at,
    )
    Identity.objects.create(user=taken, provider="weixin", subject="o-stranger")

    elsewhere.google(visitor, MARIA)
    assert stranger.get("/setup")["Location"].startswith("/account/log-in")
    assert visitor.post("/account/join", AGREED)["Location"] == "/account/activated"

    maria = User.objects.get(email=MARIA)
    assert visitor.session["_auth_user_id"] == str(maria.pk)
    assert stranger.get("/setup")["Location"].startswith("/account/log-in")
    assert "do not match" in stranger.log_in(MARIA, "Stranger-1")
    assert not maria.has_usable_password()
    assert not Authenticator.objects.exists()
    assert not TransactionPassword.objects.exists()
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None
    assert [each.provider for each in Identity.objects.all()] == ["google"]
    assert {each.user for each in Consent.objects.all()} == {maria}
    assert Record.objects.filter(action="user.disarmed", subject=taken.public_id).exists()


def test_the_strangers_mail_link_is_dead_as_well(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    stranger = browser()
    stranger.sign_up(MARIA, "Stranger-1")
    elsewhere.google(visitor, MARIA)
    assert "leads nowhere" in stranger.read(link_in(mailoutbox[0]))


@pytest.mark.parametrize("how", ["the person", "a fault"])
def test_an_address_that_google_has_not_verified_is_never_linked(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage], how: str
) -> None:
    owner = person(MARIA)
    if how == "a fault":
        elsewhere.fault("google", "unverified_email")
        answer = elsewhere.google(visitor, MARIA)
    else:
        answer = elsewhere.google(visitor, name="Mallory", email=MARIA)
    assert answer["Location"] == "/account/join"
    assert f'value="{MARIA}"' in visitor.read("/account/join")
    form = {"email": MARIA, **AGREED}
    assert visitor.post("/account/join", form)["Location"] == "/account/waiting"
    assert not visitor.is_inside
    assert not Identity.objects.exists()
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert [mail.subject for mail in mailoutbox] == ["Connect Google to your Sleek account?"]


def test_an_unverified_address_goes_through_our_own_mail(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere.google(visitor, "pat@example.com")
    visitor.post("/account/join", {"email": "pat@example.com", **AGREED})
    pat = User.objects.get()
    assert not queries.is_verified(pat)
    assert not visitor.is_inside
    page = visitor.post(link_in(mailoutbox[0]), follow=True).content.decode()
    assert "Your account is activated!" in page
    assert "no password yet" not in page
    assert elsewhere.google(browser(), "pat@example.com")["Location"] == "/overview"


def test_before_the_mail_is_answered_a_log_in_only_sends_it_again(
    visitor: Visitor, elsewhere: Elsewhere
) -> None:
    elsewhere.google(visitor, "pat@example.com")
    visitor.post("/account/join", {"email": "pat@example.com", **AGREED})
    later = browser()
    assert elsewhere.google(later, "pat@example.com")["Location"] == "/account/waiting"
    assert not later.is_inside
    assert later.get("/setup").status_code == 302


UNTRUSTED = [
    "wrong_audience",
    "wrong_issuer",
    "wrong_nonce",
    "wrong_signature",
    "expired_token",
    "refuse",
]


@pytest.mark.parametrize("kind", UNTRUSTED)
def test_a_token_that_does_not_fit_logs_nobody_in(
    visitor: Visitor, elsewhere: Elsewhere, kind: str
) -> None:
    member(MARIA)
    elsewhere.fault("google", kind)
    answer = elsewhere.google(visitor, MARIA)
    assert answer.status_code == 400
    assert "could not confirm who you are" in answer.content.decode()
    assert not visitor.is_inside
    assert not Identity.objects.exists()


@pytest.mark.parametrize("operation", ["token", "certs"])
def test_a_silent_google_is_told_apart(
    visitor: Visitor, elsewhere: Elsewhere, operation: str
) -> None:
    elsewhere.fault("google", "error_500", operation)
    assert "Google does not answer" in elsewhere.google(visitor, MARIA).content.decode()


def test_whoever_refuses_comes_back_to_a_clear_page(visitor: Visitor, elsewhere: Elsewhere) -> None:
    answer = elsewhere.google(visitor, action="cancel")
    assert answer.status_code == 400
    assert "You went back without Google" in answer.content.decode()


def test_an_answer_works_once_and_only_where_it_was_asked_for(
    visitor: Visitor, elsewhere: Elsewhere
) -> None:
    member(MARIA)
    back = elsewhere.back_from_google(visitor, MARIA)
    assert "began elsewhere" in browser().read(back)
    assert visitor.get(back)["Location"] == "/overview"
    visitor.post("/account/log-out")
    assert "began elsewhere" in visitor.read(back)
    assert not visitor.is_inside


def test_only_a_button_of_ours_begins_a_log_in(elsewhere: Elsewhere, db: None) -> None:
    strict = Visitor(enforce_csrf_checks=True)
    assert strict.get("/account/with/google").status_code == 405
    assert strict.post("/account/with/google").status_code == 403


def test_only_name_and_address_are_asked_for_and_never_more(
    visitor: Visitor, elsewhere: Elsewhere
) -> None:
    asked = visitor.post("/account/with/google?scope=drive&auth_params=prompt%3Dnone")["Location"]
    assert "scope=" in asked
    assert "drive" not in asked
    assert "none" not in asked
    for part in ("state=", "nonce=", "code_challenge=", "code_challenge_method=S256"):
        assert part in asked


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "http://localhost/"])
def test_next_never_leads_elsewhere(visitor: Visitor, elsewhere: Elsewhere, url: str) -> None:
    member(MARIA)
    assert elsewhere.google(visitor, MARIA, next=url)["Location"] == "/overview"


def test_buttons_stand_only_where_a_provider_is_set_up(
    visitor: Visitor, elsewhere: Elsewhere, settings: object
) -> None:
    for page in ("/account/log-in", "/account/sign-up"):
        assert 'action="/account/with/google"' in visitor.read(page)
        policy = visitor.get(page)["Content-Security-Policy"]
        assert str(elsewhere.http.base_url).rstrip("/") in policy
    settings.SOCIALACCOUNT_PROVIDERS = {}  # type: ignore[attr-defined]
    assert "/account/with/" not in visitor.read("/account/log-in")
    assert visitor.post("/account/with/google").status_code == 404
    assert visitor.get("/account/with/google/back").status_code == 404
    assert visitor.post("/account/with/facebook").status_code == 404


def test_a_closed_account_stays_closed(visitor: Visitor, elsewhere: Elsewhere) -> None:
    owner = member(MARIA)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert elsewhere.google(visitor, MARIA)["Location"] == "/account/inactive"
    assert not Identity.objects.exists()


def test_a_second_step_is_asked_for_after_google_too(
    visitor: Visitor, elsewhere: Elsewhere
) -> None:
    owner = member(MARIA)
    merchants.connect(owner, merchants.Vouched("google", "1" * 21, email=MARIA), address=None)
    Identity.objects.all().delete()
    Authenticator.objects.create(user=owner, type="totp", data={"secret": "x"})
    assert elsewhere.google(visitor, MARIA)["Location"].startswith("/account/second-step")
    assert not visitor.is_inside


def test_an_unverified_operator_is_nobodys_to_take(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    operator = User.objects.create_user(MARIA, PASSWORD, is_operator=True)
    elsewhere.google(visitor, MARIA)
    visitor.post("/account/join", AGREED)
    operator.refresh_from_db()
    assert operator.check_password(PASSWORD)
    assert not visitor.is_inside
    assert not Identity.objects.exists()
    assert not EmailAddress.objects.filter(verified=True).exists()
