"""`sleek unlock`: for somebody who has lost every second step."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from pytest_django import Settings

from sleek.audit.models import Record
from sleek.config import cli
from sleek.merchants import actions as merchants
from sleek.merchants.models import TransactionPassword, User
from tests.web.dashboard.security.guarded import SURE, with_app


@pytest.fixture
def lin(committed_db: str, settings: Settings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("lin@example.com", "Porzell-1")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    with_app(user)
    merchants.set_transaction_password(user, SURE, address=None)
    return user


def test_it_drops_what_only_that_person_had(lin: User, capsys: pytest.CaptureFixture[str]) -> None:
    wei = User.objects.create_user("wei@example.com")
    with_app(wei)
    assert cli.main(["unlock", "Lin@example.com"]) == 0
    assert "are dropped" in capsys.readouterr().out
    assert {row.user_id for row in Authenticator.objects.all()} == {wei.pk}
    assert not TransactionPassword.objects.exists()
    assert User.objects.get(pk=lin.pk).check_password("Porzell-1")
    act = Record.objects.get(action="user.factors_dropped")
    assert (act.actor, act.subject) == ("operator", lin.public_id)


def test_an_unknown_or_unverified_address_changes_nothing(
    lin: User, capsys: pytest.CaptureFixture[str]
) -> None:
    EmailAddress.objects.update(verified=False)
    for email in ("lin@example.com", "nobody@example.com"):
        assert cli.main(["unlock", email]) == 1
        assert "Nobody has the verified address" in capsys.readouterr().err
    assert Authenticator.objects.count() == 2
