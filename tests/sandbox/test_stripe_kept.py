"""Cards that Stripe keeps, charged through its own SDK."""

from __future__ import annotations

from typing import Any, cast

import pytest
import stripe

from tests.sandbox.conftest import GOOD_CARD, Receiver, Sandbox, StripeShop

ALWAYS_ASKS, ASKS_ONCE, ASKS_ON_WISH = "4000002760003184", "4000002500003155", "4000000000003055"
BACK = "http://127.0.0.1:9/done"
KEEPING: dict[str, Any] = {
    "customer_creation": "always",
    "payment_intent_data": {"setup_future_usage": "on_session"},
}


def kept(shop: StripeShop, card: str = GOOD_CARD, **more: Any) -> tuple[str, str]:
    """The customer and method of a card that was kept when it paid a first time."""
    session = shop.open(**{**KEEPING, **more})
    shop.pay(session, card)
    charge = shop.session(session, "payment_intent.latest_charge").payment_intent.latest_charge
    return charge.customer, charge.payment_method


def charge(shop: StripeShop, customer: str, method: str, /, **more: Any) -> Any:
    order = {
        "amount": 700,
        "currency": "usd",
        "customer": customer,
        "payment_method": method,
        "confirm": True,
        "return_url": BACK,
        "metadata": {"order": method},
    }
    return shop.client.v1.payment_intents.create(cast(Any, {**order, **more}))


def moved(shop: StripeShop, reference: str) -> list[str]:
    kinds = [entry["kind"] for entry in shop.sandbox.journal(reference)]
    return [kind for kind in kinds if kind.startswith("money.")]


def test_a_card_is_kept_under_a_customer_of_its_own(shop: StripeShop) -> None:
    customer, method = kept(shop)
    known = shop.client.v1.payment_methods.retrieve(method)
    assert (known.customer, known.card and known.card.last4) == (customer, "4242")
    assert shop.client.v1.customers.retrieve(customer).email == "payer@example.com"


@pytest.mark.parametrize(
    "without", [{"customer_creation": "if_required"}, {"payment_intent_data": {}}]
)
def test_nothing_is_kept_that_was_not_asked_for(shop: StripeShop, without: dict[str, Any]) -> None:
    customer, method = kept(shop, **without)
    assert customer is None
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.client.v1.payment_methods.retrieve(method)
    assert refusal.value.code == "resource_missing"


def test_a_declined_card_is_not_kept(shop: StripeShop) -> None:
    session = shop.open(**KEEPING)
    shop.pay(session, "4000000000000002")
    assert shop.session(session).customer is None
    assert list(shop.client.v1.customers.list()) == []


def test_a_kept_card_pays_at_once_and_can_be_refunded(shop: StripeShop, receiver: Receiver) -> None:
    customer, method = kept(shop)
    shop.listen(receiver, "payment_intent.succeeded", "checkout.session.completed")
    intent = charge(shop, customer, method)
    assert (intent.status, intent.amount_received, intent.next_action) == ("succeeded", 700, None)
    shop.sandbox.flush()
    assert receiver.types() == ["payment_intent.succeeded"]
    refund = shop.client.v1.refunds.create({"payment_intent": intent.id, "amount": 200})
    assert (refund.status, refund.amount) == ("succeeded", 200)
    assert moved(shop, method) == ["money.captured", "money.refunded"]


def test_the_same_key_charges_once(shop: StripeShop) -> None:
    customer, method = kept(shop)
    form = {
        "amount": "700",
        "currency": "usd",
        "customer": customer,
        "payment_method": method,
        "confirm": "true",
        "return_url": BACK,
        "metadata[order]": method,
    }
    first = shop.raw("POST", "/v1/payment_intents", "key-8", **form)
    again = shop.raw("POST", "/v1/payment_intents", "key-8", **form)
    assert first.json()["id"] == again.json()["id"]
    assert moved(shop, method) == ["money.captured"]


