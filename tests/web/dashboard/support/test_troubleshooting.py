"""Troubleshooting: any number finds the payment, the page says why and what to tell the payer."""

from __future__ import annotations

import re

import pytest

from sleek.channels.base import Failure
from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.notifications.models import Message, Script
from sleek.payments import actions as payments
from sleek.payments.actions import Answers
from sleek.payments.models import Attempt, Notice, Payment
from sleek.payments.rules import AttemptStatus
from sleek.refunds import actions as refunds
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundReason
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

ANNA = Answers(name="Anna Schmidt", email="anna@example.com", phone="+49 30 123456")


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def found(pattern: str, page: str) -> str:
    """What the page has in that place."""
    match = re.search(pattern, page, re.DOTALL)
    assert match
    return match[1]


def failed(shop: Merchant, failure: Failure = Failure.DECLINED) -> Payment:
    payment = office.declined(shop, failure)
    payments.note_payer(payment, ANNA)
    return payment


NUMBERS = {
    "payment": lambda payment, attempt: payment.public_id,
    "try": lambda payment, attempt: attempt.public_id,
    "link": lambda payment, attempt: payment.link.public_id,
    "short": lambda payment, attempt: ids.short(payment.public_id),
    "short as heard": lambda payment, attempt: (
        ids.short(payment.public_id).replace("0", "o").replace("1", "I").replace("-", " ")
    ),
    "reference": lambda payment, attempt: attempt.reference,
    "notice": lambda payment, attempt: "n-4711",
    "mail": lambda payment, attempt: "ANNA@example.com",
    "phone": lambda payment, attempt: "030123456",
    "name": lambda payment, attempt: "Anna Schmidt",
    "card": lambda payment, attempt: "4242",
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_payment_is_found_by_any_number(shop, kind):
    payment = failed(shop)
    attempt = payment.attempts.get()
    Attempt.objects.update(payer="Visa •4242", reference="T-77")
    attempt.refresh_from_db()
    Notice.objects.create(
        channel="till",
        connection=attempt.connection,
        notice_id="n-4711",
        kind="till.news",
        key=attempt.public_id,
        body=b"",
        received_at=clock.now(),
    )
    other = people.merchant("Wei Tea", "wei@example.com")
    number = NUMBERS[kind](payment, attempt)
    answer = office.at_work(shop).get("/troubleshooting", {"q": number})
    assert answer["Location"] == f"/troubleshooting/{payment.public_id}"
    stranger = office.at_work(other).get("/troubleshooting", {"q": number})
    assert stranger.status_code == 200
    assert f"/troubleshooting/{payment.public_id}" not in stranger.content.decode()
    assert office.at_work(other).get(f"/troubleshooting/{payment.public_id}").status_code == 404


@pytest.mark.parametrize(("typed", "is_found"), [("Anna", False), ("anna schmidt", True)])
def test_who_sees_names_masked_cannot_spell_them_out(shop, typed, is_found):
    payment = failed(shop)
    support = office.colleague(shop, "support")
    answer = support.get("/troubleshooting", {"q": typed})
    assert (answer.status_code == 302) == is_found
    assert payment.public_id not in answer.content.decode()
    page = support.read(f"/troubleshooting/{payment.public_id}")
    assert "Anna Schmidt" not in page
    assert "anna@example.com" not in page


@pytest.mark.parametrize("failure", list(Failure))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_failure_has_its_step_and_its_script(shop, failure, language):
    payment = failed(shop, failure)
    page = office.at_work(shop, language).read(f"/troubleshooting/{payment.public_id}")
    assert page.count('aria-current="step"') == 1
    assert "x_code" in page
    assert "{amount}" not in page
    assert f"/pay/{payment.public_id}/" in page


def test_support_reads_what_each_code_means_and_the_code_itself(shop):
    payment = failed(shop, Failure.PROVIDER)
    Attempt.objects.update(channel="alipay", failure_code="ACQ.SELLER_BALANCE_NOT_ENOUGH")
    page = office.at_work(shop).read(f"/troubleshooting/{payment.public_id}")
    assert "Your balance at the provider does not cover the refund." in page
    assert "Alipay · <code>ACQ.SELLER_BALANCE_NOT_ENOUGH</code>" in page
    Attempt.objects.update(failure_code="")
    page = office.at_work(shop).read(f"/troubleshooting/{payment.public_id}")
    assert "said-title" not in page


def test_support_reads_why_a_refund_failed_unless_a_person_ended_it(shop):
    payment = office.paid(shop)
    [refund] = refunds.promise(payment, office.FIFTY, reason=RefundReason.OTHER)
    Refund.objects.update(status="failed", failure_code="ACQ.TRADE_HAS_FINISHED")
    Attempt.objects.update(channel="alipay")
    page = office.at_work(shop).read(f"/troubleshooting/{payment.public_id}")
    assert "Alipay · <code>ACQ.TRADE_HAS_FINISHED</code>" in page
    Refund.objects.filter(pk=refund.pk).update(failure_code="declined")
    page = office.at_work(shop).read(f"/troubleshooting/{payment.public_id}")
    assert "said-title" not in page


def test_a_stolen_card_gives_nothing_away(shop):
    pages = {
        failure: office.at_work(shop).read(f"/troubleshooting/{failed(shop, failure).public_id}")
        for failure in (Failure.CAREFUL, Failure.DECLINED)
    }
    texts = {
        failure: found(r"<textarea[^>]*>(.*?)</textarea>", page) for failure, page in pages.items()
    }
    told = [re.sub(r"pay_\w+|[\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4}", "", t) for t in texts.values()]
    assert told[0] == told[1]
    assert "stolen" not in texts[Failure.CAREFUL]


def test_an_open_outcome_says_not_to_pay_again(shop):
    attempt = people.attempt(people.payment(shop, office.FIFTY))
    Attempt.objects.update(status=AttemptStatus.UNKNOWN)
    page = office.at_work(shop).read(f"/troubleshooting/{attempt.payment.public_id}")
    assert "The payer should not pay again." in page
    assert "Ask the channel now" in page


def test_asking_the_channel_brings_the_payment_up_to_date(shop, bank):
    attempt = people.attempt(people.payment(shop, office.FIFTY))
    Attempt.objects.update(updated_at=clock.now() - payments.asking.ASK_AGAIN_AFTER)
    bank.pay(attempt.public_id)
    url = f"/payments/{attempt.payment.public_id}/ask"
    office.at_work(shop).post(url, {"back": "troubleshooting"})
    assert Payment.objects.get().status == "succeeded"
    assert office.colleague(shop, "viewer").post(url).status_code == 403


def test_a_mail_goes_to_the_payer_once(shop):
    payment = failed(shop)
    support = office.colleague(shop, "support")
    page = support.read(f"/troubleshooting/{payment.public_id}")
    ticket = found(r'name="ticket" value="([^"]+)"', page)
    data = {"ticket": ticket, "title": "Hello", "text": "Try again.", "matter": "declined"}
    for _ in range(2):
        support.post(f"/troubleshooting/{payment.public_id}/tell", data)
    [message] = Message.objects.all()
    assert (message.recipient, message.subject) == ("anna@example.com", "Hello")
    assert message.url.endswith(f"/pay/{payment.public_id}/")


@pytest.mark.parametrize(
    ("title", "text"), [("Hello", "On {arrives}"), ("", "Text"), ("Hello", "x" * 2001)]
)
def test_an_unfinished_mail_does_not_leave(shop, title, text):
    payment = failed(shop)
    lin = office.at_work(shop)
    page = lin.read(f"/troubleshooting/{payment.public_id}")
    ticket = found(r'name="ticket" value="([^"]+)"', page)
    url = f"/troubleshooting/{payment.public_id}/tell"
    lin.post(url, {"ticket": ticket, "title": title, "text": text, "matter": "declined"})
    assert not Message.objects.exists()


def test_without_a_ticket_of_ours_no_mail_leaves(shop):
    url = f"/troubleshooting/{failed(shop).public_id}/tell"
    forged = {"ticket": "tel_1:forged", "title": "Hello", "text": "Text"}
    assert "send it again" in office.at_work(shop).post(url, forged, follow=True).content.decode()
    assert not Message.objects.exists()


def test_a_merchants_own_wording_is_used_until_it_is_dropped(shop):
    payment, lin = failed(shop), office.at_work(shop)
    url = "/settings/scripts/en/declined"
    lin.post(url, {"title": "No luck", "text": "Dear {payer}, {amount} did not work."})
    page = lin.read(f"/troubleshooting/{payment.public_id}")
    assert "Dear Anna Schmidt, 50.00\N{NO-BREAK SPACE}USD did not work." in page
    lin.post(f"{url}/reset")
    assert not Script.objects.exists()
    assert "Dear Anna" not in lin.read(f"/troubleshooting/{payment.public_id}")


@pytest.mark.parametrize("text", ["Dear {name}", "Dear {", "", "{amount!r}"])
def test_a_script_that_nobody_can_fill_in_is_not_saved(shop, text):
    answer = office.at_work(shop).post("/settings/scripts/en/late", {"title": "T", "text": text})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not Script.objects.exists()


def test_scripts_are_searched_and_shown_in_every_language_of_payers(shop, settings):
    lin = office.at_work(shop)
    for language in settings.PAYER_LANGUAGES:
        assert "{amount}" in lin.read(f"/settings/scripts?language={language}")
    assert "No script has these words." in lin.read("/settings/scripts?q=zebra")
    assert lin.get("/settings/scripts/xx/late").status_code == 404
    assert lin.get("/settings/scripts/en/zebra").status_code == 404


def test_searching_by_the_thousand_is_slowed(shop, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"search": "2/m/key"}
    lin = office.at_work(shop)
    codes = [lin.get("/troubleshooting", {"q": f"pay_{n}"}).status_code for n in range(3)]
    assert codes == [200, 200, 429]


def test_the_short_number_is_read_as_people_say_it():
    public_id = "pay_01kjpwd6m0re9f0372qtzgeakz"
    assert ids.short(public_id) == "01KJ-PWD6-M0RE"
    for typed in ("01KJ-PWD6-M0RE", "o1kj pwd6 m0re", "OIKJPWD6MORE", "01KJ–PWD6–M0RE"):
        assert ids.beginning(typed) == "01kjpwd6m0re"
    for typed in ("", "01KJ-PWD6", "01KJ-PWD6-M0RU", "4242"):
        assert ids.beginning(typed) == ""


def test_money_as_it_came_and_as_it_was_asked_is_in_the_script(shop):
    attempt = office.wrongly_paid(shop, Money(4900, "USD"))
    page = office.at_work(shop).read(f"/troubleshooting/{attempt.payment.public_id}")
    assert "Thank you for 49.00\N{NO-BREAK SPACE}USD. 50.00\N{NO-BREAK SPACE}USD were asked" in page


def test_a_payment_is_called_the_same_here_as_on_its_own_page(shop):
    tries = [office.wrongly_paid(shop, Money(4900, "USD")) for _ in range(2)]
    for attempt in tries:
        payments.note_payer(attempt.payment, ANNA)
    lin, public_id = office.at_work(shop), tries[0].payment.public_id
    pages = (
        f"/payments/{public_id}",
        f"/troubleshooting/{public_id}",
        "/troubleshooting?q=Anna+Schmidt",
    )
    for address in pages:
        word = found(r'<main.*?class="status [^"]*">.*?</svg>([^<]*)</span>', lin.read(address))
        assert word == "Needs a decision"
