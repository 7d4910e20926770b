"""Payers at Stripe's hosted page, what becomes of their money, and refunds."""

from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Sandbox, StripeShop

DEEP = "payment_intent.latest_charge.balance_transaction"


def test_a_paid_session_leads_back_and_carries_its_fee(shop: StripeShop) -> None:
    session = shop.open(5000, client_reference_id="pay_1")
    page = shop.submit(session)
    assert page.status_code == 303
    assert page.headers["location"] == f"http://127.0.0.1:9/done?s={session.id}"
    paid = shop.session(session, DEEP)
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    entry = paid.payment_intent.latest_charge.balance_transaction
    assert (entry.amount, entry.fee, entry.net, entry.type) == (5000, 175, 4825, "charge")
    captured = shop.sandbox.journal("pay_1")[-1]
    assert (captured["kind"], captured["amount"], captured["currency"]) == (
        "money.captured",
        5000,
        "usd",
    )


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [(1050, "usd", 60), (1000, "jpy", 59), (10_000, "kwd", 590), (50, "usd", 31)],
)
def test_fees_are_in_the_currencys_own_units(
    shop: StripeShop, amount: int, currency: str, fee: int
) -> None:
    session = shop.open(amount, currency)
    shop.pay(session)
    entry = shop.session(session, DEEP).payment_intent.latest_charge.balance_transaction
    assert (entry.fee, entry.net) == (fee, amount - fee)


@pytest.mark.parametrize(
    ("card", "code", "decline_code", "words"),
    [
        ("4000000000000002", "card_declined", "generic_decline", "Your card was declined."),
        (
            "4000000000009995",
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
        ),
        ("4000000000009987", "card_declined", "lost_card", "Your card was declined."),
        ("4000000000009979", "card_declined", "stolen_card", "Your card was declined."),
        ("4000000000000069", "expired_card", "expired_card", "Your card has expired."),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc", "security code is incorrect."),
        ("4000000000000119", "processing_error", "processing_error", "An error occurred"),
        ("4111111111111111", "card_declined", "test_mode_live_card", "in test mode"),
    ],
)
def test_a_decline_keeps_the_session_open(
    shop: StripeShop, card: str, code: str, decline_code: str, words: str
) -> None:
    session = shop.open()
    page = shop.submit(session, number=card)
    assert page.status_code == 200
    assert words.replace("'", "&#39;") in page.text
    shown = shop.session(session, "payment_intent")
    assert (shown.status, shown.payment_status) == ("open", "unpaid")
    error = shown.payment_intent.last_payment_error
    assert (error.code, error.decline_code) == (code, decline_code)
    assert words in error.message
    assert shop.submit(session).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("number", "4242 4242 4242 4241", "Your card number is invalid."),
        ("number", "4242", "Your card number is incomplete."),
        ("expiry", "01/20", "expiration date is in the past."),
        ("expiry", "13/40", "expiration date is incomplete."),
        ("cvc", "12", "security code is incomplete."),
        ("email", "nobody", "Enter your email."),
        ("name", "", "Enter the name on the card."),
    ],
)
def test_mistakes_in_the_form_are_shown_and_cost_nothing(
    shop: StripeShop, field: str, value: str, words: str
) -> None:
    session = shop.open()
    page = shop.submit(session, **{field: value})
    assert words in page.text
    assert shop.session(session).payment_intent is None


def test_a_test_card_button_fills_the_form(shop: StripeShop) -> None:
    session = shop.open()
    page = shop.submit(session, fill="4000000000009995", number="")
    assert 'value="4000 0000 0000 9995"' in page.text
    assert shop.session(session).payment_intent is None


def test_3d_secure_asks_and_then_takes_the_money(shop: StripeShop, sandbox: Sandbox) -> None:
    session = shop.open()
    page = shop.submit(session, number="4000002500003155")
    assert page.headers["location"] == f"/stripe/3ds/{session.id}"
    assert shop.session(session, "payment_intent").payment_intent.status == "requires_action"
    done = sandbox.http.post(page.headers["location"], data={"answer": "complete"})
    assert done.headers["location"].startswith("http://127.0.0.1:9/done")
    assert shop.session(session).payment_status == "paid"