@pytest.mark.parametrize(
    ("card", "wish", "status"),
    [
        (ALWAYS_ASKS, "automatic", "requires_action"),
        (ASKS_ONCE, "automatic", "succeeded"),
        (ASKS_ONCE, "any", "requires_action"),
        (ASKS_ON_WISH, "automatic", "succeeded"),
        (ASKS_ON_WISH, "any", "requires_action"),
        (GOOD_CARD, "any", "succeeded"),
    ],
)
def test_the_bank_asks_by_card_and_by_wish(
    shop: StripeShop, card: str, wish: str, status: str
) -> None:
    options = {"card": {"request_three_d_secure": wish}}
    intent = charge(shop, *kept(shop, card), payment_method_options=options)
    assert intent.status == status


@pytest.mark.parametrize(
    ("said", "status", "way_back"),
    [("complete", "succeeded", "succeeded"), ("fail", "requires_payment_method", "failed")],
)
def test_who_is_asked_answers_on_a_page_and_comes_back(
    shop: StripeShop, sandbox: Sandbox, said: str, status: str, way_back: str
) -> None:
    intent = charge(shop, *kept(shop, ALWAYS_ASKS))
    page = intent.next_action.redirect_to_url.url
    assert "7.00 USD" in sandbox.http.get(page).text
    left = sandbox.http.post(page, data={"answer": said})
    assert left.headers["location"].startswith(f"{BACK}?payment_intent={intent.id}")
    assert left.headers["location"].endswith(f"redirect_status={way_back}")
    assert shop.client.v1.payment_intents.retrieve(intent.id).status == status
    assert sandbox.http.post(page, data={"answer": "complete"}).status_code == 303
    assert shop.client.v1.payment_intents.retrieve(intent.id).status == status


def test_without_its_holder_a_card_that_must_be_asked_is_declined(shop: StripeShop) -> None:
    customer, method = kept(shop, ALWAYS_ASKS)
    with pytest.raises(stripe.CardError) as refusal:
        charge(shop, customer, method, off_session=True)
    assert refusal.value.code == "authentication_required"
    intent = next(iter(shop.client.v1.payment_intents.list({"customer": customer})))
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    assert charge(shop, *kept(shop), off_session=True).status == "succeeded"


def test_an_intent_of_its_own_can_be_canceled_until_it_is_paid(shop: StripeShop) -> None:
    customer, method = kept(shop, ALWAYS_ASKS)
    intent = charge(shop, customer, method)
    assert shop.client.v1.payment_intents.cancel(intent.id).status == "canceled"
    paid = charge(shop, *kept(shop))
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.client.v1.payment_intents.cancel(paid.id)
    assert refusal.value.code == "payment_intent_unexpected_state"


def test_a_card_that_was_let_go_of_charges_nothing(shop: StripeShop) -> None:
    customer, method = kept(shop)
    assert shop.client.v1.payment_methods.detach(method).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again") as refusal:
        charge(shop, customer, method)
    assert refusal.value.code is None
    with pytest.raises(stripe.InvalidRequestError, match="detachment is impossible"):
        shop.client.v1.payment_methods.detach(method)
    assert moved(shop, method) == []


def test_another_customers_card_charges_nothing(shop: StripeShop) -> None:
    customer, _method = kept(shop)
    _other, method = kept(shop)
    with pytest.raises(stripe.InvalidRequestError, match="must be attached to the customer"):
        charge(shop, customer, method)


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"amount": 0}, "amount"),
        ({"currency": "zzz"}, "currency"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"payment_method": "pm_none"}, "payment_method"),
        ({"confirm": False}, "confirm=false"),
        ({"return_url": "done"}, "return_url"),
        ({"mandate": "mandate_1"}, "mandate"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_stripe_would_refuse_is_refused(
    shop: StripeShop, more: dict[str, Any], param: str
) -> None:
    customer, method = kept(shop)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        charge(shop, customer, method, **more)
    assert param in str(refusal.value.json_body)
    assert list(shop.client.v1.payment_intents.list({"customer": customer}))[1:] == []
