"""Stripe's API: what it refuses, in which words, and what it answers twice alike."""

import time
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Sandbox, StripeShop, order

FORM = {
    "mode": "payment",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "5000",
    "line_items[0][price_data][product_data][name]": "Sample",
    "line_items[0][quantity]": "1",
    "success_url": "http://127.0.0.1:9/done",
}
SESSIONS = "/v1/checkout/sessions"


def test_a_session_looks_as_stripe_makes_it(shop: StripeShop) -> None:
    session = shop.open(client_reference_id="pay_1", metadata={"order": "7"})
    assert session.id.startswith("cs_test_")
    assert (session.amount_total, session.currency) == (5000, "usd")
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert session.metadata.to_dict() == {"order": "7"}
    assert session.livemode is False
    assert session.expires_at - session.created == 24 * 3600


@pytest.mark.parametrize("key", ["", "Bearer sk_test_wrong", "Basic !", "Bearer"])
def test_a_request_without_a_right_key_is_refused(sandbox: Sandbox, key: str) -> None:
    answer = sandbox.http.get("/v1/balance", headers={"Authorization": key})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_publishable_key_is_refused(sandbox: Sandbox) -> None:
    keys = sandbox.control("accounts", provider="stripe", name="public")
    headers = {"Authorization": f"Bearer {keys['publishable_key']}"}
    answer = sandbox.http.get("/v1/balance", headers=headers)
    assert answer.json()["error"]["code"] == "secret_key_required"


def test_one_account_does_not_see_another(shop: StripeShop, sandbox: Sandbox) -> None:
    session = shop.open()
    other = sandbox.control("accounts", provider="stripe", name="other")
    headers = {"Authorization": f"Bearer {other['secret_key']}"}
    answer = sandbox.http.get(f"{SESSIONS}/{session.id}", headers=headers)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "resource_missing"


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        (
            {"line_items[0][price_data][colour]": "red"},
            "parameter_unknown",
            "line_items[0][price_data][colour]",
        ),
        ({"allow_promotion_codes": "true"}, "sandbox_not_simulated", "allow_promotion_codes"),
        ({"success_url": ""}, "parameter_invalid_empty", "success_url"),
        ({"success_url": "done"}, "url_invalid", "success_url"),
        ({"expires_at": "soon"}, "parameter_invalid_integer", "expires_at"),
        ({"customer_email": "nobody"}, "email_invalid", "customer_email"),
        ({"mode": "gift"}, None, "mode"),
        ({"locale": "xx"}, None, "locale"),
    ],
)
def test_wrong_parameters_are_named(
    shop: StripeShop, change: dict[str, str], code: str | None, param: str
) -> None:
    answer = shop.raw("POST", SESSIONS, **{**FORM, **change})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error.get("code"), error["param"]) == (code, param)


@pytest.mark.parametrize(
    "name",
    [
        "mode",
        "success_url",
        "line_items[0][quantity]",
        "line_items[0][price_data][unit_amount]",
        "line_items[0][price_data][product_data][name]",
    ],
)
def test_missing_parameters_are_named(shop: StripeShop, name: str) -> None:
    form = {key: value for key, value in FORM.items() if key != name}
    answer = shop.raw("POST", SESSIONS, **form)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "parameter_missing")
    assert name.startswith(error["param"])


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (50, "usd", None),
        (29, "gbp", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (50, "jpy", None),
        (5005, "kwd", "parameter_invalid_integer"),
        (5010, "kwd", None),
        (15050, "isk", "parameter_invalid_integer"),
        (99_999_999, "usd", None),
        (100_000_000, "usd", "amount_too_large"),
        (-5, "usd", "parameter_invalid_integer"),
        (0, "usd", "amount_too_small"),
    ],
)
def test_amounts_keep_to_stripes_rules(
    shop: StripeShop, amount: int, currency: str, code: str | None
) -> None:
    if code is None:
        assert shop.open(amount, currency).amount_total == amount
        return
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(amount, currency)
    assert refusal.value.code == code


