"""From the verification mail to an active account."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import cache
from django.core.mail import EmailMessage

from sleek.core import clock
from sleek.merchants import queries
from sleek.merchants.models import User
from tests.web.dashboard.conftest import LIN, PASSWORD, Visitor, browser, link_in, person

ACTIVATED = "Your account is activated!"


def test_opening_the_link_uses_nothing_up(visitor: Visitor, mailoutbox: list[EmailMessage]) -> None:
    visitor.sign_up()
    link = link_in(mailoutbox[0])
    for scanner in (browser(), browser("zh-hans"), visitor):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
    assert not queries.is_verified(User.objects.get())


def test_the_button_activates_signs_in_and_shows_what_comes_next(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up()
    answer = visitor.post(link_in(mailoutbox[0]), follow=True)
    page = answer.content.decode()
    assert ACTIVATED in page
    assert 'href="/setup"' in page
    assert visitor.is_inside
    assert User.objects.get().check_password(PASSWORD)


def test_the_chinese_page_says_it_in_chinese(db: None, mailoutbox: list[EmailMessage]) -> None:
    visitor = browser("zh-hans")
    visitor.sign_up()
    page = visitor.post(link_in(mailoutbox[0]), follow=True).content.decode()
    assert "账户已成功激活！" in page


def test_another_browser_activates_with_the_password(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up()
    phone = browser()
    link = link_in(mailoutbox[0])
    page = phone.post(link, {"password": "Wrong-pass-1"}).content.decode()
    assert "not the password of the account" in page
    assert not phone.is_inside
    assert ACTIVATED in phone.post(link, {"password": PASSWORD}, follow=True).content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_guessing_the_password_at_the_link_is_limited(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up()
    stranger, link = browser(), link_in(mailoutbox[0])
    for _ in range(5):
        stranger.post(link, {"password": "Wrong-pass-1"})
    page = stranger.post(link, {"password": PASSWORD}).content.decode()
    assert "Too many tries" in page
    assert not stranger.is_inside


def test_who_owns_the_mailbox_does_not_inherit_a_strangers_password(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up(password="Stranger-1")
    victim = browser()
    page = victim.post(link_in(mailoutbox[0]), follow=True).content.decode()
    assert ACTIVATED in page
    assert "Choose a password" in page
    assert not User.objects.get().has_usable_password()
    assert "do not match" in visitor.log_in(password="Stranger-1")
    assert not visitor.is_inside


def test_a_strangers_sign_up_after_mine_does_not_get_my_click(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up()
    mine = link_in(mailoutbox[0])
    cache.clear()  # the minute's pause between two mails
    stranger = browser()
    stranger.sign_up(password="Stranger-1")
    assert "leads nowhere" in visitor.read(mine)
    visitor.post(link_in(mailoutbox[1]), follow=True)
    assert not User.objects.get().has_usable_password()


def test_a_used_link_says_so(visitor: Visitor, mailoutbox: list[EmailMessage]) -> None:
    visitor.sign_up()
    link = link_in(mailoutbox[0])
    visitor.post(link)
    answer = browser().get(link)
    assert answer.status_code == 410
    assert "active already" in answer.content.decode()
    assert browser().post(link).status_code == 410


def test_a_link_expires_after_three_days(visitor: Visitor, mailoutbox: list[EmailMessage]) -> None:
    visitor.sign_up()
    link = link_in(mailoutbox[0])
    with clock.frozen(clock.now() + timedelta(days=3, seconds=1)):
        assert "has expired" in visitor.post(link).content.decode()
    assert not queries.is_verified(User.objects.get())


def test_a_foreign_link_leads_nowhere(visitor: Visitor) -> None:
    answer = visitor.get("/account/activate/nothing")
    assert answer.status_code == 410
    assert "leads nowhere" in answer.content.decode()


def test_somebody_elses_link_asks_before_it_logs_out(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up()
    other = browser()
    other.force_login(person("chen@example.com"))
    link = link_in(mailoutbox[0])
    assert "You are logged in as chen@example.com" in other.read(link)
    other.post(link, {"password": PASSWORD})
    assert other.session["_auth_user_id"] == str(User.objects.get(email=LIN).pk)


def test_the_waiting_page_tells_where_to_look(visitor: Visitor) -> None:
    assert visitor.get("/account/waiting")["Location"] == "/account/log-in"
    visitor.sign_up()
    page = visitor.read("/account/waiting")
    assert LIN in page
    assert "spam and promotions" in page


def test_sending_again_cools_down_and_replaces_the_link(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up()
    page = visitor.post("/account/resend", follow=True).content.decode()
    assert "less than a minute old" in page
    assert len(mailoutbox) == 1
    cache.clear()  # a minute later
    assert "Sent again" in visitor.post("/account/resend", follow=True).content.decode()
    assert "There is a newer mail" in visitor.read(link_in(mailoutbox[0]))
    assert "Activate my account" in visitor.read(link_in(mailoutbox[1]))


def test_sending_again_tells_a_stranger_nothing(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    person()
    visitor.sign_up(password="Stranger-1")
    cache.clear()
    assert "Sent again" in visitor.post("/account/resend", follow=True).content.decode()
    assert {mail.subject for mail in mailoutbox} == {"You have a Sleek account already"}


def test_logging_in_before_activating_sends_the_link_again(
    visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    visitor.sign_up()
    cache.clear()
    later = browser()
    assert later.log_in() == "/account/waiting"
    assert not later.is_inside
    page = later.post(link_in(mailoutbox[1]), follow=True).content.decode()
    assert ACTIVATED in page
    assert User.objects.get().check_password(PASSWORD)
