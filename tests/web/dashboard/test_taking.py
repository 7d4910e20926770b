"""Taking a refund into a wallet of one's own, by the address that its payer has."""

from __future__ import annotations

import pytest

from sleek.core import clock
from sleek.merchants.models import Membership, Merchant, User
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds import queries
from sleek.refunds.models import BankAccount, Claim, Refund
from sleek.refunds.rules import RefundReason
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor, browser

ANNA = BankAccount("Anna Berg", "DE", "DE89370400440532013000", "COBADEFF")


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


@pytest.fixture
def claim(shop: Merchant, bank: Bank) -> Claim:
    """Of money that has reached the bank, where wallets pay each other."""
    lin = shop.memberships.get(role="owner")
    payment = office.paid(shop)
    reconciliation.record_settlement(lin, "till", office.FIFTY, arrived_on=clock.now().date())
    banks.wallet(shop)
    bank.is_short = True
    [refund] = refunds.promise(payment, office.FIFTY, reason=RefundReason.OTHER, by=lin.user)
    refunds.check(refund)
    refunds.reroute(refund, by=lin.user)
    return Claim.objects.get(refund=refund)


@pytest.fixture
def tea(claim: Claim) -> Merchant:
    return people.merchant("Anna Tea", "anna@example.com")


def url_of(claim: Claim) -> str:
    return f"/balance/refunds/{queries.claim_token(claim)}"


def proven(shop: Merchant) -> Visitor:
    visitor = office.at_work(shop)
    office.prove(visitor)
    return visitor


def test_the_payer_sees_whose_and_how_much_then_has_it_at_once(claim, tea):
    anna = proven(tea)
    page = anna.read(url_of(claim)).replace("\N{NO-BREAK SPACE}", " ")
    assert "Lin Ceramics gives back" in page
    assert "Take 50.00 USD" in page
    assert "Anna Tea" in page

    answer = anna.post(url_of(claim), {"wallet": tea.public_id})

    assert answer["Location"] == f"/claim/{queries.claim_token(claim)}/"
    assert "It is in your Sleek wallet" in anna.read(answer["Location"])
    assert people.held(tea, "available") == 5000
    assert "Lin Ceramics · " in anna.read("/wallet")


def test_without_a_fresh_proof_nothing_moves(claim, tea):
    answer = office.at_work(tea).post(url_of(claim), {"wallet": tea.public_id})
    assert answer.status_code == 200
    assert people.held(tea, "available") == 0
    assert Refund.objects.get().route == "bank"


def test_without_the_token_of_its_own_form_nothing_moves(claim, tea):
    visitor = Visitor(enforce_csrf_checks=True)
    visitor.force_login(tea.memberships.get().user)
    office.prove(visitor)
    assert visitor.post(url_of(claim), {"wallet": tea.public_id}).status_code == 403
    assert people.held(tea, "available") == 0


def test_the_payees_own_wallet_is_not_among_them_and_takes_nothing(shop, claim, tea):
    lin = proven(shop)
    assert "None of your workspaces can take this" in lin.read(url_of(claim))
    for wallet in (shop.public_id, tea.public_id, ""):  # hers, somebody else's, none
        assert lin.post(url_of(claim), {"wallet": wallet})["Location"] == url_of(claim)
    assert people.held(shop, "refunds:in_flight") == 5000
    assert people.held(tea, "available") == 0


def test_whoever_may_not_use_a_wallet_is_not_offered_it(claim, tea):
    viewer = office.colleague(tea, "viewer")
    office.prove(viewer)
    assert "None of your workspaces can take this" in viewer.read(url_of(claim))
    viewer.post(url_of(claim), {"wallet": tea.public_id})
    assert people.held(tea, "available") == 0


def test_a_person_without_a_business_is_told_what_it_needs(claim):
    visitor = browser()
    visitor.force_login(User.objects.create_user("nobody@example.com"))
    assert "None of your workspaces can take this" in visitor.read(url_of(claim))


def test_of_several_wallets_the_chosen_one_has_it(claim, tea):
    other = people.merchant("Anna Coffee", "coffee@example.com")
    Membership.objects.create(user=tea.memberships.get().user, merchant=other, role="finance")
    anna = proven(tea)
    assert "checked" not in anna.read(url_of(claim)).split("purse")[1]
    anna.post(url_of(claim), {"wallet": other.public_id})
    assert (people.held(tea, "available"), people.held(other, "available")) == (0, 5000)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_address_leads_nowhere(claim, tea, method):
    anna = proven(tea)
    for token in (claim.public_id, f"{claim.public_id}:AAAA", "x"):
        answer = getattr(anna, method)(f"/balance/refunds/{token}", {"wallet": tea.public_id})
        assert answer.status_code == 404
    assert people.held(tea, "available") == 0


@pytest.mark.parametrize("how", ["answered", "revoked", "expired", "not_arrived"])
def test_who_comes_too_late_or_too_early_reads_on_the_payers_page_why(
    claim, tea, shop, how, frozen_clock
):
    lin, refund = shop.memberships.get(role="owner").user, Refund.objects.get()
    anna = proven(tea)
    match how:
        case "answered":
            refunds.fill_claim(claim, ANNA)
        case "revoked":
            refunds.revoke_claim(refund, by=lin)
        case "expired":
            frozen_clock.advance(days=14)
            office.prove(anna)
        case "not_arrived":
            shop.connections.filter(channel="balance").update(is_enabled=False)
    for answer in (anna.get(url_of(claim)), anna.post(url_of(claim), {"wallet": tea.public_id})):
        assert answer["Location"] == f"/claim/{queries.claim_token(claim)}/"
    assert people.held(tea, "available") == 0
    assert people.held(shop, "refunds:in_flight") == 5000


def test_the_merchants_page_names_the_wallet_and_offers_nothing_more(claim, tea, shop):
    lin, refund = proven(shop), Refund.objects.get()
    url = f"/refunds/{refund.public_id}"
    assert "or to take it into a Sleek wallet" in lin.read(url)
    refunds.take_to_wallet(claim, by=tea.memberships.get())
    page = lin.read(url)
    assert "To the payer&#x27;s Sleek wallet" in page
    assert "into the wallet “Anna Tea”" in page
    assert "no bank can send it back" in page
    for gone in ("The bank sent it back", "Call this refund off", "Ask the payer again"):
        assert gone not in page
    story = lin.read(f"/payments/{refund.attempt.payment.public_id}")
    assert "The payer took 50.00" in story.replace("\N{NO-BREAK SPACE}", " ")
    assert "To the payer's Sleek wallet" in lin.get("/refunds.csv").getvalue().decode()
    assert "Took a refund into a Sleek wallet" in lin.read("/settings/audit")


def test_support_has_words_for_it(claim, tea, shop):
    refunds.take_to_wallet(claim, by=tea.memberships.get())
    payment = Refund.objects.get().attempt.payment
    page = proven(shop).read(f"/troubleshooting/{payment.public_id}")
    assert "is in your Sleek wallet" in page


def test_the_form_for_giving_back_offers_no_wallet(shop, bank):
    bank.refuses = True
    payment = office.paid(shop)
    refunds.promise(payment, office.FIFTY, reason=RefundReason.OTHER)
    refunds.check(Refund.objects.get())
    lin = proven(shop)
    url = f"/payments/{payment.public_id}/refund"
    assert 'value="balance"' not in lin.read(f"{url}?route=balance")
    sent = {"amount": "20.00", "reason": "goodwill", "route": "balance"}
    assert lin.post(url, sent).status_code == 422
    assert people.held(shop, "refunds:in_flight") == 0