def test_an_unknown_currency_is_refused(shop: StripeShop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid currency: xyz"):
        shop.open(5000, "xyz")


@pytest.mark.parametrize(("lifetime_s", "is_taken"), [(1700, False), (1800, True), (90_000, False)])
def test_a_session_lives_from_30_minutes_to_24_hours(
    shop: StripeShop, lifetime_s: int, is_taken: bool
) -> None:
    moment = int(time.time()) + lifetime_s
    if is_taken:
        assert shop.open(expires_at=moment).expires_at == moment
        return
    with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
        shop.open(expires_at=moment)


def test_the_same_key_gives_the_same_session(shop: StripeShop) -> None:
    params: Any = order()
    options: Any = {"idempotency_key": "att_1"}
    first = shop.client.v1.checkout.sessions.create(params, options)
    second = shop.client.v1.checkout.sessions.create(params, options)
    assert first.id == second.id
    assert second.last_response is not None
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(shop.client.v1.checkout.sessions.list().data) == 1


def test_a_key_is_bound_to_its_parameters_and_address(shop: StripeShop) -> None:
    shop.raw("POST", SESSIONS, key="k", **FORM)
    other = shop.raw("POST", SESSIONS, key="k", **FORM, client_reference_id="pay_2")
    elsewhere = shop.raw("POST", "/v1/refunds", key="k", **FORM)
    for answer in (other, elsewhere):
        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "idempotency_error"


def test_a_stored_500_is_given_again(shop: StripeShop, sandbox: Sandbox) -> None:
    sandbox.fault("stripe", "create", "error_500")
    answers = [shop.raw("POST", SESSIONS, key="k", **FORM) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert answers[0].json()["error"]["type"] == "api_error"
    assert shop.raw("POST", SESSIONS, key="another", **FORM).status_code == 200


def test_a_failed_check_does_not_use_up_the_key(shop: StripeShop) -> None:
    assert shop.raw("POST", SESSIONS, key="k", **{**FORM, "colour": "red"}).status_code == 400
    assert shop.raw("POST", SESSIONS, key="k", **FORM).status_code == 200


def test_unknown_addresses_are_404(shop: StripeShop) -> None:
    answer = shop.raw("GET", "/v1/unicorns")
    assert answer.status_code == 404
    assert "Unrecognized request URL (GET: /v1/unicorns)" in answer.text
    assert answer.headers["Request-Id"].startswith("req_")


def test_json_bodies_are_refused(shop: StripeShop, sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {shop.secret_key}"}
    answer = sandbox.http.post(SESSIONS, json={"mode": "payment"}, headers=headers)
    assert answer.status_code == 400


def test_lists_are_newest_first_and_page_by_id(shop: StripeShop) -> None:
    made = [shop.open().id for _ in range(3)]
    sessions = shop.client.v1.checkout.sessions
    first = sessions.list({"limit": 2})
    assert [each.id for each in first.data] == [made[2], made[1]]
    assert first.has_more is True
    rest = sessions.list({"limit": 2, "starting_after": made[1]})
    assert ([each.id for each in rest.data], rest.has_more) == ([made[0]], False)


def test_only_open_sessions_expire(shop: StripeShop) -> None:
    session = shop.open()
    expired = shop.client.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        shop.client.v1.checkout.sessions.expire(session.id)


def test_what_cannot_be_expanded_is_refused(shop: StripeShop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        shop.session(shop.open(), "colour")


def test_the_payment_intent_of_a_session_cannot_be_canceled(shop: StripeShop) -> None:
    session = shop.open()
    intent = shop.pay(session, "4000000000000002")["payment_intent"]["id"]
    with pytest.raises(stripe.InvalidRequestError, match="expire the Checkout Session"):
        shop.client.v1.payment_intents.cancel(intent)
