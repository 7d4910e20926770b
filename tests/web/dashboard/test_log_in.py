"""Logging in and out, and where one lands."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage

from tests.web.dashboard import office
from tests.web.dashboard.conftest import PASSWORD, Visitor, browser, link_in, member, person

MISMATCH = "do not match"


def test_a_member_lands_on_the_overview(visitor: Visitor) -> None:
    member()
    assert visitor.log_in() == "/overview"
    assert visitor.is_inside


def test_wrong_and_unknown_sound_the_same(visitor: Visitor) -> None:
    member()
    assert MISMATCH in visitor.log_in(password="Wrong-pass-1")
    assert MISMATCH in visitor.log_in("nobody@example.com")
    assert not visitor.is_inside


def test_five_wrong_tries_close_the_door_for_a_while(visitor: Visitor) -> None:
    member()
    for _ in range(5):
        browser().log_in(password="Wrong-pass-1")
    assert "Too many tries" in visitor.log_in()
    assert not visitor.is_inside


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "http://localhost/",
    "http://127.0.0.1:9/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_next_never_leads_elsewhere(visitor: Visitor, url: str) -> None:
    member()
    assert visitor.log_in(next=url) == "/overview"


def test_next_leads_back_to_where_one_wanted_to_go(visitor: Visitor) -> None:
    member()
    assert visitor.get("/settings")["Location"] == "/account/log-in?next=/settings"
    assert visitor.log_in(next="/settings") == "/settings"


def test_only_a_button_logs_out(visitor: Visitor) -> None:
    visitor.force_login(member())
    assert "Log out?" in visitor.read("/account/log-out")
    assert visitor.is_inside
    assert visitor.post("/account/log-out")["Location"] == "/"
    assert not visitor.is_inside


def test_back_office_pages_are_not_kept_by_any_cache(visitor: Visitor) -> None:
    visitor.force_login(member())
    assert visitor.get("/settings")["Cache-Control"] == "no-store, private"


def test_a_forgotten_password_is_chosen_anew_by_mail(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    owner = member()
    elsewhere = browser()
    elsewhere.log_in()
    visitor.post("/account/reset", {"email": "Lin@example.com"})
    link = link_in(mailoutbox[0])
    assert link.startswith(f"/account/reset/{owner.public_id}-")
    form = visitor.get(link)["Location"]
    assert visitor.post(form, {"password": "correct horse"}, follow=True).status_code == 200
    assert "Still missing" in visitor.post(form, {"password": "Short-1"}).content.decode()
    assert visitor.post(form, {"password": "correct horse battery"})["Location"].endswith("/done")
    assert visitor.log_in(password="correct horse battery") == "/overview"
    assert elsewhere.get("/settings")["Location"].startswith("/account/log-in")


def test_a_reset_link_works_once(visitor: Visitor, mailoutbox: list[EmailMessage]) -> None:
    member()
    visitor.post("/account/reset", {"email": "lin@example.com"})
    link = link_in(mailoutbox[0])
    visitor.post(visitor.get(link)["Location"], {"password": "correct horse battery"})
    assert "no longer works" in browser().read(link)
    assert "no longer works" in browser().read(link[:-3] + "abc")


def test_a_reset_tells_a_stranger_nothing(visitor: Visitor, mailoutbox: list[EmailMessage]) -> None:
    person()
    pages = []
    for email in ("lin@example.com", "nobody@example.com"):
        answer = visitor.post("/account/reset", {"email": email}, follow=True)
        pages.append((answer.redirect_chain, answer.content.decode().partition("<main")[2]))
    assert pages[0][0] == pages[1][0]
    assert [mail.subject for mail in mailoutbox] == [
        "Choose a new password for Sleek",
        "There is no Sleek account for this address",
    ]


def test_a_changed_password_logs_the_other_devices_out(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    member()
    visitor.log_in()
    elsewhere = browser()
    elsewhere.log_in()
    visitor.post("/settings/password", {"proof_way": "password", "proof": PASSWORD})
    new = {"password": "correct horse battery"}
    assert visitor.post("/settings/password", new)["Location"] == "/settings"
    assert visitor.get("/settings").status_code == 200
    assert elsewhere.get("/settings").status_code == 302
    assert mailoutbox[-1].subject == "Your Sleek password was changed"


def test_changing_the_password_needs_the_current_one(visitor: Visitor) -> None:
    owner = member()
    visitor.force_login(owner)
    wrong = {"proof_way": "password", "proof": "Wrong-pass-1", "password": "correct horse battery"}
    assert "not your log-in password" in visitor.post("/settings/password", wrong).content.decode()
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_another_proof_does_not_stand_in_for_the_current_password(visitor: Visitor) -> None:
    owner = member()
    visitor.force_login(owner)
    office.prove(visitor, way="transaction_password")
    wrong = {"current": "Wrong-pass-1", "password": "correct horse battery"}
    assert "not your current password" in visitor.post("/settings/password", wrong).content.decode()
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
