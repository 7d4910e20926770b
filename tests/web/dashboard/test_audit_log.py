"""The audit log's page and file: in words, only the own merchant's, and whether it is whole."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.conf import settings

from sleek.audit import actions as audit
from sleek.core.money import Money
from sleek.links import actions as links
from sleek.links.models import PaymentLink
from sleek.merchants import actions as merchants
from sleek.merchants.models import Merchant, Role, User
from sleek.web.dashboard.telling.act_words import ACTS
from sleek.web.dashboard.views.people import audit as views
from tests import people
from tests.conftest import FrozenClock
from tests.tampering import past_all_triggers
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor

LOG = "/settings/audit"


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> Visitor:
    return office.at_work(shop)


def owner(shop: Merchant) -> User:
    return shop.memberships.get(role="owner").user


def paused(shop: Merchant) -> PaymentLink:
    link = people.link(shop, Money(5000, "USD"))
    links.pause(link, by=owner(shop))
    return link


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_each_line_says_who_did_what_to_what(shop: Merchant, lin: Visitor) -> None:
    link = paused(shop)
    page = lin.read(LOG)
    assert f'<a href="/links/{link.public_id}">Paused a payment link</a>' in page
    assert "lin@example.com" in page
    assert "the hash of its one record was computed" in page


def test_a_change_shows_what_it_was_and_became(shop: Merchant, lin: Visitor) -> None:
    place = shop.memberships.select_related("user", "merchant").get()
    user = User.objects.create_user("wei@example.com", name="Wei")
    wei = shop.memberships.create(user=user, role=Role.SALES)
    merchants.change_role(wei, "finance", place, address="192.0.2.7")
    text = words(lin.read(LOG))
    assert "Changed somebody&#x27;s role Person Wei Role Sales → became Finance" in text
    assert "192.0.2.7" in text
    assert "角色 销售 → 变为 财务" in words(office.at_work(shop, "zh-hans").read(LOG))


def test_who_has_left_is_still_named(shop: Merchant, lin: Visitor) -> None:
    wei = shop.memberships.create(user=User.objects.create_user("wei@example.com"), role="owner")
    links.pause(people.link(shop, Money(5000, "USD")), by=wei.user)
    merchants.leave(wei)
    assert words(lin.read(LOG)).count("wei@example.com") == 3  # the filter and two lines


def test_amounts_and_the_systems_own_acts_are_told(shop: Merchant, lin: Visitor) -> None:
    data: dict[str, object] = {"amount": 5000, "currency": "USD", "reason": "late"}
    audit.record("refund.promised", "pay_1", scope=shop.public_id, data=data)
    text = words(lin.read(LOG))
    assert "Sleek itself · Gave money back" in text
    assert "Amount 50.00 USD Reason late" in text


def test_what_is_kept_as_a_code_is_told_as_a_word(shop: Merchant, lin: Visitor) -> None:
    wei = User.objects.create_user("wei@example.com")
    shop.memberships.create(user=wei, role=Role.SALES)
    facts: list[tuple[str, dict[str, object]]] = [
        ("batch.stopped", {"kind": "send", "size": 4, "cause": "right", "starter": wei.public_id}),
        ("invoice.sent", {"number": "SK-1", "sending": "snd_1"}),
        ("invoice.followed_up", {"outcome": "wrong", "day": None}),
        ("refund.rerouted", {"route": "bank"}),
        ("plan.created", {"name": "Kiln", "millionths": 125_000}),
    ]
    for action, data in facts:
        audit.record(action, "sub_1", scope=shop.public_id, data=data)
    text = words(lin.read(LOG))
    assert "Kind Send Bills 4" in text
    assert "Cause Whoever started it may not do this any more. Started by wei@example.com" in text
    assert "Number SK-1" in text
    assert "snd_1" not in text
    assert "Way By bank transfer" in text
    assert "Name Kiln Share 12.5" in text


def test_a_list_of_two_is_not_taken_for_before_and_after(shop: Merchant, lin: Visitor) -> None:
    data: dict[str, object] = {"name": "Stripe", "methods": ["card", "alipay"]}
    audit.record("connection.changed", "con_1", scope=shop.public_id, data=data)
    assert "Name Stripe Methods Bank card, Alipay" in words(lin.read(LOG))


def test_another_merchants_log_and_the_operators_stay_theirs(shop: Merchant, lin: Visitor) -> None:
    paused(people.merchant("Chen Tea", "chen@example.com"))
    audit.record("secrets.rewrapped", "connections")
    page = lin.read(LOG)
    assert "Nothing has been changed yet" in page
    assert "chen@example.com" not in page
    assert len(read_file(lin)) == 1


@pytest.mark.parametrize("role", [role for role in Role])
def test_only_who_may_read_it_does(shop: Merchant, role: Role) -> None:
    visitor = office.colleague(shop, role)
    expected = 200 if role in (Role.OWNER, Role.FINANCE, Role.REVIEWER) else 403
    assert [visitor.get(url).status_code for url in (LOG, f"{LOG}.csv")] == [expected] * 2


def test_filters_narrow_by_person_act_and_day(
    shop: Merchant, lin: Visitor, frozen_clock: FrozenClock
) -> None:
    link = paused(shop)
    frozen_clock.advance(days=2)
    links.resume(link, by=owner(shop))
    audit.record("settlement.recorded", "stl_1", scope=shop.public_id)
    found = {
        query: len(read_file(lin, query)) - 1
        for query in (
            "",
            "person=system",
            f"person={owner(shop).public_id}",
            "action=link.paused",
            "since=2026-03-04",
            "until=2026-03-03",
            "since=nonsense",
        )
    }
    assert list(found.values()) == [3, 1, 2, 1, 2, 1, 3]
    assert "Nothing fits these filters" in lin.read(f"{LOG}?action=member.left")


def test_a_day_begins_in_the_merchants_zone(
    shop: Merchant, lin: Visitor, frozen_clock: FrozenClock
) -> None:
    frozen_clock.advance(hours=6, minutes=59, seconds=59)  # 23:59:59 in Shanghai
    link = paused(shop)
    frozen_clock.advance(seconds=1)
    links.resume(link, by=owner(shop))
    [_head, line] = read_file(lin, "since=2026-03-03")
    assert line[:5] == [
        "2",
        "2026-03-03 00:00:00",
        "lin@example.com",
        "Resumed a payment link",
        link.public_id,
    ]


def test_long_logs_have_pages_and_a_bad_place_begins_anew(shop: Merchant, lin: Visitor) -> None:
    for number in range(30):
        audit.record("link.paused", f"lnk_{number}", scope=shop.public_id)
    page = lin.read(LOG)
    assert page.count('class="row-item act"') == 25
    [older] = re.findall(r'href="\?before=(\d+)"', page)
    assert lin.read(f"{LOG}?before={older}").count('class="row-item act"') == 5
    assert lin.read(f"{LOG}?before=x").count('class="row-item act"') == 25


def test_the_file_is_safe_to_open_in_a_spreadsheet(shop: Merchant, lin: Visitor) -> None:
    audit.record("merchant.updated", "mer_1", scope=shop.public_id, data={"=1+1": "x"})
    [_head, line] = read_file(lin)
    assert line[5].startswith("'=1+1")


def test_a_tampered_log_says_so(committed_db: str) -> None:
    shop = people.merchant()
    paused(shop)
    with past_all_triggers(committed_db) as superuser:
        superuser.execute("UPDATE audit_record SET subject = 'lnk_9'")
    assert "record 1 does not fit its chain" in office.at_work(shop).read(LOG)


def test_a_big_log_is_checked_when_asked(
    shop: Merchant, lin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "CHECKED_AT_ONCE", 0)
    paused(shop)
    assert "The log holds 1 records" in lin.read(LOG)
    assert "The log is whole" in lin.read(f"{LOG}?check=1")


def test_every_act_of_a_merchants_log_has_its_words() -> None:
    text = Path(settings.BASE_DIR.parent, "docs/events.md").read_text()
    table = text[text.index("## Acts in the audit log") :]
    acts = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table))
    of_people = ("user.", "identity.", "secrets.")  # in the operator's chain
    assert {act for act in acts if not act.startswith(of_people)} == set(ACTS)


def read_file(visitor: Visitor, query: str = "") -> list[list[str]]:
    answer = visitor.get(f"{LOG}.csv?{query}")
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))
