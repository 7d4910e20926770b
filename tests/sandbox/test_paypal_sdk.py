"""The official SDK as a client of the sandbox: what it can do with PayPal works here too."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import uuid4

import pytest
from paypalserversdk.configuration import Configuration, Environment, Server
from paypalserversdk.exceptions.error_exception import ErrorException
from paypalserversdk.exceptions.o_auth_provider_exception import OAuthProviderException
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials
from paypalserversdk.models.amount_with_breakdown import AmountWithBreakdown
from paypalserversdk.models.money import Money
from paypalserversdk.models.order_request import OrderRequest
from paypalserversdk.models.patch import Patch
from paypalserversdk.models.payment_source import PaymentSource
from paypalserversdk.models.paypal_wallet import PaypalWallet
from paypalserversdk.models.paypal_wallet_experience_context import PaypalWalletExperienceContext
from paypalserversdk.models.purchase_unit_request import PurchaseUnitRequest
from paypalserversdk.models.refund_request import RefundRequest
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient

from tests.sandbox.conftest import Sandbox

BACK = "http://127.0.0.1:9/back"
Client: TypeAlias = Any  # the SDK comes without types


@pytest.fixture
def keys(sandbox: Sandbox) -> dict[str, str]:
    opened: dict[str, str] = sandbox.control("accounts", provider="paypal", name=f"s {uuid4()}")
    return opened


@pytest.fixture
def client_of(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Client]:
    servers = Configuration.environments[Environment.SANDBOX]
    monkeypatch.setitem(servers, Server.DEFAULT, sandbox.url)

    def make(client_id: str, secret: str) -> Client:
        login = ClientCredentialsAuthCredentials(client_id, secret)
        return PaypalServersdkClient(
            client_credentials_auth_credentials=login, environment=Environment.SANDBOX
        )

    return make


@pytest.fixture
def sdk(keys: dict[str, str], client_of: Callable[[str, str], Client]) -> Client:
    return client_of(keys["client_id"], keys["client_secret"])


def order(value: str = "50.00", currency: str = "USD", **more: Any) -> OrderRequest:
    amount = AmountWithBreakdown(currency_code=currency, value=value)
    unit = PurchaseUnitRequest(amount=amount, description="样品费", **more)
    context = PaypalWalletExperienceContext(return_url=BACK, cancel_url=BACK, locale="zh-CN")
    wallet = PaypalWallet(experience_context=context)
    return OrderRequest(
        intent="CAPTURE", purchase_units=[unit], payment_source=PaymentSource(paypal=wallet)
    )


def made(sdk: Client, body: OrderRequest, key: str = "") -> Any:
    request_id = key or uuid4().hex
    options = {"body": body, "paypal_request_id": request_id, "prefer": "return=representation"}
    return sdk.orders.create_order(options)


def captured(sdk: Client, order_id: str, key: str = "") -> Any:
    options = {"id": order_id, "prefer": "return=representation"}
    return sdk.orders.capture_order(options | ({"paypal_request_id": key} if key else {}))


def taken(sdk: Client, sandbox: Sandbox, value: str = "50.00") -> tuple[Any, Any]:
    """An order that was paid, and its capture."""
    key = uuid4().hex
    opened = made(sdk, order(value, custom_id=key, invoice_id=key)).body
    sandbox.control(f"paypal/orders/{key}/approve")
    paid = captured(sdk, opened.id).body
    return paid, paid.purchase_units[0].payments.captures[0]


def issue(refusal: pytest.ExceptionInfo[ErrorException]) -> str:
    return str(refusal.value.details[0].issue)


def test_an_order_is_made_approved_and_captured(sdk: Client, sandbox: Sandbox) -> None:
    key = uuid4().hex
    opened = made(sdk, order(custom_id=key, invoice_id=key))
    assert (opened.status_code, opened.body.status) == (200, "PAYER_ACTION_REQUIRED")
    assert [link.rel for link in opened.body.links] == ["self", "payer-action"]

    sandbox.control(f"paypal/orders/{key}/approve")
    shown = sdk.orders.get_order({"id": opened.body.id}).body
    assert (shown.status, shown.payer.email_address) == (
        "APPROVED",
        "john.doe@personal.example.com",
    )
    paid = captured(sdk, opened.body.id, f"cap_{key}")
    capture = paid.body.purchase_units[0].payments.captures[0]
    assert (paid.status_code, paid.body.status, capture.status) == (201, "COMPLETED", "COMPLETED")
    kept = capture.seller_receivable_breakdown
    assert (kept.paypal_fee.value, kept.net_amount.value) == ("2.24", "47.76")

    again = captured(sdk, opened.body.id, f"cap_{key}")
    assert again.status_code == 200
    assert again.body.purchase_units[0].payments.captures[0].id == capture.id
    with pytest.raises(ErrorException) as refusal:
        captured(sdk, opened.body.id)
    assert issue(refusal) == "ORDER_ALREADY_CAPTURED"


def test_an_order_without_a_payment_source_is_made_with_201(sdk: Client) -> None:
    body = order()
    del body.payment_source
    opened = made(sdk, body)
    assert (opened.status_code, opened.body.status) == (201, "CREATED")
    assert [link.rel for link in opened.body.links] == ["self", "approve", "update", "capture"]


def test_a_request_id_is_for_one_request(sdk: Client, sandbox: Sandbox) -> None:
    first = made(sdk, order(), "key-1").body
    again = made(sdk, order(), "key-1")
    assert (again.status_code, again.body.id) == (200, first.id)
    with pytest.raises(ErrorException) as refusal:
        made(sdk, order("50.01"), "key-1")
    assert issue(refusal) == "DUPLICATE_REQUEST_ID"
    sandbox.flush(ahead_s=6 * 3600 + 1)
    assert made(sdk, order(), "key-1").body.id != first.id


def test_refunds_are_made_told_and_limited(sdk: Client, sandbox: Sandbox) -> None:
    _, capture = taken(sdk, sandbox)

    def refund(value: str, key: str) -> Any:
        amount = Money(currency_code="USD", value=value)
        body = RefundRequest(amount=amount, custom_id=key, note_to_payer="Sample refunded")
        options = {"capture_id": capture.id, "body": body, "paypal_request_id": key}
        return sdk.payments.refund_captured_payment(options | {"prefer": "return=representation"})

    first = refund("20.00", "r1")
    assert (first.status_code, first.body.status, first.body.amount.value) == (
        201,
        "COMPLETED",
        "20.00",
    )
    assert refund("20.00", "r1").status_code == 200
    shown = sdk.payments.get_refund({"refund_id": first.body.id}).body
    assert (shown.custom_id, shown.seller_payable_breakdown.total_refunded_amount.value) == (
        "r1",
        "20.00",
    )
    with pytest.raises(ErrorException) as refusal:
        refund("30.01", "r2")
    assert issue(refusal) == "REFUND_AMOUNT_EXCEEDED"
    refund("30.00", "r3")
    assert sdk.payments.get_captured_payment({"capture_id": capture.id}).body.status == "REFUNDED"
    with pytest.raises(ErrorException) as refusal:
        refund("0.01", "r4")
    assert issue(refusal) == "CAPTURE_FULLY_REFUNDED"


def test_an_order_of_another_intent_is_not_captured(sdk: Client, sandbox: Sandbox) -> None:
    key = uuid4().hex
    opened = made(sdk, order(custom_id=key)).body
    change = Patch(op="replace", path="/intent", value="AUTHORIZE")
    assert sdk.orders.patch_order({"id": opened.id, "body": [change]}).status_code == 204
    sandbox.control(f"paypal/orders/{key}/approve")
    with pytest.raises(ErrorException) as refusal:
        captured(sdk, opened.id)
    assert issue(refusal) == "ACTION_DOES_NOT_MATCH_INTENT"


def test_an_order_that_was_paid_is_not_changed(sdk: Client, sandbox: Sandbox) -> None:
    paid, _ = taken(sdk, sandbox)
    change = Patch(op="replace", path="/intent", value="AUTHORIZE")
    with pytest.raises(ErrorException) as refusal:
        sdk.orders.patch_order({"id": paid.id, "body": [change]})
    assert issue(refusal) == "ORDER_ALREADY_COMPLETED"


def test_the_report_lists_what_moved(sdk: Client, sandbox: Sandbox) -> None:
    _, capture = taken(sdk, sandbox)
    now = datetime.now(UTC)
    span = {
        "start_date": (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end_date": (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    [line] = sdk.transaction_search.search_transactions(span).body.transaction_details
    told = line.transaction_info
    assert (told.transaction_id, told.transaction_event_code, told.transaction_status) == (
        capture.id,
        "T0006",
        "S",
    )
    assert (told.transaction_amount.value, told.fee_amount.value) == ("50.00", "-2.24")


@pytest.mark.parametrize(
    ("value", "currency", "more", "why"),
    [
        ("50.001", "USD", {}, "DECIMAL_PRECISION"),
        ("50.00", "JPY", {}, "DECIMALS_NOT_SUPPORTED"),
        ("100.00", "HUF", {}, "DECIMALS_NOT_SUPPORTED"),
        ("1.00", "TWD", {}, "DECIMALS_NOT_SUPPORTED"),
        ("0.00", "USD", {}, "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("-1.00", "USD", {}, "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("10000000.00", "USD", {}, "MAX_VALUE_EXCEEDED"),
        ("1.000", "KWD", {}, "CURRENCY_NOT_SUPPORTED"),
        ("1.00", "usd", {}, "INVALID_PARAMETER_SYNTAX"),
        ("1e2", "USD", {}, "INVALID_PARAMETER_SYNTAX"),
        ("1.00", "USD", {"invoice_id": "x" * 128}, "INVALID_STRING_LENGTH"),
        ("1.00", "USD", {"soft_descriptor": "x"}, "SANDBOX_NOT_SIMULATED"),
    ],
)
def test_what_paypal_refuses_is_refused(
    sdk: Client, value: str, currency: str, more: dict[str, str], why: str
) -> None:
    with pytest.raises(ErrorException) as refusal:
        made(sdk, order(value, currency, **more))
    assert issue(refusal) == why
    assert refusal.value.debug_id


@pytest.mark.parametrize("extra", [{"intnet": "CAPTURE"}, {"purchase_units": []}])
def test_a_body_that_is_none_is_refused(
    sandbox: Sandbox, keys: dict[str, str], extra: dict[str, Any]
) -> None:
    login = (keys["client_id"], keys["client_secret"])
    grant = {"grant_type": "client_credentials"}
    token = sandbox.http.post("/v1/oauth2/token", data=grant, auth=login).json()["access_token"]
    unit = {"amount": {"currency_code": "USD", "value": "1.00"}}
    body = {"intent": "CAPTURE", "purchase_units": [unit]} | extra
    headers = {"Authorization": f"Bearer {token}"}
    answer = sandbox.http.post("/v2/checkout/orders", json=body, headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (400, "INVALID_REQUEST")


def test_only_who_knows_the_secret_gets_in(
    sdk: Client, keys: dict[str, str], sandbox: Sandbox
) -> None:
    login = base64.b64encode(f"{keys['client_id']}:{'E' * 80}".encode()).decode()
    with pytest.raises(OAuthProviderException) as refusal:
        sdk.o_auth_authorization.request_token({"authorization": f"Basic {login}"})
    assert refusal.value.error == "invalid_client"
    headers = {"Authorization": "Bearer nobody"}
    answer = sandbox.http.get("/v2/checkout/orders/X", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_another_apps_order_is_not_there(
    sdk: Client, client_of: Callable[[str, str], Client], sandbox: Sandbox
) -> None:
    opened = made(sdk, order()).body
    other = sandbox.control("accounts", provider="paypal", name=f"s {uuid4()}")
    with pytest.raises(ErrorException) as refusal:
        client_of(other["client_id"], other["client_secret"]).orders.get_order({"id": opened.id})
    assert issue(refusal) == "INVALID_RESOURCE_ID"
