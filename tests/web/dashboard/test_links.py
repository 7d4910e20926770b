"""Payment links in the back office."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.web.dashboard.telling import share
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

FORM = {"amount": "50", "currency": "USD", "reason": "Sample fee"}


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def test_amount_and_reason_make_a_link_that_can_be_shared(shop):
    lin = office.at_work(shop)

    page = lin.post("/links/new", FORM, follow=True).content.decode()

    link = PaymentLink.objects.get()
    assert (link.money, link.reason, link.is_reusable) == (office.FIFTY, "Sample fee", False)
    assert share.address(link).endswith(f"/p/{link.token}/")
    assert f'value="{share.address(link)}"' in page
    assert "Copy link" in page


@pytest.mark.parametrize(
    ("language", "amount", "currency", "complaint"),
    [
        ("en", "50.5", "JPY", "JPY has no decimals. Enter a whole number."),
        ("zh-hans", "50.5", "JPY", "JPY 没有小数，请填写整数。"),
        ("en", "1.234", "USD", "USD has at most 2 decimals."),
        ("zh-hans", "1.234", "USD", "USD 最多 2 位小数。"),
        ("en", "fifty", "USD", "Write the amount in digits, like 1234.50."),
        ("zh-hans", "5,0", "CNY", "请用数字填写金额，例如 1234.50。"),
        ("en", "0", "USD", "The amount must be at least 0.01"),
        ("zh-hans", "-3", "USD", "金额不能少于 0.01"),
        ("en", "99999999999", "USD", "A link can collect at most 10,000,000.00"),
        ("zh-hans", "", "USD", "请填写要收的金额。"),
    ],
)
def test_a_wrong_amount_is_explained_at_its_field(shop, language, amount, currency, complaint):
    lin = office.at_work(shop, language)

    page = lin.post("/links/new", FORM | {"amount": amount, "currency": currency})

    assert complaint in page.content.decode()
    assert not PaymentLink.objects.exists()


@pytest.mark.parametrize(
    ("typed", "minor"), [("1,234.50", 123450), ("５０", 5000), ("1 234.5", 123450), (".5", 50)]
)
def test_amounts_are_read_as_people_type_them(shop, typed, minor):
    office.at_work(shop).post("/links/new", FORM | {"amount": typed})

    assert PaymentLink.objects.get().amount == minor


def test_a_reason_that_is_too_long_says_by_how_much(shop):
    page = office.at_work(shop).post("/links/new", FORM | {"reason": "x" * 141})

    assert "At most 140 characters; these are 141." in page.content.decode()


def test_the_preview_shows_what_the_payer_will_see(shop):
    page = office.at_work(shop).get("/links/preview", FORM).content.decode()

    assert "Sample fee" in page
    assert "Pay 50.00\N{NO-BREAK SPACE}USD" in page
    assert "Bank card" in page


def test_the_preview_says_when_nothing_can_be_paid(shop):
    shop.connections.update(is_enabled=False)

    page = office.at_work(shop).get("/links/preview", FORM).content.decode()

    assert "No payment method takes this amount" in page


def test_without_a_script_the_form_previews_itself(shop):
    page = office.at_work(shop).get("/links/new", FORM).content.decode()

    assert "Pay 50.00\N{NO-BREAK SPACE}USD" in page


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_qr_code_leads_to_the_link(shop, kind):
    link = people.link(shop, office.FIFTY)

    file = office.at_work(shop).get(f"/links/{link.public_id}/qr.{kind}")

    assert file.status_code == 200
    assert file["Content-Type"] == share.FILES[kind]
    if kind == "png":
        [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(file.content)))
        assert code.text == share.address(link)
        assert code.ec_level == "H"


def test_a_paused_link_says_so_and_resumes(shop):
    lin, link = office.at_work(shop), people.link(shop, office.FIFTY)

    assert "This link is paused" in _text(lin.post(f"/links/{link.public_id}/pause", follow=True))
    assert "Pause link" in _text(lin.post(f"/links/{link.public_id}/resume", follow=True))


@pytest.mark.parametrize(
    ("verb", "path"),
    [("get", ""), ("post", "/pause"), ("post", "/resume"), ("get", "/qr.png"), ("get", "/qr.svg")],
)
def test_another_merchants_link_is_not_there(shop, verb, path):
    link = people.link(shop, office.FIFTY)
    stranger = office.at_work(people.merchant("Wei Tea", "wei@example.com"))

    answer = getattr(stranger, verb)(f"/links/{link.public_id}{path}")

    assert answer.status_code == 404
    link.refresh_from_db()
    assert link.status == "active"


@pytest.mark.parametrize("role", ["viewer", "support", "reviewer"])
def test_who_may_only_read_neither_makes_nor_pauses_links(shop, role):
    link, reader = people.link(shop, office.FIFTY), office.colleague(shop, role)

    assert reader.get("/links").status_code == 200
    assert reader.post("/links/new", FORM).status_code == 403
    assert reader.post(f"/links/{link.public_id}/pause").status_code == 403
    assert PaymentLink.objects.get().status == "active"


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=样品", True),
        ("q=50", True),
        ("q=51", False),
        ("status=active", True),
        ("status=paused", False),
        ("status=paid", False),
    ],
)
def test_links_are_found_by_words_amount_and_state(shop, query, is_found):
    link = people.link(shop, office.FIFTY)

    page = _text(office.at_work(shop).get(f"/links?{query}"))

    assert (link.public_id in page) == is_found
    assert ("Nothing fits these filters" in page) != is_found


def test_the_list_costs_the_same_however_long_it_is(shop, django_assert_max_num_queries):
    lin = office.at_work(shop)
    office.paid(shop)
    with django_assert_max_num_queries(100) as few:
        lin.get("/links")
    for _ in range(6):
        office.paid(shop)

    with django_assert_max_num_queries(len(few.captured_queries)):
        lin.get("/links")


def _text(answer) -> str:
    return str(answer.content.decode())
