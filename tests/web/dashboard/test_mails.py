"""Mails about accounts: sender, words, one button, and the same as plain text."""

from __future__ import annotations

import re
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from sleek.web.dashboard import mails
from tests.web.dashboard.conftest import Visitor, browser, link_in

WELCOME = {
    "zh-hans": ("欢迎使用Sleek，请验证您的邮箱", "Sleek官方", "验证邮箱"),
    "en": (
        "Welcome to Sleek, please verify your e-mail address",
        "Sleek Official",
        "Verify my e-mail address",
    ),
}


def html_of(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])


@pytest.mark.parametrize("language", WELCOME)
def test_the_verification_mail_speaks_the_readers_language(
    db: None, mailoutbox: list[EmailMultiAlternatives], language: str
) -> None:
    browser(language).sign_up()
    subject, sender, button = WELCOME[language]
    mail = mailoutbox[0]
    assert mail.subject == subject
    assert str(make_header(decode_header(parseaddr(mail.from_email)[0]))) == sender
    assert mail.to == ["lin@example.com"]
    assert button in mail.body
    assert button in html_of(mail)


def test_a_mail_has_one_column_one_button_and_no_picture(
    visitor: Visitor, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    visitor.sign_up()
    page = html_of(mailoutbox[0])
    assert re.findall(r'<a href="([^"]+)"', page) == [
        "http://127.0.0.1:8000" + link_in(mailoutbox[0])
    ]
    assert 'width="560"' in page
    assert "<img" not in page
    assert "<script" not in page


def test_links_lead_to_the_configured_address_whatever_the_request_says(
    db: None, mailoutbox: list[EmailMultiAlternatives], settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://pay.example.com"
    settings.ALLOWED_HOSTS = ["*"]
    data = {"email": "lin@example.com", "password": "Porzell-1", "consent": "on"}
    Client().post("/account/sign-up", data, headers={"host": "evil.example"})
    assert "https://pay.example.com/account/activate/" in mailoutbox[0].body
    assert "evil" not in mailoutbox[0].body


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_letter_is_written_in_both_languages(language: str) -> None:
    with translation.override(language):
        letters = [
            mails.activation("token"),
            mails.already_signed_up(),
            mails.password_reset("https://pay.example.com/x"),
            mails.no_account(),
        ]
    for letter in letters:
        for text in (letter.subject, letter.title, letter.text, letter.button, letter.note):
            assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (language == "zh-hans"), text


def test_a_sender_that_is_down_does_not_lose_the_account(
    visitor: Visitor, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert visitor.sign_up() == "/account/waiting"