def test_a_failed_3d_secure_leaves_the_session_open(shop: StripeShop, sandbox: Sandbox) -> None:
    session = shop.open()
    shop.submit(session, number="4000002760003184")
    page = sandbox.http.post(f"/stripe/3ds/{session.id}", data={"answer": "fail"})
    page = sandbox.http.get(page.headers["location"])
    assert "We are unable to authenticate your payment method." in page.text
    error = shop.session(session, "payment_intent").payment_intent.last_payment_error
    assert error.code == "payment_intent_authentication_failure"


def test_3d_secure_may_still_end_in_a_decline(shop: StripeShop) -> None:
    session = shop.open()
    intent = shop.pay(session, "4000008400001629")["payment_intent"]
    assert intent["last_payment_error"]["decline_code"] == "generic_decline"


def test_a_session_is_paid_once(shop: StripeShop) -> None:
    session = shop.open()
    assert shop.submit(session).status_code == 303
    second = shop.submit(session)
    assert "already been completed" in second.text
    charges: Any = shop.client.v1.charges.list()
    assert len(charges.data) == 1


def test_an_expired_session_takes_no_money(shop: StripeShop, sandbox: Sandbox) -> None:
    session = shop.open()
    sandbox.control(f"stripe/sessions/{session.id}/expire")
    assert "timed out" in shop.submit(session).text
    assert shop.session(session).status == "expired"


def test_paying_and_closing_the_browser_does_not_return(shop: StripeShop) -> None:
    session = shop.open()
    page = shop.submit(session, how="vanish")
    assert page.status_code == 200
    assert shop.session(session).payment_status == "paid"


@pytest.mark.parametrize(
    ("card", "payment_status"), [("4242424242424242", "paid"), ("4000000000000002", "unpaid")]
)
def test_a_delayed_method_is_complete_before_it_is_paid(
    shop: StripeShop, card: str, payment_status: str
) -> None:
    session = shop.open(currency="eur", payment_method_types=["sepa_debit"])
    shop.pay(session, card, delayed_method="sepa_debit")
    now = shop.session(session, "payment_intent")
    assert (now.status, now.payment_status) == ("complete", "unpaid")
    assert now.payment_intent.status == "processing"
    shop.sandbox.flush(ahead_s=60)
    assert shop.session(session).payment_status == payment_status


def test_a_method_and_its_currency_must_fit(shop: StripeShop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="only supports the following currencies"):
        shop.open(currency="usd", payment_method_types=["sepa_debit"])


def paid_intent(shop: StripeShop, card: str = "4242424242424242") -> str:
    return str(shop.pay(shop.open(5000), card)["payment_intent"]["id"])


def test_refunds_never_exceed_what_is_left(shop: StripeShop) -> None:
    intent = paid_intent(shop)
    refunds = shop.client.v1.refunds
    assert refunds.create({"payment_intent": intent, "amount": 2000}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as over:
        refunds.create({"payment_intent": intent, "amount": 3001})
    assert over.value.param == "amount"
    assert refunds.create({"payment_intent": intent}).amount == 3000
    with pytest.raises(stripe.InvalidRequestError) as done:
        refunds.create({"payment_intent": intent})
    assert done.value.code == "charge_already_refunded"
    amounts = [each.amount for each in refunds.list({"payment_intent": intent}).data]
    assert amounts == [3000, 2000]


def test_an_unpaid_intent_cannot_be_refunded(shop: StripeShop) -> None:
    intent = paid_intent(shop, "4000000000000002")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        shop.client.v1.refunds.create({"payment_intent": intent})


def test_a_refund_can_fail_after_it_succeeded(shop: StripeShop) -> None:
    intent = paid_intent(shop, "4000000000005126")
    refund = shop.client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "succeeded"
    shop.sandbox.flush(ahead_s=60)
    failed = shop.client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert shop.client.v1.charges.list().data[0].amount_refunded == 0


def test_a_refund_can_be_pending_first(shop: StripeShop) -> None:
    intent = paid_intent(shop, "4000000000007726")
    refund = shop.client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "pending"
    shop.sandbox.flush(ahead_s=60)
    assert shop.client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_the_balance_is_what_the_entries_sum_to(shop: StripeShop) -> None:
    shop.client.v1.refunds.create({"payment_intent": paid_intent(shop), "amount": 1000})
    balance = shop.client.v1.balance.retrieve()
    entries = shop.client.v1.balance_transactions.list({"limit": 100}).data
    assert [(each.type, each.net) for each in entries] == [("refund", -1000), ("charge", 4825)]
    assert balance.pending[0].amount == 4825
    assert balance.available[0].amount == -1000
