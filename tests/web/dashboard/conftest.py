"""Tests of the back office and of the pages for signing up and in."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from sleek.merchants import actions as merchants
from sleek.merchants.actions import Profile
from sleek.merchants.models import User

LIN = "lin@example.com"
PASSWORD = "Porzell-1"
CERAMICS = Profile(
    name="Lin Ceramics",
    country="CN",
    default_currency="USD",
    time_zone="Asia/Shanghai",
    language="en",
)


@pytest.fixture(autouse=True)
def cheap_hashes(settings: Settings) -> None:
    """Hashing passwords is slow on purpose, which proves nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Visitor(Client):
    """A browser that has chosen English and speaks as people do."""

    def sign_up(self, email: str = LIN, password: str = PASSWORD, **more: str) -> str:
        """Where it leads to, or the text of the page that complains."""
        data = {"email": email, "password": password, "consent": "on"} | more
        answer = self.post("/account/sign-up", {k: v for k, v in data.items() if v})
        return answer["Location"] if answer.status_code == 302 else answer.content.decode()

    def log_in(self, email: str = LIN, password: str = PASSWORD, **more: str) -> str:
        answer = self.post("/account/log-in", {"login": email, "password": password} | more)
        return answer["Location"] if answer.status_code == 302 else answer.content.decode()

    def force_login(self, user: AbstractBaseUser, backend: str | None = None) -> None:
        """As Django's, which writes the session thrice and takes four times as long."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = backend or settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""

    def read(self, url: str) -> str:
        return self.get(url).content.decode()

    @property
    def is_inside(self) -> bool:
        return "_auth_user_id" in self.session


@pytest.fixture
def visitor(db: None) -> Visitor:
    return browser()


def browser(language: str = "en") -> Visitor:
    visitor = Visitor()
    visitor.cookies["sleek_language"] = language
    return visitor


def member(email: str = LIN) -> User:
    """Somebody active, with a business."""
    user = person(email)
    merchants.create_merchant(user, CERAMICS)
    return user


def person(email: str = LIN) -> User:
    """Somebody active, without a business yet."""
    user = merchants.sign_up(email, PASSWORD, language="en", agreements=[], address=None)
    assert user
    return merchants.activate(merchants.issue_activation_token(user), address=None)


def link_in(mail: EmailMessage) -> str:
    """The path of the link in a mail."""
    found = re.search(r"http://127\.0\.0\.1:8000(/account/\S+)", str(mail.body))
    assert found, mail.body
    return found[1]
