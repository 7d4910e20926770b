"""Stickers on a link that hangs for long, and codes at the counter that soon end."""

from __future__ import annotations

import re
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp

from sleek.core import clock
from sleek.core.money import Money
from sleek.links import actions as links
from sleek.links.models import PaymentLink, Sticker
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import Visit
from sleek.web.dashboard.telling import share
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


@pytest.fixture
def link(shop: Merchant) -> PaymentLink:
    return people.link(shop, office.FIFTY, is_reusable=True)


def _codes(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].render(scale=3).to_pil() for n in range(len(document))]
    document.close()
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)]


def test_one_sticker_for_each_line(shop, link):
    text = "Counter 1\r\n\r\n  Shop   window \n王女士"

    office.at_work(shop).post(f"/links/{link.public_id}/stickers", {"labels": text})

    assert [sticker.label for sticker in link.stickers.order_by("pk")] == [
        "Counter 1",
        "Shop window",
        "王女士",
    ]


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ("", "Give each sticker a label"),
        ("x" * 61, "is too long: at most 60 characters."),
        ("\n".join("abc" * 34), "At most 100 at once."),
    ],
)
def test_wrong_labels_make_no_sticker(shop, link, labels, complaint):
    page = office.at_work(shop).post(f"/links/{link.public_id}/stickers", {"labels": labels})

    assert complaint in page.content.decode()
    assert not Sticker.objects.exists()


def test_a_link_has_only_so_many(shop, link):
    lin = shop.memberships.get().user
    Sticker.objects.bulk_create(
        Sticker(merchant=shop, link=link, label=f"{n}", created_by=lin) for n in range(499)
    )

    page = office.at_work(shop).post(f"/links/{link.public_id}/stickers", {"labels": "a\nb"})

    assert "A link has at most 500 stickers." in page.content.decode()
    assert link.stickers.count() == 499


@pytest.mark.parametrize("per_page", [1, 4, 8, 24])
def test_every_sticker_on_the_sheet_decodes(shop, link, per_page):
    made = links.add_stickers(link, [f"No. {n}" for n in range(5)], by=shop.memberships.get().user)
    links.revoke_sticker(made[4], by=shop.memberships.get().user)

    file = office.at_work(shop).get(f"/links/{link.public_id}/stickers/{per_page}.pdf")

    assert sorted(_codes(file.content)) == sorted(map(share.sticker_address, made[:4]))


def test_one_sticker_alone_fills_its_page(shop, link):
    door, _till = links.add_stickers(link, ["Door", "Till"], by=shop.memberships.get().user)

    file = office.at_work(shop).get(f"/links/{link.public_id}/stickers/8.pdf?only={door.public_id}")

    assert _codes(file.content) == [share.sticker_address(door)] * 8


@pytest.mark.parametrize("path", ["stickers/7.pdf", "stickers/8.pdf?only=stk_nothing"])
def test_a_sheet_that_nobody_offers_is_not_there(shop, link, path):
    links.add_stickers(link, ["Door"], by=shop.memberships.get().user)

    assert office.at_work(shop).get(f"/links/{link.public_id}/{path}").status_code == 404


def test_a_link_that_is_paid_once_has_no_stickers(shop):
    once = people.link(shop, office.FIFTY)

    assert office.at_work(shop).get(f"/links/{once.public_id}/stickers").status_code == 404


def test_one_sticker_is_revoked_and_the_others_stay(shop, link):
    door, till = links.add_stickers(link, ["Door", "Till"], by=shop.memberships.get().user)

    page = office.at_work(shop).post(f"/stickers/{door.public_id}/revoke", follow=True)

    assert "“Door” is no longer good." in page.content.decode()
    assert Sticker.objects.get(pk=door.pk).revoked_at
    assert Sticker.objects.get(pk=till.pk).revoked_at is None


def test_a_code_at_the_counter_is_paid_once_and_ends_soon(shop, frozen_clock):
    lin = office.at_work(shop)

    answer = lin.post("/counter", {"amount": "12.5", "currency": "EUR", "reason": "Two cups"})

    made = PaymentLink.objects.get()
    assert answer["Location"] == f"/counter/{made.public_id}"
    assert (made.money, made.reason, made.tags) == (Money(1250, "EUR"), "Two cups", ["counter"])
    assert not made.is_reusable
    assert made.expires_at == clock.now() + timedelta(minutes=5)
    assert '<option value="EUR" selected>' in lin.get("/counter").content.decode()


@pytest.mark.parametrize("amount", ["", "0", "x", "1.234", "99999999999"])
def test_a_wrong_amount_at_the_counter_makes_no_code(shop, amount):
    page = office.at_work(shop).post("/counter", {"amount": amount, "currency": "USD"})

    assert 'class="field-error"' in page.content.decode()
    assert not PaymentLink.objects.exists()


def test_the_counter_follows_the_payment_to_its_end(shop, bank):
    lin = office.at_work(shop)
    shown = lin.post("/counter", {"amount": "50", "currency": "USD"})["Location"]
    made = PaymentLink.objects.get()

    assert _stage(lin, shown) == "waiting"
    payment = payments.open_for_link(made, Visit(language="en"))
    attempt = people.attempt(payment)
    assert _stage(lin, shown) == "confirming"
    payments.apply_reports([bank.pay(attempt.public_id)])
    assert _stage(lin, shown) == "paid"
    assert "50.00\N{NO-BREAK SPACE}USD received" in lin.get(f"{shown}/state").content.decode()
    assert "hx-get" not in lin.get(f"{shown}/state").content.decode()


def test_the_page_of_a_code_brings_the_script_that_follows_it(shop):
    lin = office.at_work(shop)
    shown = lin.post("/counter", {"amount": "50", "currency": "USD"})["Location"]

    page = lin.get(shown).content.decode()

    assert f'hx-get="{shown}/state"' in page
    assert re.search(r'<script src="[^"]*htmx\.min[^"]*\.js" defer>', page)


def test_a_code_that_nobody_scanned_is_over_after_five_minutes(shop, frozen_clock):
    lin = office.at_work(shop)
    shown = lin.post("/counter", {"amount": "50", "currency": "USD"})["Location"]

    frozen_clock.advance(minutes=5)

    assert _stage(lin, shown) == "over"
    page = lin.get(shown).content.decode()
    assert "The code has expired" in page
    assert "<svg xmlns" not in page


def _stage(lin, shown: str) -> str:
    [stage] = re.findall(r"counter-state counter-(\w+)", lin.get(f"{shown}/state").content.decode())
    return str(stage)
