"""Setting a transaction password, and having forgotten it."""

from __future__ import annotations

import html
import re

import pytest
from django.core.mail import EmailMessage

from sleek.merchants import actions as merchants
from sleek.merchants.models import TransactionPassword, User
from tests.conftest import FrozenClock
from tests.web.dashboard import office
from tests.web.dashboard.conftest import PASSWORD, Visitor, member
from tests.web.dashboard.security import guarded

EDIT = "/settings/security/transaction-password"
FORGOTTEN = f"{EDIT}/forgotten"


@pytest.fixture
def lin(visitor: Visitor) -> Visitor:
    visitor.force_login(member())
    return visitor


def text(visitor: Visitor, url: str, **sent: str) -> str:
    answer = visitor.post(url, sent, follow=True) if sent else visitor.get(url)
    return html.unescape(answer.content.decode())


def is_now(password: str) -> bool:
    try:
        merchants.prove_transaction_password(User.objects.get(), password, address=None)
    except merchants.WrongTransactionPassword:
        return False
    return True


def test_the_log_in_password_opens_the_form_and_a_mail_tells(
    lin: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    page = text(lin, EDIT, proof_way="password", proof=PASSWORD, proof_then=EDIT)
    assert "Set a transaction password" in page
    assert "is saved" in text(lin, EDIT, new_password=guarded.SURE)
    assert is_now(guarded.SURE)
    assert [mail.subject for mail in mailoutbox] == ["A transaction password was set"]
    assert "127.0.0.1" in mailoutbox[0].body


REFUSED = {
    "12345": "At least six",
    "111111": "over and over",
    "123456": "in a row",
    "password1": "most common",
    PASSWORD: "log-in password",
}


@pytest.mark.parametrize(("typed", "why"), REFUSED.items())
def test_a_weak_one_is_refused_with_the_reason(lin: Visitor, typed: str, why: str) -> None:
    office.prove(lin)
    assert why in text(lin, EDIT, new_password=typed)
    assert not TransactionPassword.objects.exists()


def test_the_log_in_password_cannot_become_the_same(lin: Visitor) -> None:
    merchants.set_transaction_password(User.objects.get(), "Blue-kiln-27", address=None)
    office.prove(lin)
    page = text(lin, "/settings/password", password="Blue-kiln-27")
    assert "your transaction password" in page
    assert User.objects.get().check_password(PASSWORD)


def test_changing_it_needs_the_present_one(lin: Visitor) -> None:
    guarded.with_transaction_password(User.objects.get())
    assert "does not count here" in text(lin, EDIT, proof_way="password", proof=PASSWORD)
    assert "Prove that it is you" in text(lin, EDIT, new_password="kiln-1280")
    assert is_now(guarded.SURE)
    text(lin, EDIT, proof_way="transaction_password", proof=guarded.SURE)
    assert "is saved" in text(lin, EDIT, new_password="kiln-1280")
    assert is_now("kiln-1280")


def test_who_forgot_it_shows_the_password_and_a_mailed_code(
    lin: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    guarded.with_transaction_password(User.objects.get())
    assert "Prove that it is you" in text(lin, EDIT)
    assert "Log-in password" in text(lin, FORGOTTEN)
    assert "does not count here" in text(lin, FORGOTTEN, proof_way="send")
    assert "Send me the code" in text(lin, FORGOTTEN, proof_way="password", proof=PASSWORD)
    text(lin, FORGOTTEN, proof_way="send")
    code = re.findall(r"\d{6}", str(mailoutbox[0].body))[0]
    assert "Change the transaction password" in text(lin, FORGOTTEN, proof_way="mail", proof=code)
    assert "Prove that it is you" in text(lin, EDIT)  # the proof counts for this page alone
    assert "is saved" in text(lin, FORGOTTEN, new_password="kiln-1280")
    assert is_now("kiln-1280")
    assert "Log-in password" in text(lin, FORGOTTEN)


def test_who_forgot_it_and_has_an_app_shows_its_code_instead_of_a_mailed_one(lin: Visitor) -> None:
    user = guarded.with_transaction_password(User.objects.get())
    guarded.with_app(user)
    text(lin, FORGOTTEN, proof_way="password", proof=PASSWORD)
    assert "does not count here" in text(lin, FORGOTTEN, proof_way="send")
    page = text(lin, FORGOTTEN, proof_way="code", proof=guarded.app_code())
    assert "Change the transaction password" in page


def test_nothing_is_changed_before_everything_is_shown(lin: Visitor) -> None:
    guarded.with_transaction_password(User.objects.get())
    text(lin, FORGOTTEN, new_password="kiln-1280")
    text(lin, FORGOTTEN, proof_way="password", proof=PASSWORD)
    text(lin, FORGOTTEN, new_password="kiln-1280")
    assert is_now(guarded.SURE)


def test_what_was_shown_ages(lin: Visitor, frozen_clock: FrozenClock) -> None:
    guarded.with_transaction_password(User.objects.get())
    text(lin, FORGOTTEN, proof_way="password", proof=PASSWORD)
    frozen_clock.advance(minutes=5)
    assert "Log-in password" in text(lin, FORGOTTEN)


def test_right_passwords_give_no_new_tries_with_the_code(
    lin: Visitor, mailoutbox: list[EmailMessage], frozen_clock: FrozenClock
) -> None:
    guarded.with_transaction_password(User.objects.get())
    text(lin, FORGOTTEN, proof_way="password", proof=PASSWORD)
    text(lin, FORGOTTEN, proof_way="send")
    code = re.findall(r"\d{6}", str(mailoutbox[0].body))[0]
    wrong = str((int(code) + 1) % 10**6).zfill(6)
    for _ in range(5):
        assert "not the code" in text(lin, FORGOTTEN, proof_way="mail", proof=wrong)
    frozen_clock.advance(minutes=6)  # the password's part ages, and is shown anew
    text(lin, FORGOTTEN, proof_way="password", proof=PASSWORD)
    assert "Too many tries" in text(lin, FORGOTTEN, proof_way="mail", proof=code)
