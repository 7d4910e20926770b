"""Links that cannot be paid: why, and asking for another. Stickers, and counting who looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sleek.core.money import Money
from sleek.links import actions as links
from sleek.links.actions import Limits
from sleek.links.models import PaymentLink, Plea, Sticker, Views
from sleek.links.rules import Ask
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import OPEN, PIECES, Browser, at, card, link_for, words

FIFTY = Ask.fixed(Money(5000, "USD"))
ONE_USE, ONE_PIECE = Limits(is_reusable=True, uses=1), Limits(is_reusable=True, pieces=1)


def paused(shop: Merchant, bank: Bank, clock: FrozenClock) -> PaymentLink:
    link = people.link(shop, Money(5000, "USD"))
    return links.pause(link, by=link.created_by)


def archived(shop: Merchant, bank: Bank, clock: FrozenClock) -> PaymentLink:
    link = people.link(shop, Money(5000, "USD"))
    return links.archive(link, by=link.created_by)


def expired(shop: Merchant, bank: Bank, clock: FrozenClock) -> PaymentLink:
    link = people.link(shop, Money(5000, "USD"), days=1)
    clock.advance(days=1)
    return link


def paid(shop: Merchant, bank: Bank, clock: FrozenClock) -> PaymentLink:
    link = people.link(shop, Money(5000, "USD"))
    _pay(link, bank)
    return link


def used_up(shop: Merchant, bank: Bank, clock: FrozenClock) -> PaymentLink:
    link = link_for(shop, FIFTY, limits=ONE_USE)
    _pay(link, bank)
    return link


def sold_out(shop: Merchant, bank: Bank, clock: FrozenClock) -> PaymentLink:
    link = link_for(shop, PIECES, limits=ONE_PIECE)
    _pay(link, bank, quantity="1", shown="2000")
    return link


def _pay(link: PaymentLink, bank: Bank, **fields: str) -> None:
    Browser().choose(at(link), card(link.merchant), **fields)
    payments.apply_reports([bank.pay(Attempt.objects.get().public_id)])


CLOSED: list[tuple[Callable[..., PaymentLink], str]] = [
    (paused, "Not open at the moment"),
    (archived, "This link is closed"),
    (expired, "It could be paid until 3 Mar 2026, 17:00 (GMT+08:00)."),
    (paid, "Already paid"),
    (used_up, "This link is used up"),
    (sold_out, "Sold out"),
]


@pytest.mark.parametrize(("ends", "said"), CLOSED)
def test_a_closed_link_says_why_and_passes_on_a_wish_for_another(
    ends: Callable[..., PaymentLink],
    said: str,
    shop: Merchant,
    bank: Bank,
    frozen_clock: FrozenClock,
    payer: Browser,
) -> None:
    link = ends(shop, bank, frozen_clock)
    tries = Attempt.objects.count()
    for page in (payer.get(at(link)), payer.choose(at(link), card(shop), quantity="1")):
        assert (page.status_code, said in words(page)) == (410, True)
        assert "Ask for a new link" in words(page)
    assert Attempt.objects.count() == tries
    sent = payer.send(at(link, "ask/"), email="Ama@Example.com", note="Please!")
    assert sent.status_code == 302
    assert "Your request has been passed on" in words(payer.get(sent.headers["Location"]))
    plea = Plea.objects.get()
    assert (plea.link, plea.email, plea.note, plea.language) == (
        link,
        "ama@example.com",
        "Please!",
        "en",
    )


def test_asking_twice_is_answered_alike_and_kept_once(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock, payer: Browser
) -> None:
    link = paused(shop, bank, frozen_clock)
    first, second = (payer.send(at(link, "ask/"), email="ama@example.com") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Plea.objects.count() == 1


@pytest.mark.parametrize("email", ["", "ama", "ama@", "a" * 300 + "@example.com"])
def test_a_wish_without_an_address_is_asked_for_again(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock, payer: Browser, email: str
) -> None:
    link = paused(shop, bank, frozen_clock)
    page = payer.send(at(link, "ask/"), email=email, note="Please!")
    assert (page.status_code, Plea.objects.count()) == (422, 0)
    assert "Please!" in page.content.decode()


def test_one_device_does_not_flood_a_merchant_with_wishes(shop: Merchant, payer: Browser) -> None:
    link = people.link(shop, Money(5000, "USD"))
    links.pause(link, by=link.created_by)
    payer.get(at(link, "ask/"))
    answers = [
        payer.send(at(link, "ask/"), email=f"ama{number}@example.com").status_code
        for number in range(5)
    ]

    assert answers == [302, 302, 302, 429, 429]
    assert Plea.objects.count() == 3


def test_an_open_link_is_not_asked_for(shop: Merchant, payer: Browser) -> None:
    link = link_for(shop, OPEN)
    assert payer.send(at(link, "ask/"), email="ama@example.com").headers["Location"] == at(link)
    assert Plea.objects.count() == 0


# Stickers


@pytest.fixture
def counter(shop: Merchant) -> Sticker:
    link = link_for(shop, OPEN)
    [sticker] = links.add_stickers(link, ["Counter 1"], by=link.created_by)
    return sticker


def test_a_sticker_leads_to_its_link_and_is_remembered_on_the_payment(
    counter: Sticker, payer: Browser
) -> None:
    answer = payer.get(f"/s/{counter.token}/")
    assert answer.headers["Location"] == at(counter.link)
    payer.get(at(counter.link))
    payer.choose(at(counter.link), card(counter.merchant), amount="20")
    assert Payment.objects.get().sticker == counter
    assert [(each.sticker, each.count) for each in Views.objects.all()] == [(counter, 1)]


def test_a_revoked_sticker_says_so_and_counts_for_nothing(counter: Sticker, payer: Browser) -> None:
    payer.get(f"/s/{counter.token}/")
    links.revoke_sticker(counter, by=counter.created_by)
    page = Browser().get(f"/s/{counter.token}/")
    assert (page.status_code, "This code is no longer good" in words(page)) == (410, True)
    payer.choose(at(counter.link), card(counter.merchant), amount="20")
    assert Payment.objects.get().sticker is None


def test_a_forged_memory_of_a_sticker_is_not_believed(counter: Sticker, payer: Browser) -> None:
    payer.client.cookies["sleek_sticker"] = f"{counter.public_id}:forged"
    payer.choose(at(counter.link), card(counter.merchant), amount="20")
    assert Payment.objects.get().sticker is None
    assert payer.get("/s/nothing/").status_code == 404


# Who looks


def seen() -> int:
    return sum(each.count for each in Views.objects.all())


def test_a_person_is_counted_once_a_day(
    shop: Merchant, payer: Browser, frozen_clock: FrozenClock
) -> None:
    link = link_for(shop, OPEN)
    for _ in range(3):
        payer.get(at(link))
    assert seen() == 1
    Browser().get(at(link))
    assert seen() == 2
    frozen_clock.advance(days=1)
    payer.get(at(link))
    assert (seen(), Views.objects.count()) == (3, 2)


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "facebookexternalhit/1.1",
        "WhatsApp/2.23",
        "TelegramBot (like TwitterBot)",
        "Slackbot-LinkExpanding 1.0",
        "curl/8.5",
        "python-requests/2.32",
        "",
    ],
)
def test_machines_are_not_counted(shop: Merchant, agent: str) -> None:
    link = link_for(shop, OPEN)
    assert Browser(user_agent=agent).get(at(link)).status_code == 200
    assert seen() == 0


def test_neither_is_who_only_asks_for_the_head_or_fetches_ahead(
    shop: Merchant, payer: Browser
) -> None:
    link = link_for(shop, OPEN)
    payer.client.head(at(link), headers={"User-Agent": payer.user_agent})
    for header in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}):
        payer.get(at(link), **header)
    assert seen() == 0
