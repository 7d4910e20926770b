"""Signing up, activating, and setting up a merchant."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from sleek.audit.models import Record
from sleek.events.models import Event
from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.actions import Agreement, Profile
from sleek.merchants.models import Consent, Membership, Merchant, User

pytestmark = pytest.mark.django_db

LIN = "lin@example.com"
TERMS = Agreement("terms", "1.0", "a" * 64)
CERAMICS = Profile(
    name="Lin Ceramics",
    country="CN",
    default_currency="USD",
    time_zone="Asia/Shanghai",
    language="en",
)


def sign_up(password: str = "Porzell-1", email: str = LIN) -> User | None:
    return merchants.sign_up(
        email, password, language="en", agreements=[TERMS], address="192.0.2.7"
    )


def active() -> User:
    user = sign_up()
    assert user
    return merchants.activate(merchants.issue_activation_token(user), address=None)


def test_whoever_signs_up_is_unverified_and_their_consent_is_kept() -> None:
    user = sign_up()
    assert user
    assert not queries.is_verified(user)
    consent = Consent.objects.get()
    assert (consent.user, consent.document, consent.version) == (user, "terms", "1.0")
    assert (consent.text_hash, consent.address) == ("a" * 64, "192.0.2.7")


def test_signing_up_again_with_an_unverified_address_leaves_nothing_of_the_first() -> None:
    first = sign_up("Stranger-1")
    assert first
    stale = merchants.issue_activation_token(first)
    second = sign_up("Porzell-1")
    assert second
    assert User.objects.get() == second
    assert second.check_password("Porzell-1")
    assert Consent.objects.get().user == second
    assert queries.activation(stale).state == "unknown"
    assert Record.objects.filter(action="user.replaced", subject=first.public_id).exists()


def test_signing_up_with_a_verified_address_changes_nothing() -> None:
    owner = active()
    assert sign_up("Stranger-1", email="LIN@example.com") is None
    owner.refresh_from_db()
    assert owner.check_password("Porzell-1")
    assert User.objects.count() == 1


def test_an_unverified_account_that_works_somewhere_is_not_replaced() -> None:
    user = sign_up()
    assert user
    merchants.create_merchant(user, CERAMICS)
    assert sign_up("Stranger-1") is None
    assert User.objects.get() == user


def test_a_token_activates_once_and_only_its_hash_is_kept() -> None:
    user = sign_up()
    assert user
    token = merchants.issue_activation_token(user)
    address = EmailAddress.objects.get()
    assert address.emailconfirmation_set.get().key == queries.digest(token)
    assert merchants.activate(token, address=None) == user
    assert queries.is_verified(user)
    assert Event.objects.get().kind == "user.activated"
    with pytest.raises(merchants.NotActivatable):
        merchants.activate(token, address=None)
    assert Event.objects.count() == 1


def test_a_newer_token_makes_the_older_one_worthless() -> None:
    user = sign_up()
    assert user
    older = merchants.issue_activation_token(user)
    newer = merchants.issue_activation_token(user)
    with pytest.raises(merchants.NotActivatable):
        merchants.activate(older, address=None)
    assert not queries.is_verified(user)
    assert merchants.activate(newer, address=None) == user


def test_activating_without_the_password_drops_it() -> None:
    user = sign_up("Stranger-1")
    assert user
    token = merchants.issue_activation_token(user)
    owner = merchants.activate_without_password(token, address=None)
    assert not owner.has_usable_password()
    assert Record.objects.filter(action="user.password_dropped").exists()


def test_setting_up_makes_an_owner_and_is_recorded_once() -> None:
    owner = active()
    shop = merchants.create_merchant(owner, CERAMICS)
    assert Membership.objects.get().role == "owner"
    assert Record.objects.get(scope=shop.public_id).action == "merchant.created"
    with pytest.raises(merchants.AlreadyMember):
        merchants.create_merchant(owner, CERAMICS)
    assert Merchant.objects.count() == 1


def test_a_change_of_the_profile_keeps_what_was_before_in_the_audit_log() -> None:
    owner = active()
    shop = merchants.create_merchant(owner, CERAMICS)
    merchants.update_merchant(shop, CERAMICS, actor=owner)
    assert Record.objects.filter(action="merchant.updated").count() == 0

    renamed = Profile("Lin & Co", "CN", "EUR", "Asia/Shanghai", "en")
    merchants.update_merchant(shop, renamed, actor=owner)
    shop.refresh_from_db()
    assert (shop.name, shop.default_currency) == ("Lin & Co", "EUR")
    record = Record.objects.get(action="merchant.updated")
    assert record.data == {"name": ["Lin Ceramics", "Lin & Co"], "default_currency": ["USD", "EUR"]}


def test_a_changed_password_is_recorded_without_saying_it() -> None:
    owner = active()
    merchants.set_password(owner, "correct horse battery", address="192.0.2.7")
    owner.refresh_from_db()
    assert owner.check_password("correct horse battery")
    record = Record.objects.get(action="user.password_changed")
    assert (record.actor, record.address, record.data) == (owner.public_id, "192.0.2.7", {})
