"""What payers and attackers meet at the forms, and what reaches the provider."""

from __future__ import annotations

import html
import re

import pytest
from django.core import mail
from django.http import HttpResponse

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.risk import actions as risk
from sleek.risk.actions import Visitor
from sleek.risk.models import Tally
from sleek.risk.rules import Action
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.risk.test_puzzle import solve
from tests.web.checkout.conftest import Browser, at, card, words

FIFTY = Money(5000, "USD")


@pytest.fixture
def link(shop: Merchant) -> PaymentLink:
    return people.link(shop, FIFTY, is_reusable=True)


def _click(link: PaymentLink, browser: Browser | None = None, **fields: str) -> HttpResponse:
    browser = browser or Browser()
    browser.get(at(link))
    return browser.choose(at(link), card(link.merchant), **fields)


def _crowd(link: PaymentLink, count: int = 16, proof: str = "") -> None:
    """Others who tried before and paid nothing."""
    for number in range(count):
        visitor = Visitor(proof=f"{proof} {number}" if proof else "", proof_level=5)
        risk.admit(Action.PAY, link.public_id, visitor)


def _hidden(page: HttpResponse, form: int = 0) -> dict[str, str]:
    body = page.content.decode().split("<form")[form + 1]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body)
    return {name: html.unescape(value) for name, value in found}


def _again(browser: Browser, link: PaymentLink, fields: dict[str, str]) -> HttpResponse:
    offer = fields.pop("offer")
    return browser.choose(at(link), offer, **fields)


def _held_up(link: PaymentLink) -> tuple[Browser, HttpResponse]:
    _crowd(link)
    browser = Browser()
    return browser, _click(link, browser)


# Attacks


def test_hundreds_of_tries_reach_the_provider_twenty_times_an_hour(
    link: PaymentLink, bank: Bank, frozen_clock: FrozenClock
) -> None:
    for _ in range(120):
        browser = Browser()
        answer = browser.choose(at(link), card(link.merchant))
        if 'name="guard_ticket"' in answer.content.decode():
            fields = _hidden(answer)
            fields["guard_answer"] = solve(fields["guard_ticket"], 1)
            _again(browser, link, fields)
        frozen_clock.advance(seconds=10)
    assert bank.count("start") == 20
    assert Payment.objects.count() == 20


def test_nor_do_declines_on_one_link_for_one_payer_go_on_for_ever(
    shop: Merchant, bank: Bank
) -> None:
    single, browser = people.link(shop, FIFTY), Browser()
    bank.refuses = True
    browser.get(at(single))
    for _ in range(40):
        browser.choose(at(single), card(shop))
    assert bank.count("start") == 12
    assert Attempt.objects.count() == 12


def test_a_held_up_try_leaves_nothing_behind(link: PaymentLink, bank: Bank) -> None:
    _, answer = _held_up(link)
    assert answer.status_code == 429
    assert (Payment.objects.count(), bank.count("start")) == (0, 0)
    assert max(Tally.objects.values_list("tries", flat=True)) == 16


def test_the_merchant_learns_of_it(link: PaymentLink) -> None:
    _held_up(link)
    _click(link)
    event = Event.objects.get(kind="link.guarded")
    assert (event.subject, event.merchant_id) == (link.public_id, link.merchant_id)


# Honest payers


def test_payers_who_pay_are_never_held_up(
    link: PaymentLink, bank: Bank, frozen_clock: FrozenClock
) -> None:
    """One in eighteen seconds, each paid a minute and a half after the click."""
    waiting: list[str] = []
    for _ in range(40):
        assert _click(link).status_code == 303
        waiting.append(Attempt.objects.latest("pk").public_id)
        if len(waiting) > 5:
            payments.apply_reports([bank.pay(waiting.pop(0))])
            risk.follow([*Event.objects.filter(kind__in=risk.FOLLOWED)])
        frozen_clock.advance(seconds=18)
    assert bank.count("start") == 40


def test_fifty_payers_of_one_obligation_share_one_try(shop: Merchant, bank: Bank) -> None:
    single = people.link(shop, FIFTY)
    offer = card(shop)
    assert {Browser().choose(at(single), offer).status_code for _ in range(50)} == {303}
    assert bank.count("start") == 1


def test_who_has_begun_already_is_not_held_up(link: PaymentLink, bank: Bank) -> None:
    first = Browser()
    _click(link, first)
    _crowd(link, 15)
    assert _click(link).status_code == 429
    assert first.choose(at(link), card(link.merchant)).status_code == 303
    assert bank.count("start") == 1


