"""Beside the form stands the payer's own page, drawn from what was typed, and nothing is left of
it.
"""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from sleek.events.models import Event
from sleek.links.models import PaymentLink, Views
from sleek.merchants import actions as merchants
from sleek.merchants.models import Brand, Merchant
from sleek.web.ui import drafts
from sleek.web.ui.drafts import Draft
from tests import people
from tests.fakes.channel import Bank
from tests.merchants import drawing
from tests.web.dashboard import office

FORM = {"amount": "50", "currency": "USD", "reason": "Sample fee"}


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def _frame(page: str) -> str:
    [address] = re.findall(r'<iframe class="phone-page" src="([^"]+)"', page)
    return unescape(address)


def _previewed(shop: Merchant, **fields: object) -> str:
    fragment = office.at_work(shop).post("/links/preview", FORM | fields).content.decode()
    return Client().get(_frame(fragment)).content.decode()


def _body(page: str) -> str:
    """What a payer sees, without what differs from one look to the next."""
    return re.sub(r'(nonce|value|action)="[^"]*"|/p/\w+/', "", page[page.index("<main") :])


def test_the_preview_is_the_page_that_payers_get(shop):
    preview = _previewed(shop, email_asked="on", description="Two cups")
    office.at_work(shop).post("/links/new", FORM | {"email_asked": "on", "description": "Two cups"})
    link = PaymentLink.objects.get()

    page = Client().get(f"/p/{link.token}/?lang=en").content.decode()

    assert "Pay 50.00\N{NO-BREAK SPACE}USD" in preview
    assert _body(preview) == _body(page)


def test_previewing_leaves_nothing(shop):
    before = (Brand.objects.count(), Event.objects.count())

    _previewed(shop, brand="new", brand_name="Qing", kind="quantity", quantity_max="3", pieces="9")

    assert not PaymentLink.objects.exists()
    assert not Views.objects.exists()
    assert (Brand.objects.count(), Event.objects.count()) == before


def test_it_wears_the_brand_that_is_being_made_and_its_pictures(shop):
    picture = merchants.keep_picture(shop, drawing.picture())

    page = _previewed(
        shop, brand="new", brand_name="Qing", brand_color="#2f6b4f", picture=[picture.public_id]
    )

    assert "Qing" in page
    assert "#2f6b4f" in page
    assert f"/pictures/{picture.public_id}" in page


def test_the_page_in_the_frame_can_do_nothing(shop):
    fragment = office.at_work(shop).post("/links/preview", FORM).content.decode()
    answer = Client().get(_frame(fragment))

    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("sandbox allow-same-origin")
    assert "<script" not in answer.content.decode()  # the sandbox would only refuse it, loudly
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert not answer.cookies
    assert Client().post(_frame(fragment)).status_code == 405


def test_only_the_pages_with_a_preview_show_frames(shop):
    lin = office.at_work(shop)

    assert "frame-src 'self'" in lin.get("/links/new")["Content-Security-Policy"]
    assert "frame-src 'none'" in lin.get("/links")["Content-Security-Policy"]


@pytest.mark.parametrize("change", [lambda text: text[:-1] + "x", lambda text: "x" * 13_000])
def test_a_draft_that_we_did_not_seal_is_not_drawn(shop, change):
    sealed = drafts.seal(Draft(merchant=shop.public_id, kind="fixed", currency="USD", amount=1))

    assert Client().get(f"/preview/{sealed}/").status_code == 200
    assert Client().get(f"/preview/{change(sealed)}/").status_code == 404


def test_before_anything_is_typed_an_example_stands_there(shop):
    page = office.at_work(shop).get("/links/new").content.decode()

    assert "50.00" in Client().get(_frame(page)).content.decode()


@pytest.mark.parametrize("kind", ["fixed", "open", "quantity", "nonsense"])
def test_half_typed_forms_are_drawn_as_well(shop, kind):
    assert "Sample fee" in _previewed(shop, amount="", kind=kind, lasts="until", brand="nobody's")


def test_without_a_script_the_form_previews_itself(shop):
    page = office.at_work(shop).get("/links/new", FORM).content.decode()

    assert "50.00" in Client().get(_frame(page)).content.decode()


def test_it_says_when_nothing_can_be_paid(shop):
    shop.connections.update(is_enabled=False)

    page = office.at_work(shop).post("/links/preview", FORM).content.decode()

    assert "No payment method takes this amount" in page


def test_a_pale_colour_is_told_in_words(shop):
    lin = office.at_work(shop)
    pale = lin.post("/settings/brands/preview", {"accent_color": "#ffe680"}).content.decode()
    deep = lin.post("/settings/brands/preview", {"accent_color": "#0f5c73"}).content.decode()

    assert "Too pale to read: contrast 1.2 to 1" in pale
    assert "Reads well: contrast 7.1 to 1" in deep
