"""Logging in by scanning with WeChat, which tells a nickname and no address."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage

from sleek.audit.models import Record
from sleek.merchants import queries
from sleek.merchants.models import Consent, Identity, Membership, User
from tests.web.dashboard.conftest import LIN, PASSWORD, Visitor, browser, link_in, member, person
from tests.web.dashboard.identities.conftest import Elsewhere

BOUND = {"email": LIN, "consent": "on"}


def bound(visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]) -> User:
    """Somebody who scanned, gave an address, and answered our mail in the same browser."""
    elsewhere.weixin(visitor)
    visitor.post("/account/join", BOUND)
    visitor.post(link_in(mailoutbox[-1]))
    return User.objects.get(email=LIN)


def test_who_scans_binds_an_address_and_is_in(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    assert elsewhere.weixin(visitor)["Location"] == "/account/join"
    assert "林清" in visitor.read("/account/join")
    assert visitor.post("/account/join", BOUND)["Location"] == "/account/waiting"
    assert visitor.post(link_in(mailoutbox[0]))["Location"] == "/account/activated"
    lin = User.objects.get()
    assert (lin.email, lin.name) == (LIN, "林清")
    assert queries.is_verified(lin)
    assert Consent.objects.filter(user=lin).count() == 2
    again = browser()
    assert elsewhere.weixin(again)["Location"] == "/overview"
    assert again.session["_auth_user_id"] == str(lin.pk)


@pytest.mark.parametrize("path", ["/overview", "/setup", "/settings/logins", "/settings"])
def test_until_an_address_is_bound_there_is_nothing_but_leaving(
    visitor: Visitor, elsewhere: Elsewhere, path: str
) -> None:
    elsewhere.weixin(visitor)
    visitor.post("/account/join", BOUND)
    assert visitor.get(path)["Location"].startswith("/account/log-in")
    visitor.post("/account/join/leave")
    assert visitor.get("/account/join")["Location"] == "/account/log-in"


def test_a_wrong_address_is_replaced_and_leaves_no_account_behind(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere.weixin(visitor)
    visitor.post("/account/join", BOUND | {"email": "typo@example.com"})
    assert 'href="/account/join"' in visitor.read("/account/waiting")
    visitor.post("/account/join", BOUND)
    assert [user.email for user in User.objects.all()] == [LIN]
    assert visitor.post(link_in(mailoutbox[1]))["Location"] == "/account/activated"
    assert "leads nowhere" in browser().read(link_in(mailoutbox[0]))


def test_who_opens_the_mail_elsewhere_does_not_inherit_a_strangers_wechat(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    """A stranger scans and gives my address; the mail reaches me."""
    elsewhere.weixin(visitor, "Mallory")
    visitor.post("/account/join", BOUND)
    mine = browser()
    link = link_in(mailoutbox[0])
    assert "Activate without WeChat" in mine.read(link)
    page = mine.post(link, follow=True).content.decode()
    assert "no password yet" in page
    assert not Identity.objects.exists()
    assert elsewhere.weixin(browser(), "Mallory")["Location"] == "/account/join"


def test_scanning_in_the_other_browser_first_keeps_wechat(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere.weixin(visitor)
    visitor.post("/account/join", BOUND)
    cache.clear()
    laptop = browser()
    assert elsewhere.weixin(laptop)["Location"] == "/account/waiting"
    assert laptop.post(link_in(mailoutbox[1]))["Location"] == "/account/activated"
    assert Identity.objects.get().user == User.objects.get(email=LIN)


def test_an_address_with_an_owner_sounds_the_same_and_only_their_mail_connects(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    owner = member()
    elsewhere.weixin(visitor)
    assert visitor.post("/account/join", BOUND)["Location"] == "/account/waiting"
    assert not Identity.objects.exists()
    link = link_in(mailoutbox[0])
    assert mailoutbox[0].subject == "Connect WeChat to your Sleek account?"
    assert "林清" not in str(mailoutbox[0].body)
    assert visitor.get(link).status_code == 200
    assert not Identity.objects.exists()
    assert visitor.post(link)["Location"] == "/overview"
    assert visitor.session["_auth_user_id"] == str(owner.pk)
    assert Identity.objects.get().user == owner
    assert Membership.objects.get().user == owner
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert mailoutbox[1].subject == "WeChat was linked to your Sleek account"


def test_the_owners_link_does_nothing_in_a_browser_that_did_not_scan(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    member()
    elsewhere.weixin(visitor, "Mallory")
    visitor.post("/account/join", BOUND)
    link = link_in(mailoutbox[0])
    mine = browser()
    answer = mine.post(link)
    assert answer.status_code == 410
    assert "in the other browser" in answer.content.decode()
    elsewhere.weixin(mine, "林清")
    assert mine.post(link).status_code == 410
    assert not Identity.objects.exists()
    assert "no longer works" in mine.read("/account/prove/forged")


def test_the_owners_link_works_for_an_hour_and_once(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    member()
    elsewhere.weixin(visitor)
    visitor.post("/account/join", BOUND)
    link = link_in(mailoutbox[0])
    visitor.post(link)
    visitor.post("/account/log-out")
    assert visitor.post(link).status_code == 410
    assert not visitor.is_inside


def test_logging_in_to_the_account_one_has_connects_it(
    visitor: Visitor, elsewhere: Elsewhere
) -> None:
    owner = member()
    elsewhere.weixin(visitor)
    assert "?next=/settings/logins/arrived" in visitor.read("/account/join")
    assert visitor.log_in(next="/settings/logins/arrived") == "/settings/logins/arrived"
    assert not Identity.objects.exists()
    proof = {"proof_way": "password", "proof": PASSWORD}
    assert visitor.post("/settings/logins/arrived", proof)["Location"] == "/settings/logins"
    assert Identity.objects.get().user == owner


def test_a_human_known_by_openid_is_found_by_unionid_later(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    """First the app is not bound at WeChat; then it is; then the operator moves to another app."""
    elsewhere.open_weixin(has_unionid=False)
    lin = bound(visitor, elsewhere, mailoutbox)
    assert Identity.objects.get().union == ""
    elsewhere.open_weixin(has_unionid=True)
    elsewhere.weixin(browser())
    known = Identity.objects.get()
    assert (known.user, known.union[:1]) == (lin, "o")
    Identity.objects.update(subject="openid-at-the-app-before")
    again = browser()
    elsewhere.weixin(again)
    assert again.session["_auth_user_id"] == str(lin.pk)
    assert Identity.objects.get().subject == known.subject


def test_wechats_refusals_come_with_http_200_and_log_nobody_in(
    visitor: Visitor, elsewhere: Elsewhere
) -> None:
    for operation in ("token", "userinfo"):
        elsewhere.fault("weixin", "refuse", operation, parameters={"errcode": 40029})
        assert "could not confirm" in elsewhere.weixin(visitor).content.decode()
    elsewhere.fault("weixin", "refuse")
    assert "WeChat does not answer" in elsewhere.weixin(visitor).content.decode()
    assert visitor.get("/account/join")["Location"] == "/account/log-in"


def test_whoever_refuses_on_the_phone_comes_back_to_a_clear_page(
    visitor: Visitor, elsewhere: Elsewhere
) -> None:
    answer = elsewhere.weixin(visitor, action="refuse")
    assert answer.status_code == 400
    assert "You went back without WeChat" in answer.content.decode()


def test_an_arrival_ends_after_an_hour(
    visitor: Visitor, elsewhere: Elsewhere, frozen_clock: object
) -> None:
    elsewhere.weixin(visitor)
    assert visitor.get("/account/join").status_code == 200
    frozen_clock.advance(hours=1)  # type: ignore[attr-defined]
    assert visitor.get("/account/join")["Location"] == "/account/log-in"


def test_a_person_without_a_business_is_bound_too(
    visitor: Visitor, elsewhere: Elsewhere, mailoutbox: list[EmailMessage]
) -> None:
    owner = person()
    elsewhere.weixin(visitor)
    visitor.post("/account/join", BOUND)
    visitor.post(link_in(mailoutbox[0]))
    assert Identity.objects.get().user == owner
    records = Record.objects.filter(action="identity.connected")
    assert [record.subject for record in records] == [owner.public_id]