# The puzzle


def test_who_solves_the_puzzle_arrives_where_they_were_going(link: PaymentLink, bank: Bank) -> None:
    browser, page = _held_up(link)
    assert "What you entered is kept" in words(page)
    fields = _hidden(page)
    assert fields["offer"] == card(link.merchant)
    fields["guard_answer"] = solve(fields["guard_ticket"], 1)
    answer = _again(browser, link, dict(fields))
    assert answer.headers["Location"].startswith("https://till.example/")
    assert bank.count("start") == 1


def test_a_solution_is_good_once_and_for_one_browser(link: PaymentLink, bank: Bank) -> None:
    browser, page = _held_up(link)
    fields = _hidden(page)
    fields["guard_answer"] = solve(fields["guard_ticket"], 1)
    stranger = Browser()
    stranger.get(at(link))
    assert _again(stranger, link, dict(fields)).status_code == 429
    assert _again(browser, link, dict(fields)).status_code == 303
    browser.client.cookies.pop("sleek_payment")
    assert _again(browser, link, dict(fields)).status_code == 429
    assert bank.count("start") == 1


def test_what_was_typed_is_kept_and_stays_words(link: PaymentLink) -> None:
    _crowd(link)
    page = _click(link, note='"><script>alert(1)</script>', guard_answer="x")
    assert _hidden(page)["note"] == '"><script>alert(1)</script>'
    assert "<script>alert" not in page.content.decode()


# The code by mail


def test_without_scripts_a_code_by_mail_leads_on(link: PaymentLink, bank: Bank) -> None:
    browser, page = _held_up(link)
    fields = _hidden(page, form=1) | {"guard_email": "payer@example.com"}
    page = _again(browser, link, fields)
    assert "We sent it to payer@example.com." in words(page)
    letter = mail.outbox[0]
    assert letter.to == ["payer@example.com"]
    digits = re.findall(r"\b\d{6}\b", str(letter.body))[0]
    wrong = _again(browser, link, _hidden(page) | {"guard_answer": "000000x"})
    assert "That code is not right" in words(wrong)
    answer = _again(browser, link, _hidden(wrong) | {"guard_answer": digits})
    assert answer.status_code == 303
    assert bank.count("start") == 1


def test_codes_go_to_an_address_three_times_an_hour(link: PaymentLink) -> None:
    browser, page = _held_up(link)
    fields = _hidden(page, form=1)
    for _ in range(4):
        answer = _again(browser, link, fields | {"guard_email": "Payer@example.com"})
    assert "No more codes are sent for now" in words(answer)
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(
    "typed", ["", "nobody", "a@b\nBcc: c@d.example", "x" * 300 + "@example.com"]
)
def test_what_is_no_address_gets_no_mail(link: PaymentLink, typed: str) -> None:
    browser, page = _held_up(link)
    answer = _again(browser, link, _hidden(page, form=1) | {"guard_email": typed})
    assert "Please enter an e-mail address" in words(answer)
    assert mail.outbox == []


def test_no_mail_is_sent_where_nobody_is_held_up(link: PaymentLink) -> None:
    _click(link, guard_email="payer@example.com")
    assert mail.outbox == []


# Waiting


def test_who_must_wait_is_told_until_when_and_keeps_what_was_chosen(
    link: PaymentLink, frozen_clock: FrozenClock
) -> None:
    _crowd(link)
    _crowd(link, 4, proof="proof")
    browser = Browser()
    page = _click(link, browser)
    assert page.status_code == 429
    assert "It goes on at 18:00 (GMT+08:00) at the latest." in words(page)
    assert _hidden(page)["offer"] == card(link.merchant)
    assert 'data-again="20"' in page.content.decode()
    last = _again(browser, link, _hidden(page) | {"guard_turn": "30"})
    assert "data-again" not in last.content.decode()
    frozen_clock.advance(hours=1, seconds=20)
    assert _again(browser, link, _hidden(last)).status_code == 303


# Who is at the door


def test_a_device_is_given_out_once_and_not_believed_when_made_up(link: PaymentLink) -> None:
    browser = Browser()
    assert browser.get(at(link)).cookies["sleek_device"].value
    assert "sleek_device" not in browser.get(at(link)).cookies
    browser.client.cookies["sleek_device"] = "mine:forged"
    assert "sleek_device" in browser.get(at(link)).cookies
