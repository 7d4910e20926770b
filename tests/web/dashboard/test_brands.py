"""The brands and the terms in the settings."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sleek.merchants import actions as merchants
from sleek.merchants.actions import Face
from sleek.merchants.models import Brand, Merchant, Picture, Terms
from tests import people
from tests.fakes.channel import Bank
from tests.merchants import drawing
from tests.web.dashboard import office

FORM = {"name": "Qing", "accent_color": "#2f6b4f"}


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def _brand(shop: Merchant) -> Brand:
    return merchants.create_brand(shop, Face(name="Qing"), by=shop.memberships.get().user)


def test_a_brand_is_made_with_its_logo(shop):
    logo = SimpleUploadedFile("logo.png", drawing.picture())

    page = office.at_work(shop).post("/settings/brands/new", FORM | {"logo": logo}, follow=True)

    brand = Brand.objects.get(name="Qing")
    assert (brand.accent_color, brand.logo) == ("#2f6b4f", Picture.objects.get())
    assert f"/pictures/{Picture.objects.get().public_id}" in page.content.decode()


def test_a_logo_survives_a_mistake_elsewhere(shop):
    lin = office.at_work(shop)
    wrong = FORM | {
        "logo": SimpleUploadedFile("logo.png", drawing.picture()),
        "redirect_url": "http://a.example",
    }
    page = lin.post("/settings/brands/new", wrong).content.decode()

    kept = Picture.objects.get().public_id
    assert f'name="logo_kept" value="{kept}"' in page
    lin.post("/settings/brands/new", FORM | {"logo_kept": kept})
    logo = Brand.objects.get(name="Qing").logo
    assert logo
    assert logo.public_id == kept


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"accent_color": "red"}, "A colour looks like #0f5c73."),
        ({"redirect_url": "https://"}, "begins with https://"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"logo": SimpleUploadedFile("a.svg", b"<svg/>")}, "a.svg: This is a vector drawing"),
    ],
)
def test_a_mistake_makes_no_brand(shop, fields, complaint):
    page = office.at_work(shop).post("/settings/brands/new", FORM | fields)

    assert complaint in page.content.decode()
    assert Brand.objects.count() == 1


def test_a_brand_is_changed_and_loses_its_logo_on_wish(shop):
    brand = _brand(shop)
    logo = merchants.keep_logo(shop, drawing.picture())
    merchants.update_brand(brand, Face(name="Qing", logo=logo), by=shop.memberships.get().user)
    lin = office.at_work(shop)

    lin.post(f"/settings/brands/{brand.public_id}", FORM | {"thank_you": "Thanks"})
    brand.refresh_from_db()
    assert (brand.logo, brand.thank_you) == (logo, "Thanks")
    lin.post(f"/settings/brands/{brand.public_id}", FORM | {"removes_logo": "on"})
    brand.refresh_from_db()
    assert brand.logo is None


def test_another_brand_becomes_the_default_and_the_old_one_is_put_away(shop):
    first, brand, lin = shop.brands.get(), _brand(shop), office.at_work(shop)

    refused = lin.post(f"/settings/brands/{first.public_id}/archive", follow=True)
    lin.post(f"/settings/brands/{brand.public_id}/default")
    lin.post(f"/settings/brands/{first.public_id}/archive")

    assert "Make another one the default first." in refused.content.decode()
    first.refresh_from_db()
    assert first.archived_at
    assert shop.brands.get(is_default=True) == brand


def test_a_new_text_of_the_terms_is_a_new_version_and_the_old_one_stays_readable(shop):
    lin = office.at_work(shop)
    for text in ("Ten <b>days</b>.", "Five days."):
        lin.post("/settings/brands/terms", {"text": text})

    assert Terms.objects.count() == 2
    assert "Five days." in lin.get("/settings/brands/terms").content.decode()
    assert "Ten &lt;b&gt;days&lt;/b&gt;." in lin.get("/settings/brands/terms/1").content.decode()
    assert lin.get("/settings/brands/terms/3").status_code == 404


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("", "Write the terms"), ("x" * 20_001, "at most 20000 characters")],
)
def test_terms_that_are_none_are_refused(shop, text, complaint):
    page = office.at_work(shop).post("/settings/brands/terms", {"text": text})

    assert complaint in page.content.decode()
    assert not Terms.objects.exists()


def test_the_signing_secret_is_shown_after_a_proof_and_renewed(shop):
    lin = office.at_work(shop)
    assert (
        merchants.signing_secret(shop) not in lin.get("/settings/brands/signing").content.decode()
    )

    office.prove(lin)
    before = merchants.signing_secret(shop)
    assert before in lin.get("/settings/brands/signing").content.decode()
    after = lin.post("/settings/brands/signing", follow=True).content.decode()

    shop.refresh_from_db()
    assert before not in after
    assert merchants.signing_secret(shop) in after


def test_sales_makes_brands_but_never_sees_the_secret(shop):
    sales = office.colleague(shop, "sales")

    assert sales.get("/settings/brands").status_code == 200
    assert "Show the secret" not in sales.get("/settings/brands").content.decode()
    office.prove(sales)
    assert sales.get("/settings/brands/signing").status_code == 403
