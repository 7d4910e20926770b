"""What Stripe accepts when a Checkout Session is made, and what it refuses."""

from typing import Any

from sandbox.store import Json
from sandbox.stripe import money
from sandbox.stripe.api import params
from sandbox.stripe.errors import StripeError, missing

LEAST_LIFETIME_S, LONGEST_LIFETIME_S = 30 * 60, 24 * 3600
# Whole seconds and a request under way must not turn "in 30 minutes" into a refusal.
LIFETIME_SLACK_S = 5
REFERENCE_CHARS = 200
LINES_AT_MOST = 100

# Methods whose money comes days later, and the currencies they know.
DELAYED_METHODS = {
    "sepa_debit": ("eur",),
    "us_bank_account": ("usd",),
    "bacs_debit": ("gbp",),
    "au_becs_debit": ("aud",),
    "acss_debit": ("cad", "usd"),
}
LOCALES = (
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl"
    " pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)


def currency(value: Any, name: str) -> str:
    text = params.string(value, name)
    if text.lower() not in money.CURRENCIES:
        raise StripeError(
            f"Invalid currency: {text}. Stripe currently supports these currencies:"
            f" {', '.join(sorted(money.CURRENCIES))}",
            param=name,
        )
    return text.lower()


SESSION: params.Schema = {
    "mode": params.one_of("payment", "setup", "subscription"),
    "line_items": params.ListOf(
        {
            "price_data": {
                "currency": currency,
                "unit_amount": params.integer,
                "product_data": {
                    "name": params.string,
                    "description": params.string,
                    "images": params.ListOf(params.url),
                    "metadata": params.metadata,
                },
                "tax_behavior": params.one_of("exclusive", "inclusive", "unspecified"),
            },
            "quantity": params.positive,
        }
    ),
    "success_url": params.url,
    "cancel_url": params.url,
    "client_reference_id": params.limited(REFERENCE_CHARS),
    "metadata": params.metadata,
    "payment_intent_data": {
        "metadata": params.metadata,
        "description": params.limited(1000),
        "receipt_email": params.email,
        "statement_descriptor": params.limited(22),
        "statement_descriptor_suffix": params.limited(22),
        "capture_method": params.one_of("automatic", "automatic_async"),
        "setup_future_usage": params.one_of("off_session", "on_session"),
    },
    "customer_email": params.email,
    "customer_creation": params.one_of("always", "if_required"),
    "expires_at": params.integer,
    "locale": params.one_of(*LOCALES.split()),
    "payment_method_types": params.ListOf(params.one_of("card", *DELAYED_METHODS)),
    "submit_type": params.one_of("auto", "book", "donate", "pay", "subscribe"),
    "billing_address_collection": params.one_of("auto", "required"),
    "ui_mode": params.one_of("hosted", "hosted_page"),
}
_UNSUPPORTED = (
    "adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types"
    " automatic_tax branding_settings consent_collection currency custom_fields custom_text"
    " customer customer_account customer_update discounts"
    " excluded_payment_method_types integration_identifier invoice_creation managed_payments"
    " name_collection optional_items origin_context payment_method_collection"
    " payment_method_configuration payment_method_data payment_method_options permissions"
    " phone_number_collection redirect_on_completion return_url saved_payment_method_options"
    " setup_intent_data shipping_address_collection shipping_options subscription_data"
    " tax_id_collection wallet_options"
)
SESSION_UNSUPPORTED = frozenset(_UNSUPPORTED.split())


def session(given: Json, now: int) -> Json:
    """The parameters with Stripe's defaults filled in."""
    for name in ("mode", "line_items", "success_url"):
        if not given.get(name):
            raise missing(name)
    if given["mode"] != "payment":
        raise StripeError("The sandbox simulates payments only.", param="mode")
    lines = [_line(line, index) for index, line in enumerate(given["line_items"])]
    currency = _one_currency(lines)
    total = sum(line["price_data"]["unit_amount"] * line["quantity"] for line in lines)
    money.check_total(total, currency)
    _check_methods(given.get("payment_method_types", ["card"]), currency)
    expires_at = given.get("expires_at", now + LONGEST_LIFETIME_S)
    _check_expiry(expires_at - now)
    return given | {"line_items": lines, "expires_at": expires_at}


def _line(line: Json, index: int) -> Json:
    name = f"line_items[{index}]"
    if "price_data" not in line:
        message = f"You must specify either `price` or `price_data` for `{name}`."
        raise StripeError(message, code="parameter_missing", param=name)
    if "quantity" not in line:
        raise missing(f"{name}[quantity]")
    price = line["price_data"]
    for part in ("currency", "unit_amount", "product_data"):
        if part not in price:
            raise missing(f"{name}[price_data][{part}]")
    if "name" not in price["product_data"]:
        raise missing(f"{name}[price_data][product_data][name]")
    money.check_unit_amount(
        price["unit_amount"], price["currency"], f"{name}[price_data][unit_amount]"
    )
    return line


def _one_currency(lines: list[Json]) -> str:
    if len(lines) > LINES_AT_MOST:
        raise StripeError(f"You can pass at most {LINES_AT_MOST} line items.", param="line_items")
    currencies = {line["price_data"]["currency"] for line in lines}
    if len(currencies) > 1:
        message = "All line items must have the same currency."
        raise StripeError(message, param="line_items")
    return str(currencies.pop())


def _check_methods(methods: list[str], currency: str) -> None:
    for method in methods:
        known = DELAYED_METHODS.get(method)
        if known is not None and currency not in known:
            shown = ", ".join(f"`{each}`" for each in known)
            raise StripeError(
                f"The payment method `{method}` only supports the following currencies: {shown}.",
                param="payment_method_types",
            )


def _check_expiry(lifetime_s: int) -> None:
    if lifetime_s < LEAST_LIFETIME_S - LIFETIME_SLACK_S:
        raise StripeError(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session"
            " creation.",
            param="expires_at",
        )
    if lifetime_s > LONGEST_LIFETIME_S + LIFETIME_SLACK_S:
        raise StripeError(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
