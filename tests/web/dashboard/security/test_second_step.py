"""Turning second steps on and off, and being asked for one when logging in."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage

from sleek.audit.models import Record
from sleek.merchants import queries
from sleek.merchants.models import User
from tests.conftest import FrozenClock
from tests.web.dashboard import office
from tests.web.dashboard.conftest import PASSWORD, Visitor, browser, link_in, member
from tests.web.dashboard.security import guarded
from tests.web.dashboard.security.authenticator import Authenticator as Key

SECOND_STEP = "/account/second-step"


def proof(visitor: Visitor, way: str, typed: str) -> str:
    """Where it leads to, or the text of the page that complains."""
    answer = visitor.post(SECOND_STEP, {"proof_way": way, "proof": typed})
    return (
        answer["Location"] if answer.status_code == 302 else html.unescape(answer.content.decode())
    )


@pytest.fixture
def lin(visitor: Visitor) -> Visitor:
    """Inside, with a fresh proof."""
    visitor.force_login(member())
    office.prove(visitor)
    return visitor


def test_turning_codes_on_shows_the_secret_and_then_the_recovery_codes_once(
    lin: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    page = lin.read("/settings/security/app")
    [address] = re.findall(r'href="(otpauth://[^"]+)"', page)
    told = urlsplit(html.unescape(address))
    [secret] = parse_qs(told.query)["secret"]
    assert told.path == "/Sleek:lin%40example.com"
    assert parse_qs(told.query)["issuer"] == ["Sleek"]
    assert re.sub(r"\s", "", re.findall(r'totp-key">([^<]+)<', page)[0]) == secret
    wrong = lin.post("/settings/security/app", {"code": "000000"}).content.decode()
    assert "This code is not right" in wrong
    assert secret in re.sub(r"\s", "", wrong)
    done = lin.post("/settings/security/app", {"code": guarded.app_code(secret=secret)})
    codes = re.findall(r"<code>([^<]+)</code>", done.content.decode())
    assert len({*codes}) == 10
    assert all(code in html.unescape(done.content.decode()) for code in codes)
    assert [mail.subject for mail in mailoutbox] == ["Two-step log-in was turned on"]
    after = lin.read("/settings/security")
    assert "10 of 10 left" in after
    assert not any(code in after for code in codes)
    assert "totp_secret" not in lin.session


def test_the_file_holds_all_recovery_codes(lin: Visitor) -> None:
    guarded.with_app(User.objects.get())
    page = lin.post("/settings/security/codes").content.decode()
    codes = re.findall(r"<code>([^<]+)</code>", page)
    [file] = re.findall(r'href="data:text/plain;charset=utf-8,([^"]+)"', page)
    assert all(code in file for code in codes)
    assert "lin%40example.com" in file


def test_after_the_password_the_code_is_asked_for(visitor: Visitor) -> None:
    guarded.with_app(member())
    assert visitor.log_in() == SECOND_STEP
    assert not visitor.is_inside
    assert "One more step" in visitor.read(SECOND_STEP)
    assert visitor.get("/overview")["Location"].startswith("/account/log-in")
    assert "not right" in proof(visitor, "code", "000000")
    assert not visitor.is_inside
    assert proof(visitor, "code", guarded.app_code()) == "/overview"
    assert visitor.is_inside


def test_the_second_step_remembers_where_one_wanted_to_go(visitor: Visitor) -> None:
    guarded.with_app(member())
    visitor.log_in(next="/links")
    assert proof(visitor, "code", guarded.app_code()) == "/links"


def test_a_code_logs_in_once(visitor: Visitor) -> None:
    guarded.with_app(member())
    elsewhere = browser()
    visitor.log_in()
    elsewhere.log_in()
    code = guarded.app_code()
    assert proof(visitor, "code", code) == "/overview"
    assert "used before" in proof(elsewhere, "code", code)
    assert not elsewhere.is_inside


def test_a_recovery_code_logs_in_once_and_is_told(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    [code, *_rest] = guarded.with_app(member())
    visitor.log_in()
    assert proof(visitor, "code", code) == "/overview"
    elsewhere = browser()
    elsewhere.log_in()
    assert "used before" in proof(elsewhere, "code", code)
    assert [mail.subject for mail in mailoutbox] == ["A recovery code was used"]


def test_five_wrong_codes_close_the_door_in_every_browser(visitor: Visitor) -> None:
    guarded.with_app(member())
    for _ in range(5):
        other = browser()
        other.log_in()
        assert "not right" in proof(other, "code", "000000")
    visitor.log_in()
    assert "Too many tries" in proof(visitor, "code", guarded.app_code())
    assert not visitor.is_inside


@pytest.mark.parametrize("way", ["password", "transaction_password", "mail", "send", "nonsense"])
def test_nothing_else_stands_in_for_the_second_step(visitor: Visitor, way: str) -> None:
    guarded.with_app(guarded.with_transaction_password(member()))
    visitor.log_in()
    typed = PASSWORD if way == "password" else guarded.SURE
    assert "does not count here" in proof(visitor, way, typed)
    assert not visitor.is_inside


def test_without_the_password_there_is_no_second_step(visitor: Visitor) -> None:
    guarded.with_app(member())
    assert visitor.get(SECOND_STEP)["Location"] == "/account/log-in"
    visitor.log_in(password="Wrong-pass-1")
    assert proof(visitor, "code", guarded.app_code()) == "/account/log-in"
    assert not visitor.is_inside


def test_a_wrong_password_sounds_the_same_with_and_without_a_second_step(visitor: Visitor) -> None:
    guarded.with_app(member())
    assert "do not match" in visitor.log_in(password="Wrong-pass-1")


def test_one_can_go_back_and_log_in_as_somebody_else(visitor: Visitor) -> None:
    guarded.with_app(member())
    member("wei@example.com")
    visitor.log_in()
    assert visitor.post(SECOND_STEP, {"cancel": ""})["Location"] == "/account/log-in"
    assert visitor.log_in("wei@example.com") == "/overview"


def test_logging_in_by_two_steps_counts_as_a_fresh_proof(
    visitor: Visitor, frozen_clock: FrozenClock
) -> None:
    guarded.with_app(member())
    visitor.log_in()
    proof(visitor, "code", guarded.app_code())
    assert "Change the password" in visitor.read("/settings/password")
    frozen_clock.advance(minutes=5)
    assert "Prove that it is you" in visitor.read("/settings/password")


def test_logging_in_by_password_alone_is_no_fresh_proof(visitor: Visitor) -> None:
    member()
    visitor.log_in()
    assert "Prove that it is you" in visitor.read("/settings/password")


def test_a_password_chosen_by_mail_does_not_go_round_the_second_step(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    guarded.with_app(member())
    visitor.post("/account/reset", {"email": "lin@example.com"})
    form = visitor.get(link_in(mailoutbox[0]))["Location"]
    visitor.post(form, {"password": "correct horse battery"})
    assert visitor.log_in(password="correct horse battery") == SECOND_STEP


def test_turning_off_asks_first_tells_and_takes_the_recovery_codes_along(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    user = member()
    guarded.with_app(user)
    visitor.force_login(user)
    assert "Prove that it is you" in visitor.post("/settings/security/app/off").content.decode()
    assert queries.factors_of(user).totp
    office.prove(visitor)
    assert visitor.post("/settings/security/app/off")["Location"] == "/settings/security"
    assert not Authenticator.objects.exists()
    assert [mail.subject for mail in mailoutbox] == ["Codes from an app were turned off"]
    assert Record.objects.filter(action="user.totp_turned_off", address="127.0.0.1").count() == 1


def test_without_a_second_step_there_are_no_recovery_codes_to_renew(lin: Visitor) -> None:
    assert lin.post("/settings/security/codes")["Location"] == "/settings/security"
    assert not Authenticator.objects.exists()


def test_wrong_first_codes_are_limited(lin: Visitor) -> None:
    page = lin.read("/settings/security/app")
    secret = re.sub(r"\s", "", re.findall(r'totp-key">([^<]+)<', page)[0])
    for _ in range(5):
        lin.post("/settings/security/app", {"code": "000000"})
    good = lin.post("/settings/security/app", {"code": guarded.app_code(secret=secret)})
    assert "Too many tries" in good.content.decode()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("page", ["app", "passkeys/new", "transaction-password"])
def test_pages_that_hold_a_secret_are_kept_by_nobody(lin: Visitor, page: str) -> None:
    assert lin.get(f"/settings/security/{page}")["Cache-Control"] == "no-store, private"


def test_a_passkey_is_the_second_step_too(visitor: Visitor) -> None:
    maker, key = browser(), Key()
    maker.force_login(member())
    guarded.with_passkey(maker, key)
    visitor.log_in()
    assert "passkey" in visitor.read(SECOND_STEP)
    assert proof(visitor, "passkey", guarded.signed(visitor, key)) == "/overview"
