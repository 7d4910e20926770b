"""Step-up: a sensitive act asks who is there, keeps what was typed, and goes on by itself."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from sleek.config import urls
from sleek.core.money import Money
from sleek.merchants.models import User
from sleek.merchants.rules import PROOF_VALID_FOR, Right
from sleek.refunds.models import Refund
from sleek.web.dashboard import access
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.dashboard import office
from tests.web.dashboard.conftest import PASSWORD, Visitor, browser, member
from tests.web.dashboard.security import guarded

ASKS = "Prove that it is you"


@access.sensitive
@access.allowed(Right.CHANGE_SETTINGS)
def act(request: access.MemberRequest) -> HttpResponse:
    """Says what it was sent."""
    return HttpResponse(repr(sorted(request.POST.lists())))


@access.sensitive_page
@access.person
def secret(request: access.PersonRequest) -> HttpResponse:
    return HttpResponse("the secret page")


urlpatterns = [*urls.urlpatterns, path("act", act), path("secret", secret)]


@pytest.fixture(autouse=True)
def _acts() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def inside(user: User) -> Visitor:
    visitor = browser()
    visitor.force_login(user)
    return visitor


def text(answer: Any) -> str:
    return html.unescape(str(answer.content.decode()))


def hidden(page: str) -> list[tuple[str, str]]:
    """The fields that the page's first form carries along."""
    form = page.partition("<form")[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return [(name, html.unescape(value)) for name, value in found if "csrf" not in name]


def test_what_was_typed_arrives_after_the_proof_and_the_proof_lasts() -> None:
    lin = inside(member())
    typed = {"amount": "49.00", "reason": '<b>"Glaze" & co</b>\n第二行', "tag": ["a", "b"]}
    page = lin.post("/act?tab=2", typed).content.decode()
    assert ASKS in page
    assert 'action="/act?tab=2"' in page
    carried: dict[str, list[str]] = {}
    for name, value in hidden(page):
        carried.setdefault(name, []).append(value)
    answer = lin.post("/act?tab=2", carried | {"proof_way": "password", "proof": PASSWORD})
    for kept in ("('amount', ['49.00'])", repr(typed["reason"]), "('tag', ['a', 'b'])"):
        assert kept in answer.content.decode()
    assert "('amount'" in lin.post("/act", {"amount": "1"}).content.decode()


def test_reading_needs_no_proof_but_a_secret_page_does_and_then_shows_itself() -> None:
    lin = inside(member())
    assert lin.get("/act").content == b"[]"
    page = lin.read("/secret")
    assert ASKS in page
    answer = lin.post("/secret", dict(hidden(page)) | {"proof_way": "password", "proof": PASSWORD})
    assert answer["Location"] == "/secret"
    assert lin.read("/secret") == "the secret page"


def test_a_proof_ends_after_five_minutes(frozen_clock: FrozenClock) -> None:
    lin = inside(member())
    lin.post("/act", {"proof_way": "password", "proof": PASSWORD})
    frozen_clock.advance(seconds=PROOF_VALID_FOR.total_seconds() - 1)
    assert ASKS not in text(lin.post("/act"))
    frozen_clock.advance(seconds=1)
    assert ASKS in text(lin.post("/act"))


def test_a_proof_counts_in_its_session_and_for_its_person_only() -> None:
    user = member()
    lin, elsewhere = inside(user), inside(user)
    office.prove(lin)
    assert ASKS not in text(lin.post("/act"))
    assert ASKS in text(elsewhere.post("/act"))
    kept = dict(lin.session["proof"])
    other = inside(member("wei@example.com"))
    session = other.session
    session["proof"] = kept
    session.save()
    assert ASKS in text(other.post("/act"))


def test_a_proof_from_the_future_is_none(frozen_clock: FrozenClock) -> None:
    lin = inside(member())
    office.prove(lin)
    frozen_clock.now -= timedelta(minutes=1)
    assert ASKS in text(lin.post("/act"))


def test_wrong_passwords_are_counted_and_nothing_happens() -> None:
    lin = inside(member())
    for _ in range(5):
        page = text(lin.post("/act", {"amount": "1", "proof_way": "password", "proof": "no"}))
        assert "not your log-in password" in page
        assert ("amount", "1") in hidden(page)
    page = text(lin.post("/act", {"proof_way": "password", "proof": PASSWORD}))
    assert "Too many tries" in page


def test_the_transaction_password_is_asked_for_where_it_is_set() -> None:
    user = guarded.with_transaction_password(member())
    lin = inside(user)
    page = text(lin.post("/act"))
    assert 'value="transaction_password"' in page
    assert 'value="password"' not in page
    refused = text(lin.post("/act", {"proof_way": "password", "proof": PASSWORD}))
    assert "does not count here" in refused
    wrong = text(lin.post("/act", {"proof_way": "transaction_password", "proof": "wrong-1"}))
    assert "4 more tries" in wrong
    right = lin.post("/act", {"proof_way": "transaction_password", "proof": guarded.SURE})
    assert ASKS not in text(right)


def test_an_apps_code_counts_and_so_does_a_recovery_code(
    mailoutbox: list[EmailMessage],
) -> None:
    user = member()
    codes = guarded.with_app(user)
    lin = inside(user)
    assert "not right" in text(lin.post("/act", {"proof_way": "code", "proof": "000000"}))
    code = {"proof_way": "code", "proof": guarded.app_code()}
    assert ASKS not in text(lin.post("/act", code))
    elsewhere = inside(user)
    assert "not right" in text(elsewhere.post("/act", code))
    assert ASKS not in text(elsewhere.post("/act", {"proof_way": "code", "proof": codes[0]}))
    assert [mail.subject for mail in mailoutbox] == ["A recovery code was used"]


def test_who_has_no_password_gets_a_code_by_mail(
    frozen_clock: FrozenClock, mailoutbox: list[EmailMessage]
) -> None:
    user = member()
    user.set_unusable_password()
    user.save()
    lin = inside(user)
    assert "Send me the code" in text(lin.post("/act", {"amount": "7"}))
    assert mailoutbox == []
    page = text(lin.post("/act", {"amount": "7", "proof_way": "send"}))
    assert ("amount", "7") in hidden(page)
    [mail] = mailoutbox
    code = re.findall(r"\d{6}", str(mail.body))[0]
    assert "less than a minute" in text(lin.post("/act", {"proof_way": "send"}))
    wrong = str((int(code) + 1) % 10**6).zfill(6)
    assert "not the code" in text(lin.post("/act", {"proof_way": "mail", "proof": wrong}))
    answer = lin.post("/act", {"amount": "7", "proof_way": "mail", "proof": code})
    assert "('amount', ['7'])" in text(answer)
    frozen_clock.advance(minutes=6)
    assert "too old" in text(lin.post("/act", {"proof_way": "mail", "proof": code}))


def test_a_mailed_code_is_good_for_ten_minutes_in_its_own_session(
    frozen_clock: FrozenClock, mailoutbox: list[EmailMessage]
) -> None:
    user = member()
    user.set_unusable_password()
    user.save()
    lin, elsewhere = inside(user), inside(user)
    lin.post("/act", {"proof_way": "send"})
    sent = {"proof_way": "mail", "proof": re.findall(r"\d{6}", str(mailoutbox[0].body))[0]}
    assert "too old" in text(elsewhere.post("/act", sent))
    frozen_clock.advance(minutes=10)
    assert "too old" in text(lin.post("/act", sent))


def test_passwords_are_never_written_into_the_page() -> None:
    page = text(inside(member()).post("/act", {"new_password": "S3cret-words", "current": "Old-1"}))
    assert "S3cret-words" not in page
    assert "Old-1" not in page


def test_a_file_is_not_lost_silently() -> None:
    lin = inside(member())
    logo = SimpleUploadedFile("logo.png", b"png")
    answer = lin.post(
        "/act", {"name": "x", "logo": logo}, headers={"referer": "http://testserver/settings?a=1"}
    )
    assert "A file cannot wait here" in text(answer)
    assert hidden(text(answer)) == [("proof_then", "http://testserver/settings?a=1")]
    proof = {"proof_way": "password", "proof": PASSWORD, "proof_then": hidden(text(answer))[0][1]}
    assert lin.post("/act", proof)["Location"] == "/settings?a=1"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_proof_leads_nowhere_else(url: str) -> None:
    lin = inside(member())
    answer = lin.post("/act", {"proof_way": "password", "proof": PASSWORD, "proof_then": url})
    assert answer["Location"] == "/overview"


def test_htmx_gets_the_whole_page_in_place_of_the_body() -> None:
    answer = inside(member()).post("/act", {"amount": "1"}, headers={"HX-Request": "true"})
    assert ASKS in text(answer)
    assert answer["HX-Retarget"] == "body"
    assert ("amount", "1") in hidden(text(answer))


def test_who_may_not_do_it_is_not_asked_for_a_proof() -> None:
    shop = people.merchant("Wei Tea", "wei@example.com")
    assert office.colleague(shop, "viewer").post("/act").status_code == 403
    assert browser().post("/act")["Location"] == "/account/log-in?next=/act"


def test_the_mark_can_be_read_from_the_view() -> None:
    assert act.is_sensitive  # type: ignore[attr-defined]
    assert act.guard.right == Right.CHANGE_SETTINGS  # type: ignore[attr-defined]


def test_giving_money_back_asks_first(bank: Bank) -> None:
    shop = people.merchant("Wei Tea", "wei@example.com")
    attempt = office.wrongly_paid(shop, Money(4900, "USD"))
    wei = office.at_work(shop)
    url = f"/payments/{attempt.payment.public_id}/return/{attempt.public_id}"
    assert "Send me the code" in text(wei.post(url))
    assert not Refund.objects.exists()
    office.prove(wei)
    assert wei.post(url).status_code == 302
    assert Refund.objects.get().money == Money(4900, "USD")


def test_a_request_that_is_no_form_is_asked_too() -> None:
    lin = inside(member())
    answer = lin.post("/act", b'{"a": 1}', content_type="application/json")
    assert ASKS in text(answer)
    assert ASKS in text(lin.delete("/act"))
