"""Making a link: three fields are enough, the rest is folded away, and no mistake loses a word."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sleek.core import clock
from sleek.links.models import PaymentLink
from sleek.links.rules import Field, FieldKey
from sleek.merchants import actions as merchants
from sleek.merchants.actions import Face
from sleek.merchants.models import Brand, Merchant, Picture
from sleek.web.dashboard.telling import share
from tests import people
from tests.fakes.channel import Bank
from tests.merchants import drawing
from tests.web.dashboard import office

FORM = {"amount": "50", "currency": "USD", "reason": "Sample fee"}


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def _made(shop: Merchant, **fields: object) -> PaymentLink:
    answer = office.at_work(shop).post("/links/new", FORM | fields)
    assert answer.status_code == 302, answer.content.decode()
    return PaymentLink.objects.get()


def _refused(shop: Merchant, language: str = "en", **fields: object) -> str:
    answer = office.at_work(shop, language).post("/links/new", FORM | fields)
    assert answer.status_code == 200
    assert not PaymentLink.objects.exists()
    return str(answer.content.decode())


def test_amount_and_reason_make_a_link_that_can_be_shared(shop):
    page = office.at_work(shop).post("/links/new", FORM, follow=True).content.decode()

    link = PaymentLink.objects.get()
    assert (link.money, link.reason, link.is_reusable) == (office.FIFTY, "Sample fee", False)
    assert link.brand == shop.brands.get()
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
    assert complaint in _refused(shop, language, amount=amount, currency=currency)


@pytest.mark.parametrize(
    ("typed", "minor"), [("1,234.50", 123450), ("５０", 5000), ("1 234.5", 123450), (".5", 50)]
)
def test_amounts_are_read_as_people_type_them(shop, typed, minor):
    assert _made(shop, amount=typed).amount == minor


def test_a_reason_that_is_too_long_says_by_how_much(shop):
    assert "At most 140 characters; these are 141." in _refused(shop, reason="x" * 141)


def test_the_payer_may_choose_between_bounds(shop):
    link = _made(shop, kind="open", amount="", minimum="5", maximum="2,000")

    assert (link.amount_kind, link.amount) == ("open", None)
    assert (link.amount_min, link.amount_max) == (500, 200_000)
    # Who may pay once chooses once.
    assert link.is_reusable
    assert link.uses
    assert link.uses.total == 1


def test_pieces_have_a_price_and_run_out(shop):
    link = _made(shop, kind="quantity", quantity_max="6", pieces="40", use="reusable")

    assert (link.amount_kind, link.amount, link.quantity_max) == ("quantity", 5000, 6)
    assert link.pieces
    assert (link.pieces.total, link.uses) == (40, None)


def test_a_link_may_be_paid_so_many_times(shop):
    link = _made(shop, use="limited", uses="3")

    assert link.is_reusable
    assert link.uses
    assert link.uses.total == 3


def test_it_ends_at_the_hour_of_the_merchants_clock(shop, frozen_clock):
    link = _made(shop, lasts="until", expires_at="2026-03-31T18:00")

    assert link.expires_at == datetime(2026, 3, 31, 18, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_or_after_some_days(shop, frozen_clock):
    assert _made(shop, lasts="7").expires_at == clock.now() + timedelta(days=7)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"kind": "open"}, "Say what the payer may pay at least and at most."),
        ({"kind": "open", "minimum": "9", "maximum": "8"}, "This is less than the least amount."),
        ({"kind": "open", "minimum": "60", "maximum": "80"}, "The suggestion lies outside"),
        ({"kind": "open", "minimum": "x", "maximum": "80"}, "Write the amount in digits"),
        ({"kind": "quantity"}, "Say how many pieces one payer can take at most."),
        ({"kind": "quantity", "quantity_max": "10001"}, "At most 10000 pieces in one payment."),
        ({"kind": "quantity", "quantity_max": "two"}, "Enter a whole number."),
        ({"kind": "quantity", "quantity_max": "5", "pieces": "0"}, "a number from 1 to 1000000"),
        ({"use": "limited"}, "Enter a number from 1 to 1000000."),
        ({"use": "limited", "uses": "0"}, "Enter a number from 1 to 1000000."),
        ({"lasts": "until"}, "Enter a day and an hour of the calendar."),
        ({"lasts": "until", "expires_at": "2026-13-01T00:00"}, "Enter a day and an hour"),
        ({"lasts": "until", "expires_at": "2026-03-02T16:59"}, "would have expired already"),
        ({"lasts": "until", "expires_at": "2028-03-02T09:00"}, "A link lasts at most 365 days."),
        ({"tags": "x" * 41}, "A tag has at most 40 characters."),
        ({"tags": ",".join("abcdefghijk")}, "At most 10 tags."),
        ({"redirect_url": "http://shop.example"}, "begins with https://"),
        ({"redirect_url": "https://shop.example@evil.example"}, "begins with https://"),
        ({"redirect_url": "javascript:alert(1)"}, "begins with https://"),
        ({"asks_terms": "on"}, "Write your terms first"),
        ({"brand": "new"}, "Give the new brand a name."),
        ({"brand": "new", "brand_name": "Q", "brand_color": "red"}, "A colour looks like #0f5c73."),
    ],
)
def test_every_mistake_is_explained_and_what_was_typed_stays(shop, frozen_clock, fields, complaint):
    page = _refused(shop, description="Hand-thrown cups", name_asked="on", **fields)

    assert complaint in page
    assert "Hand-thrown cups" in page
    assert 'name="name_asked" class="form-check-input" id="id_name_asked" checked' in page
    assert 'value="Sample fee"' in page


def test_a_mistake_in_the_folded_part_unfolds_it(shop):
    assert '<details class="fold" open>' in _refused(shop, kind="quantity")
    assert '<details class="fold fold-step" open>' in _refused(shop, redirect_url="x")


def test_the_page_asks_for_what_the_merchant_ticks(shop):
    link = _made(
        shop,
        email_asked="on",
        email_required="on",
        phone_required="on",
        own_2_label="  Glaze  colour ",
    )

    assert link.fields_asked == [
        Field(FieldKey.EMAIL, is_required=True),
        Field(FieldKey.OWN_2, label="Glaze colour"),
    ]


def test_tags_are_read_with_commas_of_either_script(shop):
    assert _made(shop, tags="Canton Fair，cups、 cups , 2026").tags == [
        "Canton Fair",
        "cups",
        "2026",
    ]


def test_a_new_brand_is_made_with_its_logo_and_becomes_the_default_on_wish(shop):
    link = _made(
        shop,
        brand="new",
        brand_name="Qing Studio",
        brand_color="#2F6B4F",
        brand_logo=SimpleUploadedFile("logo.png", drawing.picture()),
        thank_you="Thank you!",
        as_default="on",
    )

    brand = shop.brands.get(is_default=True)
    assert link.brand == brand
    assert (brand.name, brand.accent_color) == ("Qing Studio", "#2f6b4f")
    assert (brand.logo, brand.thank_you) == (Picture.objects.get(), "Thank you!")


def test_pictures_stay_when_something_else_was_wrong(shop):
    page = _refused(
        shop, amount="", photos=[SimpleUploadedFile("a.png", drawing.picture(size=(9, 9)))]
    )

    kept = Picture.objects.get()
    assert f'name="picture" value="{kept.public_id}"' in page
    assert _made(shop, picture=[kept.public_id]).link_pictures.get().picture == kept


def test_a_file_that_is_no_picture_is_named(shop):
    page = _refused(shop, photos=[SimpleUploadedFile("menu.pdf", b"%PDF-1.7")])

    assert "menu.pdf: This is no picture that we can read" in page


def test_seven_pictures_are_too_many(shop):
    files = [SimpleUploadedFile(f"{n}.png", drawing.picture(size=(n + 1, 1))) for n in range(7)]

    assert "At most 6 pictures." in _refused(shop, photos=files)


def test_another_merchants_picture_and_brand_cannot_be_taken(shop):
    wei = people.merchant("Wei Tea", "wei@example.com")
    theirs = merchants.keep_picture(wei, drawing.picture())

    link = _made(shop, picture=[theirs.public_id])

    assert not link.link_pictures.exists()
    PaymentLink.objects.all().delete()
    assert "Select a valid choice" in _refused(shop, brand=wei.brands.get().public_id)


def test_pictures_are_kept_while_the_form_is_filled_in(shop):
    page = office.at_work(shop).post(
        "/links/pictures",
        {"photos": [SimpleUploadedFile("a.png", drawing.picture()),
                    SimpleUploadedFile("b.svg", b"<svg/>")]},
    ).content.decode()  # fmt: skip

    assert f'value="{Picture.objects.get().public_id}"' in page
    assert "b.svg: This is a vector drawing (SVG)" in page


def test_a_copy_begins_with_all_that_the_link_has(shop, frozen_clock):
    studio = merchants.create_brand(shop, Face(name="Qing"), by=shop.memberships.get().user)
    first = _made(
        shop,
        kind="quantity",
        quantity_max="6",
        pieces="40",
        use="limited",
        uses="9",
        lasts="7",
        brand=studio.public_id,
        description="Cups",
        tags="fair",
        email_asked="on",
    )
    lin = office.at_work(shop)
    page = lin.get(f"/links/new?like={first.public_id}")

    typed = page.context["form"].initial | page.context["look"].initial
    again = lin.post("/links/new", {key: value for key, value in typed.items() if value})
    second = PaymentLink.objects.exclude(pk=first.pk).get()
    assert again.status_code == 302
    for name in ("ask", "reason", "brand", "description", "tags", "fields", "is_reusable"):
        assert getattr(first, name) == getattr(second, name), name
    assert second.expires_at == first.expires_at
    assert second.uses
    assert second.pieces
    assert (second.uses.total, second.pieces.total) == (9, 40)


def test_another_merchants_link_is_no_model(shop):
    wei = people.link(people.merchant("Wei Tea", "wei@example.com"), office.FIFTY)

    page = office.at_work(shop).get(f"/links/new?like={wei.public_id}")

    assert page.context["form"].initial == {"currency": "USD", "use": "single", "kind": "fixed"}


def test_a_link_is_dressed_anew_and_its_amount_stays(shop):
    merchants.write_terms(shop, "Ten days.", by=shop.memberships.get().user)
    link = _made(shop)

    answer = office.at_work(shop).post(
        f"/links/{link.public_id}/look",
        {"amount": "1", "description": "Two cups", "asks_terms": "on", "tags": "fair"},
    )

    link.refresh_from_db()
    assert answer.status_code == 302
    assert (link.description, link.asks_terms, link.tags) == ("Two cups", True, ["fair"])
    assert link.money == office.FIFTY


def test_finance_makes_links_but_no_brands(shop):
    finance = office.colleague(shop, "finance")

    page = finance.get("/links/new").content.decode()
    answer = finance.post("/links/new", FORM | {"brand": "new", "brand_name": "Mine"})

    assert "A new brand" not in page
    assert answer.status_code == 200
    assert Brand.objects.count() == 1
    assert finance.post("/links/new", FORM | {"as_default": "on"}).status_code == 302


@pytest.mark.parametrize("role", ["viewer", "support", "reviewer"])
def test_who_may_only_read_makes_no_links(shop, role):
    reader = office.colleague(shop, role)

    assert reader.get("/links").status_code == 200
    assert reader.post("/links/new", FORM).status_code == 403
    assert not PaymentLink.objects.exists()
