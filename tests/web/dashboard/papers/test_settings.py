"""The settings of papers: numbers and their register, approval, templates, seals, certificate."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices import queries
from sleek.merchants.models import Merchant
from sleek.papers.models import Design
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk

LOOK = {"name": "Letter", "layout": "letterhead", "tongue": "en", "color_from": "brand"}


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


def test_a_new_pattern_counts_from_the_next_bill_on(shop):
    desk.issued(shop)
    visitor = office.at_work(shop)
    visitor.post("/settings/numbers/bill/new", {"pattern": "SF-{year}-{seq:3}"})
    assert not shop.series.filter(pattern="SF-{year}-{seq:3}").exists()
    office.prove(visitor)
    visitor.post("/settings/numbers/bill/new", {"pattern": "SF-{year}-{seq:3}"})
    assert desk.issued(shop).number == "SF-2026-001"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("SF-{year}", "{seq} must stand in it once"),
        ("SF-{month}-{seq}", "there must be {year}, too"),
        ("SF:{seq}", "Only letters, digits"),
        ("SK-{year}-{seq:5}", "There is a series with this pattern already."),
        ("", "Enter a pattern"),
    ],
)
def test_a_text_that_is_no_pattern_is_refused_in_words(shop, pattern, said):
    desk.issued(shop)
    visitor = office.at_work(shop)
    office.prove(visitor)
    answer = visitor.post("/settings/numbers/bill/new", {"pattern": pattern})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert shop.series.count() == 1


def test_a_pattern_shows_what_it_gives_while_it_is_typed(shop):
    visitor = office.at_work(shop)
    page = visitor.get("/settings/numbers/example", {"pattern": "A{yy}-{seq:3}"}).content.decode()
    assert "A26-007" in page
    assert "A27-001" in page


def test_void_numbers_stay_in_the_register(shop):
    invoices.void(desk.issued(shop), "Misprint", by=desk.owner(shop).user)
    page = office.at_work(shop).read("/settings/numbers")
    assert "SK-2026-00001" in page
    assert "Misprint" in page


def test_rules_of_approval_are_kept_and_taken_away(shop):
    visitor = office.at_work(shop)
    rule = {"rule-0-applies": "on", "rule-0-amount": "1,000", "rule-0-currency": "USD"}
    visitor.post("/settings/review", rule | {"rule-0-role": "sales"})
    [condition] = queries.conditions(shop.pk)
    assert condition.amount_from == Money(100000, "USD")
    assert condition.author_role == "sales"
    assert 'value="1000.00"' in visitor.read("/settings/review")
    assert visitor.post("/settings/review", rule | {"rule-0-amount": "x"}).status_code == 422
    assert len(queries.conditions(shop.pk)) == 1
    visitor.post("/settings/review", {})
    assert queries.conditions(shop.pk) == []


def test_the_first_template_is_the_usual_one_and_bills_wear_it(shop):
    visitor = office.at_work(shop)
    visitor.post("/settings/papers/new", LOOK | {"heading": "Request for payment"})
    design = Design.objects.get()
    assert (design.layout, design.tongue, design.is_default) == ("letterhead", "en", True)
    desk.issued(shop)
    assert shop.papers.get().sheet["title"] == ["Request for payment"]


def test_one_template_is_the_usual_one_and_it_cannot_be_put_away(shop):
    visitor = office.at_work(shop)
    for name in ("First", "Second"):
        visitor.post("/settings/papers/new", LOOK | {"name": name})
    first, second = Design.objects.order_by("pk")
    visitor.post(f"/settings/papers/{first.public_id}/archive")
    assert Design.objects.get(pk=first.pk).archived_at is None
    visitor.post(f"/settings/papers/{second.public_id}/usual")
    visitor.post(f"/settings/papers/{first.public_id}/archive")
    assert Design.objects.get(is_default=True) == second
    assert Design.objects.get(pk=first.pk).archived_at is not None


def test_a_template_is_looked_at_before_anybody_keeps_it(shop):
    visitor = office.at_work(shop)
    page = visitor.post("/settings/papers/preview", LOOK).content.decode()
    assert "data:image/png;base64," in page
    assert visitor.post("/settings/papers/new", LOOK | {"name": ""}).status_code == 422
    colour = LOOK | {"color_from": "own", "accent_color": "red"}
    assert "Choose a colour" in visitor.post("/settings/papers/new", colour).content.decode()
    assert not Design.objects.exists()


def test_a_seal_is_kept_by_the_owner_who_proved_who_they_are(shop):
    drawn = io.BytesIO()
    Image.new("RGBA", (200, 200), (200, 0, 0, 255)).save(drawn, "PNG")
    sent = {"kind": "finance", "name": "Seal", "width_mm": "40"}
    visitor = office.at_work(shop)

    def picture() -> SimpleUploadedFile:
        return SimpleUploadedFile("seal.png", drawn.getvalue(), "image/png")

    visitor.post("/settings/papers/seals/new", sent | {"picture": picture()})
    assert not shop.seals.exists()
    office.prove(visitor)
    wide = sent | {"width_mm": "400", "picture": picture()}
    assert visitor.post("/settings/papers/seals/new", wide).status_code == 422
    visitor.post("/settings/papers/seals/new", sent | {"picture": picture()})
    seal = shop.seals.get()
    assert (seal.name, seal.width_mm) == ("Seal", 40)
    visitor.post(f"/settings/papers/seals/{seal.public_id}/archive")
    assert shop.seals.get().archived_at is not None


def test_a_certificate_is_made_anew_and_a_wrong_file_is_refused(shop):
    desk.issued(shop)
    before = shop.certificates.get(is_current=True)
    visitor = office.at_work(shop)
    office.prove(visitor)
    file = SimpleUploadedFile("x.p12", b"nothing", "application/x-pkcs12")
    answer = visitor.post("/settings/papers/certificate/import", {"file": file, "password": "x"})
    assert answer.status_code == 422
    assert "The file does not open" in answer.content.decode()
    assert shop.certificates.get(is_current=True) == before
    visitor.post("/settings/papers/certificate")
    fresh = shop.certificates.get(is_current=True)
    assert fresh != before
    assert fresh.fingerprint in visitor.read("/settings/papers")
