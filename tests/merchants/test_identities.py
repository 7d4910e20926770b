"""Accounts at Google and WeChat: whom they log in to, and who may take them along or away."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from pytest_django import Settings

from sleek.audit.models import Record
from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.actions import Vouched
from sleek.merchants.models import Consent, Identity, Membership, User
from tests.merchants.test_actions import CERAMICS, LIN, TERMS, active, sign_up

pytestmark = pytest.mark.django_db

GOOGLE = Vouched("google", "1" * 21, name="Lin", email=LIN, has_verified_email=True)
SCAN = Vouched("weixin", "openid", name="林清")


@pytest.fixture(autouse=True)
def both_offered(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {}, "weixin": {}}


def join(vouched: Vouched, email: str = LIN) -> User | None:
    return merchants.join(vouched, email, language="en", agreements=[TERMS], address="192.0.2.7")


def enter(vouched: Vouched) -> User | None:
    entry = merchants.enter(vouched, address=None)
    return entry.user if entry else None


def test_joining_keeps_consent_and_verifies_only_what_the_provider_verified() -> None:
    maria = join(GOOGLE)
    assert maria
    assert queries.is_verified(maria)
    consent = Consent.objects.get()
    assert (consent.user, consent.text_hash, consent.address) == (maria, "a" * 64, "192.0.2.7")
    other = join(Vouched("google", "2", email="a@example.com", has_verified_email=True), "b@x.org")
    assert other
    assert not queries.is_verified(other)


def test_joining_with_an_address_that_has_an_owner_changes_nothing() -> None:
    owner = active()
    assert join(SCAN) is None
    owner.refresh_from_db()
    assert owner.check_password("Porzell-1")
    assert not Identity.objects.exists()


def test_an_identity_that_logs_in_somewhere_joins_nowhere_else() -> None:
    owner = active()
    merchants.connect(owner, SCAN, address=None)
    with pytest.raises(merchants.IdentityTaken):
        join(SCAN, "other@example.com")
    assert User.objects.get() == owner


def test_connecting_takes_an_identity_along_from_where_it_waited() -> None:
    waiting = join(SCAN, "typo@example.com")
    assert waiting
    owner = active()
    identity = merchants.connect(owner, SCAN, address=None)
    assert Identity.objects.get().user == owner
    assert identity.user == owner
    assert User.objects.get() == owner
    acts = Record.objects.filter(action__startswith="identity.").order_by("pk")
    assert [(act.action, act.subject) for act in acts] == [
        ("identity.connected", waiting.public_id),
        ("identity.disconnected", waiting.public_id),
        ("identity.connected", owner.public_id),
    ]


def test_connecting_never_takes_an_identity_from_another_owner() -> None:
    owner = active()
    merchants.connect(owner, SCAN, address=None)
    other = join(Vouched("google", "2", email="o@x.org", has_verified_email=True), "o@x.org")
    assert other
    with pytest.raises(merchants.IdentityTaken):
        merchants.connect(other, SCAN, address=None)
    assert Identity.objects.get(provider="weixin").user == owner


def test_openid_first_then_unionid_then_the_account_with_an_address_is_one_account() -> None:
    """Field notes of the trade: a unionid that comes later collides with nothing."""
    join(SCAN, "typo@example.com")
    with_union = Vouched("weixin", "openid", union="u-1", name="林清")
    enter(with_union)
    owner = active()
    shop = merchants.create_merchant(owner, CERAMICS)
    merchants.connect(owner, with_union, address=None)
    identity = Identity.objects.get()
    assert (identity.user, identity.union) == (owner, "u-1")
    assert enter(SCAN) == owner
    assert enter(Vouched("weixin", "another-app", union="u-1")) == owner
    assert owner.check_password("Porzell-1")
    assert Membership.objects.get(merchant=shop).user == owner
    without_password(owner)
    with pytest.raises(merchants.LastCredential):
        merchants.disconnect(owner, identity.public_id, address=None)
    assert Identity.objects.get() == identity


def without_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


def test_a_unionid_that_stands_elsewhere_stays_there() -> None:
    owner = active()
    merchants.connect(owner, Vouched("weixin", "app-1", union="u-1"), address=None)
    other = join(Vouched("google", "2", email="o@x.org", has_verified_email=True), "o@x.org")
    assert other
    merchants.connect(other, Vouched("weixin", "app-2"), address=None)
    assert enter(Vouched("weixin", "app-2", union="u-1")) == other
    assert Identity.objects.get(subject="app-2").union == ""
    assert Identity.objects.get(subject="app-1").union == "u-1"


def test_the_database_lets_an_identity_log_in_to_one_account_only() -> None:
    owner = active()
    merchants.connect(owner, Vouched("weixin", "openid", union="u-1"), address=None)
    for twin in ({"subject": "openid"}, {"subject": "new", "union": "u-1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Identity.objects.create(user=owner, provider="weixin", **twin)


def test_signing_up_with_a_password_replaces_an_account_that_waits_with_a_scan() -> None:
    join(SCAN)
    owner = sign_up()
    assert owner
    assert User.objects.get() == owner
    assert not Identity.objects.exists()


def test_an_identity_counts_as_a_way_in_only_while_its_provider_is_offered(
    settings: Settings,
) -> None:
    owner = active()
    without_password(owner)
    scan = merchants.connect(owner, SCAN, address=None)
    google = merchants.connect(owner, GOOGLE, address=None)
    settings.SOCIALACCOUNT_PROVIDERS = {"weixin": {}}
    with pytest.raises(merchants.LastCredential):
        merchants.disconnect(owner, scan.public_id, address=None)
    assert merchants.disconnect(owner, google.public_id, address=None)


def test_merging_moves_work_consent_and_ways_in_and_loses_nothing() -> None:
    owner = active()
    shop = merchants.create_merchant(owner, CERAMICS)
    other = join(Vouched("google", "2", email="o@x.org", has_verified_email=True), "o@x.org")
    assert other
    Membership.objects.create(user=other, merchant=shop, role="sales")
    own_shop = merchants.create_merchant(other, CERAMICS)
    Consent.objects.create(user=other, document="privacy", version="1.0", text_hash="b" * 64)
    merchants.merge(owner, Vouched("google", "2"), address=None)
    roles = {place.merchant: place.role for place in owner.memberships.all()}
    assert roles == {shop: "owner", own_shop: "owner"}
    assert {each.document for each in owner.consents.all()} == {"terms", "privacy"}
    assert enter(Vouched("google", "2")) == owner
    other.refresh_from_db()
    assert not other.is_active
    assert Record.objects.filter(action="user.merged").count() == 2


def test_what_a_second_step_protects_is_not_merged_without_it() -> None:
    owner = active()
    other = join(Vouched("google", "2", email="o@x.org", has_verified_email=True), "o@x.org")
    assert other
    Authenticator.objects.create(user=other, type="totp", data={"secret": "x"})
    with pytest.raises(merchants.NotMergeable):
        merchants.merge(owner, Vouched("google", "2"), address=None)
    other.refresh_from_db()
    assert other.is_active
    assert enter(Vouched("google", "2")) == other
