"""The list of links, one link's page with what came of it, and its end."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.db import connection, transaction

from sleek.core import clock
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.links import actions as links
from sleek.links.actions import Limits, Look
from sleek.links.models import PaymentLink, Plea
from sleek.links.rules import AmountKind, Ask
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import Visit
from sleek.reports.queries import links as reports
from sleek.reports.queries.links import Figures, Filters
from sleek.reports.queries.pages import Place
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

TODAY = date(2026, 3, 2)


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def _pay(link: PaymentLink, bank: Bank, **visit: object) -> None:
    payment = payments.open_for_link(link, Visit(language="en", **visit))  # type: ignore[arg-type]
    attempt = people.attempt(payment)
    payments.apply_reports([bank.pay(attempt.public_id)])


def test_a_link_tells_who_looked_who_began_who_paid(shop, bank):
    link = people.link(shop, office.FIFTY, is_reusable=True)
    for _ in range(8):
        links.count_view(link, None, on=TODAY)
    _pay(link, bank)
    payments.open_for_link(link, Visit(language="en"))

    [row] = reports.with_figures([link], clock.now())
    page = _text(office.at_work(shop).get(f"/links/{link.public_id}"))

    assert row.figures == Figures(views=8, started=2, paid=1, collected=5000)
    assert "<dd>8</dd>" in page
    assert "12.5%" in page


def test_each_sticker_has_figures_of_its_own(shop, bank):
    link = people.link(shop, office.FIFTY, is_reusable=True)
    lin = shop.memberships.get().user
    door, till = links.add_stickers(link, ["Door", "Till"], by=lin)
    links.count_view(link, door, on=TODAY)
    _pay(link, bank, sticker=till)

    rows = {row.sticker: row.figures for row in reports.with_stickers(link)}

    assert rows == {door: Figures(views=1), till: Figures(started=1, paid=1, collected=5000)}


def test_a_paused_link_says_so_and_resumes(shop):
    lin, link = office.at_work(shop), people.link(shop, office.FIFTY)

    assert "This link is paused" in _text(lin.post(f"/links/{link.public_id}/pause", follow=True))
    assert "Pause link" in _text(lin.post(f"/links/{link.public_id}/resume", follow=True))


def test_a_link_under_attack_says_so_for_an_hour(shop, frozen_clock):
    lin, link = office.at_work(shop), people.link(shop, office.FIFTY)
    data: dict[str, object] = {"tries": 40, "paid": 1, "declined": 30}
    with transaction.atomic():
        events.record([Fact("link.guarded", link.public_id, shop.pk, data)])

    assert "40 within an hour, 1 of them paid" in _text(lin.get(f"/links/{link.public_id}"))
    frozen_clock.advance(hours=1, seconds=1)
    assert "within an hour" not in _text(lin.get(f"/links/{link.public_id}"))


def test_an_archived_link_is_off_the_list_and_stays_so(shop):
    lin, link = office.at_work(shop), people.link(shop, office.FIFTY)

    page = _text(lin.post(f"/links/{link.public_id}/archive", follow=True))
    resumed = _text(lin.post(f"/links/{link.public_id}/resume", follow=True))

    assert "This link is archived." in page
    assert "Make a new one like it." in resumed
    assert link.public_id not in _text(lin.get("/links"))
    assert link.public_id in _text(lin.get("/links?status=archived"))
    link.refresh_from_db()
    assert link.status == "archived"


def test_a_payer_who_asks_is_seen_and_answered(shop):
    link = people.link(shop, office.FIFTY)
    plea = links.ask_for_new(link, email="ama@example.com", note="Please!", language="en")
    lin = office.at_work(shop)

    assert "ama@example.com" in _text(lin.get("/links"))
    assert f"/links/new?like={link.public_id}" in _text(lin.get(f"/links/{link.public_id}"))
    lin.post(f"/pleas/{plea.public_id}/answer")

    assert Plea.objects.get().answered_at
    assert "ama@example.com" not in _text(lin.get("/links"))


def test_support_answers_payers_whose_addresses_it_does_not_see(shop):
    link = people.link(shop, office.FIFTY)
    plea = links.ask_for_new(link, email="ama@example.com", note="", language="en")
    support, viewer = office.colleague(shop, "support"), office.colleague(shop, "viewer")

    page = _text(support.get(f"/links/{link.public_id}"))

    assert "a***@example.com" in page
    assert "ama@example.com" not in page
    assert "example.com" not in _text(viewer.get("/links")).partition("<main")[2]
    assert viewer.post(f"/pleas/{plea.public_id}/answer").status_code == 403
    assert support.post(f"/pleas/{plea.public_id}/answer").status_code == 302


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=样品", True),
        ("q=50", True),
        ("q=51", False),
        ("q=fair", True),
        ("status=active", True),
        ("status=paused", False),
        ("status=paid", False),
        ("kind=fixed", True),
        ("kind=open", False),
        ("tag=fair", True),
        ("tag=Fair", False),
    ],
)
def test_links_are_found_by_words_amount_state_kind_and_tag(shop, query, is_found):
    link = people.link(shop, office.FIFTY)
    PaymentLink.objects.update(tags=["fair"])

    page = _text(office.at_work(shop).get(f"/links?{query}"))

    assert (link.public_id in page) == is_found
    assert ("Nothing fits these filters" in page) != is_found


def test_the_list_as_a_file_tells_what_the_pages_tell(shop, bank):
    link = people.link(shop, office.FIFTY, is_reusable=True)
    PaymentLink.objects.update(reason="=1+1", tags=["@fair"])
    links.count_view(link, None, on=TODAY)
    _pay(link, bank)

    file = office.at_work(shop).get("/links.csv?kind=fixed")

    text = file.getvalue().decode()
    head, line = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    told = dict(zip(head, line, strict=True))
    assert (told["Reason"], told["Tags"]) == ("'=1+1", "'@fair")
    assert (told["Amount"], told["Views"], told["Paid"]) == ("50.00", "1", "1")
    assert (told["Collected"], told["Currency"]) == ("50.00", "USD")


def test_links_of_every_kind_are_listed_and_shown(shop):
    lin, user = office.at_work(shop), shop.memberships.get().user
    for ask in (
        Ask.fixed(office.FIFTY),
        Ask(AmountKind.OPEN, "JPY", minimum=100, maximum=9000),
        Ask(AmountKind.QUANTITY, "USD", amount=1800, quantity_max=6),
    ):
        limits = Limits(is_reusable=True, uses=9, pieces=9)
        link = links.create(shop, ask, "Cup", by=user, limits=limits, look=Look(tags=["a"]))
        assert lin.get(f"/links/{link.public_id}").status_code == 200
        assert lin.get(f"/links/{link.public_id}/poster.png").status_code == 200

    assert _text(lin.get("/links")).count('class="row-link"') == 3


def test_the_list_costs_the_same_however_long_it_is(shop, django_assert_max_num_queries):
    lin = office.at_work(shop)
    office.paid(shop)
    with django_assert_max_num_queries(100) as few:
        lin.get("/links")
    for _ in range(6):
        office.paid(shop)

    with django_assert_max_num_queries(len(few.captured_queries)):
        lin.get("/links")


def test_a_page_of_a_hundred_thousand_links_is_read_by_an_index(shop):
    """However it is filtered: as many are dear to make, and made once."""
    first = people.link(shop, Money(100, "USD"))
    with connection.cursor() as cursor:
        cursor.execute(_UNCHECKED)
        cursor.execute(_MANY, [first.pk])
        cursor.execute("ANALYZE links_paymentlink")

    for filters in (Filters(), Filters(kind="fixed"), Filters(state="active")):
        rows = reports.matching(shop.links.all(), filters, now=clock.now())
        plan = rows.order_by("-created_at", "-pk")[:26].explain()
        assert "link_newest_first" in plan, filters
        assert "Seq Scan on links_paymentlink" not in plan, filters
        found = reports.links(shop.links.all(), Place(), filters, now=clock.now()).rows
        assert len(found) == 25, filters


# All of them are of the same merchant, brand and person, which would be looked up for each.
_UNCHECKED = """
    DO $$ DECLARE key name; BEGIN
        SET CONSTRAINTS ALL IMMEDIATE;
        FOR key IN SELECT conname FROM pg_constraint
            WHERE conrelid = 'links_paymentlink'::regclass AND contype = 'f'
        LOOP EXECUTE format('ALTER TABLE links_paymentlink DROP CONSTRAINT %I', key); END LOOP;
    END $$
"""
_MANY = """
    INSERT INTO links_paymentlink (public_id, token, merchant_id, brand_id, amount_kind, amount,
        currency, reason, description, thank_you, redirect_url, fields, asks_terms, tags,
        is_reusable, status, created_by_id, created_at)
    SELECT 'lnk_' || n, 'many' || n, merchant_id, brand_id, amount_kind, n,
        currency, reason, description, thank_you, redirect_url, fields, asks_terms, tags,
        true, status, created_by_id, created_at - n * interval '1 minute'
    FROM links_paymentlink, generate_series(1, 100000) n WHERE id = %s
"""


def _text(answer) -> str:
    return str(answer.content.decode())
