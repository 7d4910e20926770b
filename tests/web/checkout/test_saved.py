"""Paying with a card that was saved, in the browser that agreed to it and in no other."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import override_settings

from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, SavedMethod
from sleek.payments.rules import saving
from tests import people
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser

TEN = Money(1000, "USD")
CARD = r'value="(con_\w+\.card\.redirect)"'


@pytest.fixture
def tea(shop: Merchant) -> PaymentLink:
    return people.link(shop, TEN, is_reusable=True)


def page_of(link: PaymentLink) -> str:
    return f"/p/{link.token}/"


def text(response: HttpResponse) -> str:
    return response.content.decode()


def pay(payer: Browser, link: PaymentLink, bank: Bank, **fields: str) -> Attempt:
    """By card on the link's page, and the money comes."""
    page = text(payer.get(page_of(link)))
    offers = re.findall(CARD, page)
    again = re.findall(r'name="again" value="([^"]+)"', page)
    more = {"again": again[0]} if again else {}
    payer.choose(page_of(link), offers[0], **more, **fields)
    attempt = Attempt.objects.latest("pk")
    payments.apply_reports([bank.pay(attempt.public_id)])
    return attempt


def saved_choice(page: str) -> list[str]:
    return re.findall(r'value="(saved\.sm_\w+)"', page)


def cookies_of(payer: Browser) -> list[str]:
    return [name for name in payer.client.cookies if name.startswith("sleek_known_")]


def test_the_box_is_there_and_not_ticked(payer: Browser, tea: PaymentLink) -> None:
    page = text(payer.get(page_of(tea)))
    box = re.findall(r'<input type="checkbox" name="save"[^>]*>', page)
    assert box == ['<input type="checkbox" name="save" value="card">']
    assert "Save this card for the next payment to Lin Ceramics" in page
    assert "Nothing is charged unless you start it." in page
    assert saved_choice(page) == []


def test_no_browser_is_known_whose_payer_did_not_tick(
    payer: Browser, tea: PaymentLink, bank: Bank
) -> None:
    pay(payer, tea, bank)
    assert cookies_of(payer) == []
    assert not SavedMethod.objects.exists()


