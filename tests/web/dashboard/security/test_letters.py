"""Mails about changes: every one in both languages, with time, browser and address."""

from __future__ import annotations

import re

import pytest
from django.core.mail import EmailMessage
from django.utils import translation

from sleek.web.dashboard.security import letters
from tests.conftest import FrozenClock
from tests.web.dashboard import office
from tests.web.dashboard.conftest import browser, member
from tests.web.dashboard.security import guarded


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("what", [*letters.CHANGES, "code"])
def test_every_letter_is_written_in_both_languages(language: str, what: str) -> None:
    with translation.override(language):
        letter = letters.code("123456") if what == "code" else letters.change(what, "")
    for text in (letter.subject, letter.text, letter.button, letter.note):
        assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (language == "zh-hans"), text


def test_a_letter_says_when_where_and_in_which_browser(
    frozen_clock: FrozenClock, mailoutbox: list[EmailMessage]
) -> None:
    lin = browser()
    lin.force_login(member())
    office.prove(lin)
    agent = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0.0.0 Safari/537.36"
    lin.post(
        "/settings/security/transaction-password",
        {"new_password": guarded.SURE},
        headers={"user-agent": agent},
    )
    [mail] = mailoutbox
    assert "March 2, 2026, 5 p.m. (CST) in Chrome, Windows, address 127.0.0.1." in mail.body
    assert "http://127.0.0.1:8000/settings/security" in mail.body
    assert guarded.SURE not in mail.body
