"""The team page, invitations from the mail to the first click, and going between workspaces."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.core import mail

from sleek.audit.models import Record
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants import actions as merchants
from sleek.merchants.models import Invitation, Membership, Merchant, User
from tests import people
from tests.conftest import FrozenClock
from tests.web.dashboard import office
from tests.web.dashboard.conftest import CERAMICS, LIN, Visitor, browser, link_in, member, person

WEI = "wei@example.com"
TEAM = "/settings/team"


@pytest.fixture
def shop(db: None) -> Merchant:
    member()
    return Merchant.objects.get()


@pytest.fixture
def lin(shop: Merchant) -> Visitor:
    """The owner at her desk, who has just shown that it is she."""
    visitor = office.at_work(shop)
    office.prove(visitor)
    return visitor


def invite(lin: Visitor, email: str = WEI, role: str = "finance") -> str:
    """The path of the button in the mail."""
    mail.outbox.clear()
    assert lin.post(f"{TEAM}/invite", {"email": email, "role": role})["Location"] == TEAM
    [letter] = mail.outbox
    assert letter.to == [email]
    return join_in(str(letter.body))


def join_in(body: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/join/\S+)", body)
    assert found, body
    return found[1]


def colleague(shop: Merchant, email: str = WEI, role: str = "sales") -> Membership:
    return Membership.objects.create(user=person(email), merchant=shop, role=role)


# From the mail to the first click


def test_somebody_with_an_account_logs_in_and_joins_with_one_click(lin: Visitor) -> None:
    wei, url = person(WEI), invite(lin)
    visitor = browser()
    page = visitor.read(url)
    assert "Join Lin Ceramics" in page
    assert f'/account/log-in?next={url}"' in page
    assert visitor.log_in(WEI, next=url) == url
    accept = f"/invitations/{Invitation.objects.get().public_id}/accept"
    assert f'action="{accept}"' in visitor.read(url)
    assert visitor.post(accept)["Location"] == "/overview"
    assert wei.memberships.get().role == "finance"
    assert [letter.to for letter in mail.outbox] == [[WEI], [LIN]]


def test_somebody_new_signs_up_first_and_finds_the_invitation_in_any_browser(lin: Visitor) -> None:
    url, visitor = invite(lin), browser()
    assert f"/account/sign-up?email={WEI.replace('@', '%40')}" in visitor.read(url)
    assert f'value="{WEI}"' in visitor.read(f"/account/sign-up?email={WEI}")
    visitor.sign_up(WEI)
    elsewhere = browser()
    elsewhere.post(link_in(mail.outbox[-1]), {"password": "Porzell-1"})
    page = elsewhere.read("/account/activated")
    accept = f"/invitations/{Invitation.objects.get().public_id}/accept"
    assert f'action="{accept}"' in page
    assert accept in elsewhere.read("/setup")
    elsewhere.post(accept)
    assert "Lin Ceramics" in elsewhere.read("/overview")


def test_opening_the_mails_address_never_accepts(lin: Visitor) -> None:
    wei, url = person(WEI), invite(lin)
    visitor = browser()
    visitor.force_login(wei)
    accept = f"/invitations/{Invitation.objects.get().public_id}/accept"
    for _ in range(2):
        assert visitor.get(url).status_code == 200
        assert visitor.get(accept).status_code == 405
    assert not wei.memberships.exists()


def test_an_invitation_is_for_its_address_alone(lin: Visitor) -> None:
    url, visitor = invite(lin), browser()
    ana = person("ana@example.com")
    visitor.force_login(ana)
    answer = visitor.get(url)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "w***@example.com" in page
    assert WEI not in page
    accept = f"/invitations/{Invitation.objects.get().public_id}/accept"
    assert visitor.post(accept).status_code == 404
    assert not ana.memberships.exists()


def test_links_that_are_worth_nothing_say_why(frozen_clock: FrozenClock, lin: Visitor) -> None:
    visitor, url = browser(), invite(lin)
    frozen_clock.advance(days=7)
    assert "This invitation has expired" in gone(visitor, url)
    invitation = Invitation.objects.get()
    mail.outbox.clear()
    lin.post(f"{TEAM}/invitations/{invitation.public_id}/resend")
    assert "leads nowhere" in gone(visitor, url)
    url = join_in(str(mail.outbox[0].body))
    lin.post(f"{TEAM}/invitations/{invitation.public_id}/withdraw")
    assert "was withdrawn" in gone(visitor, url)
    Invitation.objects.update(withdrawn_at=None, accepted_at=frozen_clock.now)
    assert "was accepted" in gone(visitor, url)
    assert "leads nowhere" in gone(visitor, "/join/nothing")


def gone(visitor: Visitor, url: str) -> str:
    answer = visitor.get(url)
    assert answer.status_code == 410
    return answer.content.decode()


def test_whether_the_address_has_an_account_shows_nowhere(lin: Visitor) -> None:
    person(WEI)
    pages = []
    for email in (WEI, "new@example.com"):
        page = browser().read(invite(lin, email))
        pages.append(page.replace(email, "?").replace(email.replace("@", "%40"), "?"))
    hide = re.compile(r"/join/\w+|nonce-?\S+|value=\"\w{64}\"|%2Fjoin%2F\w+")
    assert hide.sub("", pages[0]) == hide.sub("", pages[1])


def test_an_invitation_speaks_the_merchants_language(lin: Visitor) -> None:
    Merchant.objects.update(language="zh-hans")
    invite(lin)
    assert "财务" in str(mail.outbox[0].body)


# The list


def test_a_mistyped_address_is_refused_beside_its_field(lin: Visitor) -> None:
    page = lin.post(f"{TEAM}/invite", {"email": "wei@", "role": "owner"}).content.decode()
    assert 'id="id_email_error"' in page
    page = lin.post(f"{TEAM}/invite", {"email": LIN, "role": "owner"}).content.decode()
    assert "in the team already" in page
    assert (Invitation.objects.count(), mail.outbox) == (0, [])


def test_a_changed_role_counts_from_the_next_request_on(shop: Merchant, lin: Visitor) -> None:
    wei = colleague(shop)
    visitor = browser()
    visitor.force_login(wei.user)
    assert visitor.get("/links/new").status_code == 200
    lin.post(f"{TEAM}/{wei.public_id}/role", {"role": "viewer"})
    assert visitor.get("/links/new").status_code == 403
    assert mail.outbox[-1].to == [WEI]
    assert "Viewer" in str(mail.outbox[-1].body)


def test_an_unknown_role_changes_nothing(shop: Merchant, lin: Visitor) -> None:
    wei = colleague(shop)
    lin.post(f"{TEAM}/{wei.public_id}/role", {"role": "god"})
    wei.refresh_from_db()
    assert wei.role == "sales"


def test_who_is_removed_is_out_at_the_next_request(shop: Merchant, lin: Visitor) -> None:
    wei = colleague(shop)
    visitor = browser()
    visitor.force_login(wei.user)
    assert visitor.get("/overview").status_code == 200
    lin.post(f"{TEAM}/{wei.public_id}/remove")
    assert visitor.get("/overview")["Location"] == "/setup"
    assert (mail.outbox[-1].to, shop.memberships.count()) == ([WEI], 1)


def test_the_sole_owner_stays_and_reads_why(shop: Merchant, lin: Visitor) -> None:
    place = shop.memberships.get()
    for url in (f"{TEAM}/{place.public_id}/remove", f"{TEAM}/leave"):
        assert "needs an owner" in lin.post(url, follow=True).content.decode()
    lin.post(f"{TEAM}/{place.public_id}/role", {"role": "viewer"})
    assert shop.memberships.get().role == "owner"


def test_changes_of_the_team_ask_for_a_proof(shop: Merchant) -> None:
    wei, visitor = colleague(shop), office.at_work(shop)
    visitor.post(f"{TEAM}/invite", {"email": "x@example.com", "role": "owner"})
    visitor.post(f"{TEAM}/{wei.public_id}/role", {"role": "owner"})
    visitor.post(f"{TEAM}/{wei.public_id}/remove")
    wei.refresh_from_db()
    assert (wei.role, Invitation.objects.count()) == ("sales", 0)


def test_who_leaves_goes_and_the_owners_are_told(shop: Merchant) -> None:
    visitor = browser()
    visitor.force_login(colleague(shop).user)
    mail.outbox.clear()
    visitor.post(f"{TEAM}/leave")
    assert visitor.get("/overview")["Location"] == "/setup"
    assert [letter.to for letter in mail.outbox] == [[LIN]]


def test_colleagues_addresses_are_masked_without_the_right(shop: Merchant) -> None:
    colleague(shop)
    visitor = office.colleague(shop, "viewer")
    page = visitor.read(TEAM)
    assert LIN not in page
    assert "l***@example.com" in page
    assert "viewer@example.com" in page  # one's own
    assert "Invite somebody" not in page
    assert LIN in office.colleague(shop, "sales").read(TEAM)


# Workspaces


@pytest.fixture
def second(shop: Merchant) -> Merchant:
    """Where Lin works, too, as a viewer."""
    owner = person("chen@example.com")
    other = merchants.create_merchant(owner, replace(CERAMICS, name="Chen Tea"))
    Membership.objects.create(user=User.objects.get(email=LIN), merchant=other, role="viewer")
    return other


def test_one_workspace_needs_no_switcher(lin: Visitor) -> None:
    assert "Your workspaces" not in lin.read("/overview")


def test_switching_changes_whose_rows_and_which_rights_count(
    shop: Merchant, second: Merchant, lin: Visitor
) -> None:
    mine = people.link(shop, Money(5000, "USD")).public_id
    theirs = people.link(second, Money(5000, "USD")).public_id
    assert lin.get(f"/links/{theirs}").status_code == 404
    assert "Your workspaces" in lin.read("/overview")
    assert lin.post("/workspaces/switch", {"to": second.public_id})["Location"] == "/overview"
    assert lin.get(f"/links/{theirs}").status_code == 200
    assert lin.get(f"/links/{mine}").status_code == 404
    assert lin.get("/links/new").status_code == 403


def test_nobody_switches_by_a_get_or_to_where_they_do_not_work(
    shop: Merchant, second: Merchant, lin: Visitor
) -> None:
    strange = people.merchant("Strange", "strange@example.com")
    assert lin.get("/workspaces/switch").status_code == 405
    assert lin.post("/workspaces/switch", {"to": strange.public_id}).status_code == 404
    assert "Lin Ceramics" in lin.read("/settings")


def test_a_page_made_for_another_workspace_changes_nothing_in_this_one(
    shop: Merchant, second: Merchant, lin: Visitor
) -> None:
    form = {"amount": "50", "currency": "USD", "reason": "Bowls", "workspace": second.public_id}
    answer = lin.post("/links/new", form)
    assert (answer.status_code, PaymentLink.objects.count()) == (409, 0)
    assert "another workspace" in answer.content.decode()


def test_whoever_was_invited_first_may_still_set_up_a_business_of_their_own(
    shop: Merchant,
) -> None:
    visitor = browser()
    visitor.force_login(colleague(shop).user)
    form = {
        "name": "Wei Glaze",
        "country": "CN",
        "default_currency": "USD",
        "time_zone": "Asia/Shanghai",
        "language": "en",
        "accent_color": "#0f5c73",
    }
    assert visitor.post("/setup", form)["Location"] == "/overview"
    assert "Wei Glaze" in visitor.read("/settings")
    assert visitor.get("/setup")["Location"] == "/overview"


def test_each_change_of_the_team_stands_in_the_audit_log(shop: Merchant, lin: Visitor) -> None:
    invite(lin)
    wei = colleague(shop, "ana@example.com")
    lin.post(f"{TEAM}/{wei.public_id}/role", {"role": "owner"})
    lin.post(f"{TEAM}/{wei.public_id}/remove")
    acts = Record.objects.filter(scope=shop.public_id).order_by("sequence")
    assert list(acts.values_list("action", flat=True))[1:] == [
        "invitation.sent",
        "member.role_changed",
        "member.removed",
    ]
    assert {act.address for act in acts[1:]} == {"127.0.0.1"}