def test_who_ticked_pays_with_one_press_the_next_time(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank
) -> None:
    pay(payer, tea, bank, save="card")
    row = SavedMethod.objects.get()
    assert (row.language, len(row.text_hash), row.address) == ("en", 64, "127.0.0.1")
    page = text(payer.get(page_of(tea)))
    assert saved_choice(page) == [f"saved.{row.public_id}"]
    assert page.index("Visa •4242") < page.index("Bank card")
    again = re.findall(r'name="again" value="([^"]+)"', page)[0]
    left = payer.choose(page_of(tea), f"saved.{row.public_id}", again=again)
    attempt = Attempt.objects.latest("pk")
    assert (left.status_code, left["Location"]) == (303, attempt.next_url)
    assert (attempt.saved_method, attempt.money) == (row, TEN)
    assert bank.orders[attempt.public_id].saved == row.unseal()


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank
) -> None:
    with override_settings(SESSION_COOKIE_SECURE=True):
        pay(payer, tea, bank, save="card")
    cookie = payer.client.cookies[f"sleek_known_{shop.public_id}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert cookie["max-age"] == int(saving.KNOWN_FOR.total_seconds())
    row = SavedMethod.objects.get()
    assert len(cookie.value) == 32
    assert cookie.value not in (row.browser_hash, row.public_id)


def test_a_payment_renews_the_cookie_and_not_its_secret(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank
) -> None:
    pay(payer, tea, bank, save="card")
    name = f"sleek_known_{shop.public_id}"
    before = payer.client.cookies[name].value
    page = text(payer.get(page_of(tea)))
    again = re.findall(r'name="again" value="([^"]+)"', page)[0]
    left = payer.choose(page_of(tea), saved_choice(page)[0], again=again)
    assert left.cookies[name].value == before


def test_a_second_tick_brings_a_fresh_secret(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank
) -> None:
    """Whoever put the first one into the browser learns nothing by it."""
    pay(payer, tea, bank, save="card")
    planted = payer.client.cookies[f"sleek_known_{shop.public_id}"].value
    pay(payer, tea, bank, save="card")
    assert len(saved_choice(text(payer.get(page_of(tea))))) == 2
    thief = Browser()
    thief.client.cookies[f"sleek_known_{shop.public_id}"] = planted
    assert saved_choice(text(thief.get(page_of(tea)))) == []


def test_nobody_else_sees_or_charges_it(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank
) -> None:
    pay(payer, tea, bank, save="card")
    choice = f"saved.{SavedMethod.objects.get().public_id}"
    stranger = Browser()
    page = text(stranger.get(page_of(tea)))
    assert "4242" not in page
    count = Attempt.objects.count()
    refused = stranger.choose(page_of(tea), choice)
    assert refused.status_code == 422
    assert "not offered any more" in text(refused)
    other = people.link(people.merchant("Berg", "berg@example.com"), TEN)
    assert "4242" not in text(payer.get(page_of(other)))
    assert payer.choose(page_of(other), choice).status_code == 422
    assert Attempt.objects.count() == count


@pytest.mark.parametrize("value", ["", "x" * 500, "ü", "' OR 1=1"])
def test_a_cookie_that_is_none_is_nobodys(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank, value: str
) -> None:
    pay(payer, tea, bank, save="card")
    stranger = Browser()
    stranger.client.cookies[f"sleek_known_{shop.public_id}"] = value
    page = stranger.get(page_of(tea))
    assert (page.status_code, saved_choice(text(page))) == (200, [])


@pytest.mark.parametrize("wish", ["saved.", "saved.sm_none", "saved.sm_none.card.redirect"])
def test_what_is_kept_for_nobody_charges_nothing(
    payer: Browser, tea: PaymentLink, bank: Bank, wish: str
) -> None:
    assert payer.choose(page_of(tea), wish).status_code == 422
    assert not Attempt.objects.exists()


def test_a_tick_for_another_method_is_none(payer: Browser, tea: PaymentLink, bank: Bank) -> None:
    attempt = pay(payer, tea, bank, save="alipay")
    assert bank.orders[attempt.public_id].saves is False
    assert cookies_of(payer) == []


def test_who_says_not_me_has_it_forgotten(payer: Browser, tea: PaymentLink, bank: Bank) -> None:
    pay(payer, tea, bank, save="card")
    row = SavedMethod.objects.get()
    left = payer.send(page_of(tea), forget=row.public_id)
    assert (left.status_code, left["Location"]) == (303, f"{page_of(tea)}?forgotten=1")
    page = text(payer.get(left["Location"]))
    assert "That card is forgotten here." in page
    assert saved_choice(page) == []
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert Attempt.objects.count() == 1


def test_nobody_has_anothers_forgotten(payer: Browser, tea: PaymentLink, bank: Bank) -> None:
    pay(payer, tea, bank, save="card")
    row = SavedMethod.objects.get()
    assert Browser().send(page_of(tea), forget=row.public_id).status_code == 303
    row.refresh_from_db()
    assert row.revoked_at is None


def test_on_the_payments_own_page_it_is_the_same(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank
) -> None:
    pay(payer, tea, bank, save="card")
    row = SavedMethod.objects.get()
    url = f"/pay/{people.payment(shop, TEN).public_id}/"
    assert saved_choice(text(payer.get(url))) == [f"saved.{row.public_id}"]
    assert payer.choose(url, f"saved.{row.public_id}").status_code == 303
    assert Attempt.objects.latest("pk").saved_method == row
    other = f"/pay/{people.payment(shop, TEN).public_id}/"
    assert payer.send(other, forget=row.public_id)["Location"] == f"{other}?forgotten=1"
    assert saved_choice(text(payer.get(other))) == []


def test_a_merchant_who_switched_it_off_neither_saves_nor_charges(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank
) -> None:
    pay(payer, tea, bank, save="card")
    choice = f"saved.{SavedMethod.objects.get().public_id}"
    shop.saves_methods = False
    shop.save(update_fields=["saves_methods"])
    page = text(payer.get(page_of(tea)))
    assert 'name="save"' not in page
    assert saved_choice(page) == []
    again = re.findall(r'name="again" value="([^"]+)"', page)[0]
    assert payer.choose(page_of(tea), choice, again=again).status_code == 422
    assert Attempt.objects.count() == 1
    attempt = pay(payer, tea, bank, save="card")
    assert bank.orders[attempt.public_id].saves is False


def test_a_declined_card_says_so_beside_it(
    payer: Browser, tea: PaymentLink, shop: Merchant, bank: Bank
) -> None:
    pay(payer, tea, bank, save="card")
    choice = f"saved.{SavedMethod.objects.get().public_id}"
    payment = people.payment(shop, TEN)
    bank.refuses = True
    url = f"/pay/{payment.public_id}/"
    assert payer.choose(url, choice)["Location"] == url
    page = text(payer.get(url))
    assert page.index("Visa •4242") < page.index('id="advice"') < page.index("Bank card")
