"""What a payer may choose on a link, and what nobody may choose for them."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse

from sleek.core.money import InvalidAmount, Money
from sleek.links import queries as links
from sleek.links.actions import Limits
from sleek.links.models import PaymentLink
from sleek.links.queries import PREFILL_AGE, Prefill
from sleek.links.rules import Ask, FieldKey
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.web.checkout.forms import amounts
from tests import people
from tests.conftest import FrozenClock
from tests.web.checkout.conftest import OPEN, PIECES, Browser, at, card, link_for, words


@pytest.fixture
def tips(shop: Merchant) -> PaymentLink:
    return link_for(shop, OPEN)


@pytest.fixture
def vases(shop: Merchant) -> PaymentLink:
    return link_for(shop, PIECES)


def field(page: HttpResponse, name: str) -> str:
    [tag] = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())
    found = re.search(r'value="([^"]*)"', tag)
    return found.group(1) if found else ""


def test_an_open_link_says_its_bounds_and_takes_what_lies_between(
    tips: PaymentLink, payer: Browser
) -> None:
    assert "From 10.00 USD to 5,000.00 USD" in words(payer.get(at(tips)))
    answer = payer.choose(at(tips), card(tips.merchant), amount="12.50")
    assert answer.status_code == 303
    assert Payment.objects.get().money == Money(1250, "USD")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please enter the amount that you would like to pay."),
        ("9.99", "Please choose 10.00 USD or more."),
        ("5000.01", "Please choose 5,000.00 USD or less."),
        ("-20", "Please choose 10.00 USD or more."),
        ("12.345", "Please write the amount in plain digits"),
        ("1.000", "Please write the amount in plain digits"),
        ("1,000", "Please write the amount in plain digits"),
        ("twenty", "Please write the amount in plain digits"),
        ("9" * 400, "Please write the amount in plain digits"),
        ("1e3", "Please write the amount in plain digits"),
    ],
)
def test_an_amount_that_cannot_be_taken_is_explained_and_kept(
    tips: PaymentLink, payer: Browser, typed: str, said: str
) -> None:
    page = payer.choose(at(tips), card(tips.merchant), amount=typed)
    assert (page.status_code, said in words(page)) == (422, True)
    assert field(page, "amount") == typed[:24]
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("12.5", "USD", 1250),
        ("12,50", "EUR", 1250),
        ("1.234,50", "EUR", 123450),
        ("1,234.50", "USD", 123450),
        ("1,234,567", "JPY", 1234567),
        ("1 234,5", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("١٢٫٥", "USD", 1250),
        ("१२.५०", "INR", 1250),
        ("１２．５０", "JPY", None),
        ("１２", "JPY", 12),
        ("1.234", "KWD", 1234),
        ("1,234", "KWD", None),
        ("1,23,456.00", "INR", None),
        ("1.2.3", "USD", None),
        ("", "USD", None),
        (".", "USD", None),
    ],
)
def test_amounts_are_read_as_people_write_them_or_not_at_all(
    typed: str, currency: str, minor: int | None
) -> None:
    if minor is None:
        with pytest.raises(InvalidAmount):
            amounts.parse(typed, currency)
    else:
        assert amounts.parse(typed, currency) == Money(minor, currency)


def test_a_quantity_makes_the_total_and_the_total_must_have_been_seen(
    vases: PaymentLink, payer: Browser
) -> None:
    page = payer.get(at(vases))
    assert ("Pay 20.00 USD" in words(page), field(page, "shown")) == (True, "2000")
    unseen = payer.choose(at(vases), card(vases.merchant), quantity="3", shown="2000")
    assert (unseen.status_code, Payment.objects.count()) == (422, 0)
    assert "Please look at the new total" in words(unseen)
    assert "Pay 60.00 USD" in words(unseen)
    shown = field(unseen, "shown")
    assert (
        payer.choose(at(vases), card(vases.merchant), quantity="3", shown=shown).status_code == 303
    )
    payment = Payment.objects.get()
    assert (payment.money, payment.quantity) == (Money(6000, "USD"), 3)


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        ("1", "more", "2"),
        ("3", "less", "2"),
        ("1", "less", "1"),
        ("50", "more", "50"),
        ("x", "more", "2"),
    ],
)
def test_plus_and_minus_work_without_a_script(
    vases: PaymentLink, payer: Browser, before: str, step: str, after: str
) -> None:
    page = payer.send(at(vases), quantity=before, step=step)
    assert (page.status_code, field(page, "quantity")) == (200, after)
    assert f"Pay {int(after) * 20:,}.00 USD" in words(page)
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("typed", ["", "0", "-1", "51", "2.5", "many", "9" * 50])
def test_a_quantity_that_is_none_is_refused(vases: PaymentLink, payer: Browser, typed: str) -> None:
    answer = payer.choose(at(vases), card(vases.merchant), quantity=typed, shown="2000")
    assert (answer.status_code, Payment.objects.count()) == (422, 0)


@pytest.mark.parametrize("where", ["form", "address"])
def test_nothing_sent_along_changes_what_a_fixed_link_asks(
    shop: Merchant, payer: Browser, where: str
) -> None:
    link = people.link(shop, Money(5000, "USD"))
    forged = {"amount": "1", "quantity": "3", "currency": "JPY", "shown": "1", "step": "more"}
    if where == "form":
        payer.choose(at(link), card(shop), **forged)
    else:
        query = "&".join(f"{name}={value}" for name, value in forged.items())
        assert "Pay 50.00 USD" in words(payer.get(at(link) + "?" + query))
        payer.choose(at(link) + "?" + query, card(shop))
    assert (Payment.objects.get().money, Payment.objects.get().quantity) == (
        Money(5000, "USD"),
        None,
    )


def test_the_currency_of_an_open_link_is_the_merchants(tips: PaymentLink, payer: Browser) -> None:
    payer.choose(at(tips), card(tips.merchant), amount="20", currency="JPY")
    assert Payment.objects.get().money == Money(2000, "USD")


def test_another_amount_in_another_tab_is_not_charged_unseen(
    tips: PaymentLink, payer: Browser
) -> None:
    payer.get(at(tips))
    payer.choose(at(tips), card(tips.merchant), amount="20")
    answer = payer.choose(at(tips), card(tips.merchant), amount="30")
    assert answer.headers["Location"] == at(Payment.objects.get())
    assert Attempt.objects.get().money == Money(2000, "USD")


def test_who_changes_their_mind_chooses_another_amount(tips: PaymentLink, payer: Browser) -> None:
    payer.get(at(tips))
    payer.choose(at(tips), card(tips.merchant), amount="20")
    Attempt.objects.update(status="canceled")
    assert "Choose another amount" in words(payer.get(at(Payment.objects.get())))
    page = payer.get(at(tips) + "?another=1")
    payer.choose(at(tips), card(tips.merchant), amount="30", again=field(page, "again"))
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [2000, 3000]


# What has run out


def test_the_last_pieces_are_counted_and_more_are_refused(shop: Merchant, payer: Browser) -> None:
    link = link_for(shop, PIECES, limits=Limits(is_reusable=True, pieces=3))
    assert "Left: 3" in words(payer.get(at(link)))
    page = payer.choose(at(link), card(shop), quantity="4", shown="8000")
    assert (page.status_code, field(page, "quantity")) == (422, "4")
    assert "There is not enough left of this." in words(page)
    assert Payment.objects.count() == 0
    assert payer.choose(at(link), card(shop), quantity="3", shown="6000").status_code == 303


def test_while_others_pay_for_the_last_one_the_page_says_until_when(shop: Merchant) -> None:
    link = link_for(shop, OPEN, limits=Limits(is_reusable=True, uses=1))
    Browser().choose(at(link), card(shop), amount="20")
    other = Browser()
    for page in (other.get(at(link)), other.choose(at(link), card(shop), amount="20")):
        assert page.status_code == 409
        assert "All are being paid for at the moment" in words(page)
        assert "free again at 17:40 (GMT+08:00)" in words(page)
    assert Payment.objects.count() == 1


def test_what_was_snatched_away_meanwhile_leaves_the_form_as_it_was(
    shop: Merchant, payer: Browser
) -> None:
    link = link_for(shop, PIECES, limits=Limits(is_reusable=True, pieces=3))
    payer.get(at(link))
    payer.choose(at(link), card(shop), quantity="2", shown="4000")
    first = Payment.objects.get()
    Attempt.objects.update(status="canceled")
    payments.end_hold(first.public_id)
    Browser().choose(at(link), card(shop), quantity="2", shown="4000")
    page = payer.choose(at(link), card(shop), quantity="2", shown="4000")
    assert (page.status_code, field(page, "quantity")) == (422, "2")
    assert "free again at 17:40 (GMT+08:00)" in words(page)
    assert "free again at" in words(payer.get(at(first)))
    fewer = {"quantity": "1", "shown": "2000", "again": field(page, "again")}
    assert payer.choose(at(link), card(shop), **fewer).status_code == 303
    quantities = Payment.objects.order_by("quantity").values_list("quantity", flat=True)
    assert list(quantities) == [1, 2, 2]


# Prefilled addresses


def prefilled(link: PaymentLink, prefill: Prefill) -> str:
    return f"{at(link)}?prefill={links.seal_prefill(link, prefill)}"


def test_a_prefilled_amount_is_shown_locked_and_holds(tips: PaymentLink, payer: Browser) -> None:
    page = payer.get(prefilled(tips, Prefill(amount=Money(2500, "USD"))))
    assert "Pay 25.00 USD" in words(page)
    assert 'name="amount"' not in page.content.decode()
    sealed = field(page, "prefill")
    payer.choose(at(tips), card(tips.merchant), amount="4000", prefill=sealed)
    assert Payment.objects.get().money == Money(2500, "USD")


@pytest.mark.parametrize("harm", ["altered", "foreign", "old", "long", "out of bounds"])
def test_a_prefill_that_is_not_good_is_ignored_with_a_calm_line(
    tips: PaymentLink, payer: Browser, frozen_clock: FrozenClock, harm: str
) -> None:
    amount = Money(600000 if harm == "out of bounds" else 2500, "USD")
    other = link_for(tips.merchant, OPEN)
    address = prefilled(other if harm == "foreign" else tips, Prefill(amount=amount))
    query = address.partition("=")[2]
    if harm == "altered":
        query = query[:-1] + ("a" if query[-1] != "a" else "b")
    if harm == "old":
        frozen_clock.advance(seconds=PREFILL_AGE.total_seconds() + 1)
    page = payer.get(f"{at(tips)}?prefill={query * 100 if harm == 'long' else query}")
    assert (page.status_code, field(page, "amount")) == (200, "")
    calm = "This address was prepared too long ago, or has been changed."
    assert (calm in words(page)) == (harm != "out of bounds")


def test_a_prefill_cannot_make_a_fixed_link_cheaper(shop: Merchant, payer: Browser) -> None:
    link = link_for(shop, Ask.fixed(Money(5000, "USD")))
    payer.get(prefilled(link, Prefill({FieldKey.NAME: "Ama"}, Money(1, "USD"))))
    payer.choose(at(link), card(shop))
    assert Payment.objects.get().money == Money(5000, "USD")
