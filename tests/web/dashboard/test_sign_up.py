"""Signing up: what is asked, what is kept, and what a stranger learns."""

from __future__ import annotations

import hashlib

import pytest
from django.core.mail import EmailMessage
from django.template.loader import get_template

from sleek.merchants.models import Consent, User
from sleek.web.dashboard import documents
from tests.web.dashboard.conftest import LIN, PASSWORD, Visitor, browser, person


def test_signing_up_keeps_the_consent_to_what_could_be_read(visitor: Visitor) -> None:
    assert visitor.sign_up() == "/account/waiting"
    kept = {consent.document: consent for consent in Consent.objects.all()}
    assert set(kept) == {"terms", "privacy"}
    text = get_template("dashboard/legal/terms.en.html").template.source  # type: ignore[attr-defined]
    assert kept["terms"].text_hash == hashlib.sha256(text.encode()).hexdigest()
    assert (kept["terms"].version, kept["terms"].address) == ("1.1", "127.0.0.1")


def test_a_changed_document_needs_a_new_version() -> None:
    kept = {}
    for name in documents.VERSIONS:
        for language in ("en", "zh-hans"):
            template = get_template(f"dashboard/legal/{name}.{language}.html")
            source = template.template.source  # type: ignore[attr-defined]
            kept[f"{name} {language}"] = hashlib.sha256(source.encode()).hexdigest()[:12]
    assert documents.VERSIONS == {"terms": "1.1", "privacy": "1.0"}
    assert kept == HASHES


HASHES = {
    "terms en": "aa3ae78834ba",
    "terms zh-hans": "4a9cf1331b3e",
    "privacy en": "5d6b16a1097c",
    "privacy zh-hans": "447632bd2d4a",
}


BAD = [
    ({"email": "lin@"}, "not a valid e-mail address"),
    ({"email": ""}, "Please fill this in"),
    ({"password": ""}, "Please fill this in"),
    ({"password": "porzell-1"}, "Still missing: an upper case letter."),
    ({"password": "Ab1-"}, "Still missing: 4 more characters."),
    ({"password": "Lin@example.com1"}, "too much like your e-mail address"),
    ({"password": "manchesterunited"}, "list of the most common"),
    ({"consent": ""}, "Without your consent"),
]


@pytest.mark.parametrize(("typed", "complaint"), BAD)
def test_bad_input_is_said_beside_its_field_and_nothing_is_made(
    visitor: Visitor, typed: dict[str, str], complaint: str
) -> None:
    assert complaint in visitor.sign_up(**typed)
    assert User.objects.count() == 0


def test_a_very_long_password_is_refused_before_it_is_hashed(visitor: Visitor) -> None:
    assert "at most 256 characters" in visitor.sign_up(password="Porzell-1" * 100)


def test_a_known_address_gets_the_same_answer_and_another_mail(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    owner = person()
    known, unknown = browser(), browser()
    answers = [known.sign_up(), unknown.sign_up("new@example.com")]
    assert answers == ["/account/waiting"] * 2
    pages = [known.read("/account/waiting"), unknown.read("/account/waiting")]
    assert pages[0].count(LIN) == pages[1].count("new@example.com") == 1
    assert [mail.subject for mail in mailoutbox] == [
        "You have a Sleek account already",
        "Welcome to Sleek, please verify your e-mail address",
    ]
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_the_address_is_known_in_any_case_of_letters(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    person()
    visitor.sign_up("LIN@Example.com")
    assert User.objects.count() == 1
    assert mailoutbox[0].subject == "You have a Sleek account already"


def test_an_address_is_written_to_once_a_minute(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up()
    first = User.objects.get()
    assert "wait a minute" in browser().sign_up(password="Stranger-1")
    assert User.objects.get() == first
    assert len(mailoutbox) == 1


def test_somebody_who_is_inside_needs_no_account(visitor: Visitor) -> None:
    visitor.force_login(person())
    assert visitor.get("/account/sign-up")["Location"] == "/overview"
