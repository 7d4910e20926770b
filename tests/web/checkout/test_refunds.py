"""What payers see of a refund: its steps, and the page on which they name a bank account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sleek.core import clock
from sleek.events.models import Event
from sleek.merchants.models import Merchant
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds import queries, tasks
from sleek.refunds.models import Claim, Refund
from sleek.refunds.rules import Limits, RefundReason
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.refunds.conftest import FIFTY, colleague, paid

ANNA = {"holder": "Anna Berg", "country": "DE", "account": "DE89 3704 0044 0532 0130 00"}


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


@pytest.fixture
def payer() -> Client:
    return Client(headers={"accept-language": "en"})


def lin(shop: Merchant):
    return shop.memberships.get(role="owner").user


def give_back(shop: Merchant, bank: Bank, *, note: str = "", remark: str = "") -> Refund:
    [refund] = refunds.promise(
        paid(shop, bank),
        FIFTY,
        reason=RefundReason.GOODWILL,
        note=note,
        remark=remark,
        by=lin(shop),
    )
    return refund


def page_of(payer: Client, refund: Refund) -> str:
    return payer.get(f"/pay/{refund.attempt.payment.public_id}/").content.decode()


@pytest.fixture
def claim(shop: Merchant, bank: Bank) -> Claim:
    bank.is_short = True
    refund = give_back(shop, bank)
    refunds.check(refund)
    refunds.reroute(Refund.objects.get(), by=lin(shop))
    found = queries.live_claim(refund)
    assert found
    return found


def test_a_payer_sees_three_steps_and_the_number(shop, bank, payer):
    refund = give_back(shop, bank, note="Sorry <b>")
    page = page_of(payer, refund)
    assert "It is being sent" in page
    assert "With you between 9 Mar and 23 Mar" in page
    assert "Sorry &lt;b&gt;" in page
    tasks.check_due(0)
    Refund.objects.update(trace="ARN-1")
    page = page_of(payer, refund)
    assert "Sent on 2 Mar" in page
    assert "ARN-1" in page
    assert "It has not arrived" not in page


def test_a_payer_sees_until_when_it_is_checked(shop, bank, payer):
    refunds.set_rule(shop, "USD", "owner", Limits(review_from=1), by=lin(shop))
    colleague(shop, "finance", "wang@example.com")
    refund = give_back(shop, bank, remark="internal words")
    page = page_of(payer, refund)
    assert "still checking it, until 3 Mar 2026" in page
    assert "internal words" not in page


def test_a_payer_can_miss_it_once_it_should_be_there(shop, bank, payer, frozen_clock):
    refund = give_back(shop, bank)
    tasks.check_due(0)
    url = f"/pay/{refund.attempt.payment.public_id}/refunds/{refund.public_id}/missing/"
    payer.post(url)
    assert not Event.objects.filter(kind="refund.late").exists()
    frozen_clock.advance(days=22)
    assert "It has not arrived" in page_of(payer, refund)
    for _ in range(2):
        payer.post(url)
    assert Event.objects.filter(kind="refund.late").count() == 1
    assert "It is late" in page_of(payer, refund)


def test_another_payments_refund_is_not_to_be_missed_here(shop, bank, payer):
    refund, other = give_back(shop, bank), paid(shop, bank)
    url = f"/pay/{other.public_id}/refunds/{refund.public_id}/missing/"
    assert payer.post(url).status_code == 404


@pytest.mark.parametrize("language", settings.PAYER_LANGUAGES)
def test_the_page_for_the_account_is_there_in_each_language(claim, language):
    visitor = Client(headers={"accept-language": language})
    answer = visitor.get(f"/claim/{queries.claim_token(claim)}/")
    assert answer.status_code == 200
    assert 'name="account"' in answer.content.decode()


def test_an_account_is_entered_once(claim, payer):
    url = f"/claim/{queries.claim_token(claim)}/"
    assert payer.post(url, ANNA).status_code == 303
    claim.refresh_from_db()
    details = claim.unseal()
    assert (details.holder, details.account) == ("Anna Berg", "DE89370400440532013000")
    answer = payer.get(url)
    assert answer.status_code == 410
    assert "Thank you" in answer.content.decode()
    assert "DE89" not in answer.content.decode()
    payer.post(url, ANNA | {"account": "GB29NWBK60161331926819", "country": "GB"})
    claim.refresh_from_db()
    assert claim.unseal() == details


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"account": "DE89370400440532013001"}, "This IBAN has a mistake"),
        ({"account": "1234567"}, "written as an IBAN"),
        ({"country": "US", "account": "12"}, "5 to 34 digits"),
        ({"country": "US", "account": "1234567"}, "Please fill this in"),
        ({"country": ""}, "Please fill this in"),
        ({"country": "ZZ"}, "Please fill this in"),
        ({"holder": " "}, "Please fill this in"),
        ({"code": "NOPE"}, "There is no such BIC"),
        ({"code": "123456789012"}, "CNAPS"),
    ],
)
def test_a_wrong_account_is_said_and_not_kept(claim, payer, wrong, said):
    answer = payer.post(f"/claim/{queries.claim_token(claim)}/", ANNA | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    claim.refresh_from_db()
    assert claim.filled_at is None


def test_a_page_that_expired_says_so(claim, payer, frozen_clock):
    frozen_clock.now += timedelta(days=14)
    answer = payer.get(f"/claim/{queries.claim_token(claim)}/")
    assert answer.status_code == 410
    assert "no longer open" in answer.content.decode()


def test_guessed_addresses_lead_nowhere(claim, payer):
    for token in (claim.public_id, f"{claim.public_id}:AAAA", "x"):
        assert payer.get(f"/claim/{token}/").status_code == 404


@pytest.fixture
def arrived(shop: Merchant, claim: Claim) -> Claim:
    """Its money has reached the bank, and wallets pay each other."""
    owner = shop.memberships.get(role="owner")
    reconciliation.record_settlement(owner, "till", FIFTY, arrived_on=clock.now().date())
    banks.wallet(shop)
    return claim


@pytest.mark.parametrize("language", settings.PAYER_LANGUAGES)
def test_once_it_has_arrived_a_wallet_is_offered_in_each_language(arrived, language):
    token = queries.claim_token(arrived)
    visitor = Client(headers={"accept-language": language})
    page = visitor.get(f"/claim/{token}/").content.decode()
    assert f'href="/balance/refunds/{token}"' in page
    assert 'name="account"' in page


def test_before_it_has_arrived_no_wallet_is_offered(shop, claim, payer):
    banks.wallet(shop)
    page = payer.get(f"/claim/{queries.claim_token(claim)}/").content.decode()
    assert "/balance/refunds/" not in page
    assert 'name="account"' in page


def test_a_page_that_is_over_does_not_ask_whether_a_wallet_is_possible(arrived, payer):
    url = f"/claim/{queries.claim_token(arrived)}/"
    counts = []
    for status in (200, 410):
        with CaptureQueriesContext(connection) as asked:
            assert payer.get(url).status_code == status
        counts.append(sum("ledger_account" in each["sql"] for each in asked))
        Claim.objects.update(revoked_at=clock.now())
    assert counts[0] > 0 == counts[1]


def test_what_went_to_a_wallet_is_told_here_and_on_the_payments_page(arrived, payer, frozen_clock):
    hers = people.merchant("Anna Tea", "anna@example.com").memberships.get()
    refunds.take_to_wallet(arrived, by=hers)
    url = f"/claim/{queries.claim_token(arrived)}/"
    answer = payer.get(url)
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "It is in your Sleek wallet" in page
    assert "Anna Tea" not in page
    answer = payer.post(url, ANNA)
    assert answer.status_code == 410
    arrived.refresh_from_db()
    assert arrived.unseal() is None

    frozen_clock.advance(days=30)
    page = page_of(payer, arrived.refund)
    assert "In your Sleek wallet since 2 Mar 2026" in page
    assert "It has not arrived" not in page
