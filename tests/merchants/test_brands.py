"""Brands and terms: one default always, and a text that somebody agreed to never changes."""

from __future__ import annotations

import hashlib
import threading

import pytest
from django.db import IntegrityError, connection

from sleek.audit.models import Record
from sleek.events.models import Event
from sleek.merchants import actions as merchants
from sleek.merchants.actions import BrandRefused, Face, TermsRefused
from sleek.merchants.actions.brands import MAX_BRANDS
from sleek.merchants.models import Brand, Merchant, Terms, User
from tests import people

STUDIO = Face(name="  Qing   Studio ", accent_color="#2F6B4F", thank_you=" Thanks! ")


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


def _lin(shop: Merchant) -> User:
    return shop.memberships.get().user


def test_a_brand_is_made_beside_the_default(shop):
    brand = merchants.create_brand(shop, STUDIO, by=_lin(shop))

    assert (brand.name, brand.accent_color, brand.thank_you) == (
        "Qing Studio",
        "#2f6b4f",
        "Thanks!",
    )
    assert not brand.is_default
    assert Event.objects.get(kind="brand.created").subject == brand.public_id


def test_a_brand_without_a_name_carries_the_merchants(shop):
    assert merchants.create_brand(shop, Face(), by=_lin(shop)).display_name == "Lin Ceramics"


def test_a_change_is_kept_with_what_was_and_no_change_is_none(shop):
    brand = merchants.create_brand(shop, STUDIO, by=_lin(shop))
    for _ in range(2):
        merchants.update_brand(brand, Face(name="Qing", accent_color="#2f6b4f"), by=_lin(shop))

    record = Record.objects.get(action="brand.updated")
    assert record.data == {"name": ["Qing Studio", "Qing"], "thank_you": ["Thanks!", ""]}


def test_making_one_the_default_ends_the_other(shop):
    first = shop.brands.get()
    brand = merchants.create_brand(shop, STUDIO, by=_lin(shop))

    merchants.make_default(brand, by=_lin(shop))

    first.refresh_from_db()
    assert (first.is_default, shop.brands.get(is_default=True)) == (False, brand)


def test_the_default_is_not_put_away(shop):
    with pytest.raises(BrandRefused):
        merchants.archive_brand(shop.brands.get(), by=_lin(shop))

    assert shop.brands.get().archived_at is None
    assert not Event.objects.filter(kind="brand.archived").exists()


def test_an_archived_brand_is_neither_changed_nor_made_the_default(shop):
    brand = merchants.create_brand(shop, STUDIO, by=_lin(shop))
    merchants.archive_brand(brand, by=_lin(shop))

    with pytest.raises(BrandRefused):
        merchants.update_brand(brand, Face(name="New"), by=_lin(shop))
    with pytest.raises(BrandRefused):
        merchants.make_default(brand, by=_lin(shop))
    brand.refresh_from_db()
    assert (brand.name, brand.is_default) == ("Qing Studio", False)


def test_there_are_only_so_many(shop):
    Brand.objects.bulk_create(Brand(merchant=shop, name=f"No. {n}") for n in range(MAX_BRANDS - 1))

    with pytest.raises(BrandRefused):
        merchants.create_brand(shop, STUDIO, by=_lin(shop))

    assert shop.brands.count() == MAX_BRANDS


@pytest.mark.parametrize("columns", [{"accent_color": "red"}, {"redirect_url": "http://a.example"}])
def test_the_database_refuses_what_the_forms_do(shop, columns):
    with pytest.raises(IntegrityError):
        Brand.objects.create(merchant=shop, **columns)


def test_two_who_make_different_brands_the_default_leave_one(committed_db):
    shop = people.merchant()
    made = [merchants.create_brand(shop, Face(name=name), by=_lin(shop)) for name in "AB"]

    def make_default(brand: Brand) -> None:
        merchants.make_default(brand, by=_lin(shop))
        connection.close()

    threads = [threading.Thread(target=make_default, args=[brand]) for brand in made * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert shop.brands.get(is_default=True) in made


def test_each_new_text_of_the_terms_is_a_version(shop):
    first, again, second = (
        merchants.write_terms(shop, text, by=_lin(shop))
        for text in ("Samples leave in ten days.", " Samples leave in ten days.\r\n", "In five.")
    )

    assert first == again
    assert (first.version, second.version) == (1, 2)
    first.refresh_from_db()
    assert first.text == "Samples leave in ten days."
    assert first.text_hash == hashlib.sha256(b"Samples leave in ten days.").hexdigest()
    assert Event.objects.filter(kind="terms.written").count() == 2


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 20_001])
def test_empty_or_endless_terms_are_refused(shop, text):
    with pytest.raises(TermsRefused):
        merchants.write_terms(shop, text, by=_lin(shop))

    assert not Terms.objects.exists()
