"""What PayPal accepts in a request's body, and what it refuses."""

import datetime as dt
import json
import re
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlsplit

from sandbox.paypal.errors import bad, refused
from sandbox.store import Json

CURRENCIES = frozenset(
    {
        *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"),
        *("JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"),
    }
)
WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
LARGEST = Decimal("9999999.99")
FEE_SHARE, FEE_FIXED, FEE_WHOLE = Decimal("0.0349"), Decimal("0.49"), Decimal(49)

# What each object takes here, and what PayPal takes beside it.
ORDER = frozenset({"intent", "purchase_units", "payment_source"})
ORDER_MORE = frozenset({"application_context", "payer", "processing_instruction"})
UNIT = frozenset({"amount", "custom_id", "description", "invoice_id", "reference_id"})
UNIT_MORE = frozenset(
    {"items", "payee", "payment_instruction", "shipping", "soft_descriptor", "supplementary_data"}
)
EXPERIENCE = frozenset(
    {
        *("brand_name", "locale", "shipping_preference", "contact_preference", "return_url"),
        *("cancel_url", "landing_page", "user_action", "payment_method_preference"),
    }
)
EXPERIENCE_MORE = frozenset({"app_switch_context", "order_update_callback_config"})
REFUND = frozenset({"amount", "custom_id", "invoice_id", "note_to_payer"})
WORDS = {
    "shipping_preference": "GET_FROM_FILE NO_SHIPPING SET_PROVIDED_ADDRESS",
    "contact_preference": "NO_CONTACT_INFO RETAIN_CONTACT_INFO UPDATE_CONTACT_INFO",
    "landing_page": "LOGIN GUEST_CHECKOUT NO_PREFERENCE BILLING",
    "user_action": "CONTINUE PAY_NOW",
    "payment_method_preference": "UNRESTRICTED IMMEDIATE_PAYMENT_REQUIRED",
}
LENGTHS = {
    "custom_id": 255, "description": 127, "invoice_id": 127, "reference_id": 256,
    "note_to_payer": 255, "brand_name": 127,
}  # fmt: skip

_VALUE = re.compile(r"-?([0-9]+|[0-9]*\.[0-9]+)", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)", re.ASCII)


def body(raw: bytes) -> object:
    try:
        return json.loads(raw) if raw else {}
    except ValueError:
        raise bad("MALFORMED_REQUEST_JSON") from None


def order(content: Json) -> Json:
    """The fields that make an order, checked and with defaults."""
    _known(content, ORDER, ORDER_MORE, "")
    if content.get("intent") not in ("CAPTURE", "AUTHORIZE"):
        raise bad("INVALID_PARAMETER_VALUE", "/intent", content.get("intent"))
    if content["intent"] != "CAPTURE":
        raise refused("SANDBOX_NOT_SIMULATED", "/intent", content["intent"])
    units = content.get("purchase_units")
    if not isinstance(units, list) or not units or not isinstance(units[0], dict):
        raise bad("MISSING_REQUIRED_PARAMETER", "/purchase_units")
    if len(units) > 1:
        raise refused("SANDBOX_NOT_SIMULATED", "/purchase_units")
    unit = units[0]
    _known(unit, UNIT, UNIT_MORE, "/purchase_units/0")
    money = amount(unit.get("amount"), "/purchase_units/0/amount")
    named = {name: text(unit, name) for name in ("custom_id", "description", "invoice_id")}
    return {
        "intent": "CAPTURE",
        **money,
        **named,
        "reference_id": text(unit, "reference_id") or "default",
        **_experience(content.get("payment_source")),
    }


def amount(node: object, field: str) -> Json:
    """Value and currency as they were written, if PayPal would take them."""
    if not isinstance(node, dict):
        raise bad("MISSING_REQUIRED_PARAMETER", field)
    currency, value = node.get("currency_code"), node.get("value")
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise bad("INVALID_PARAMETER_SYNTAX", f"{field}/currency_code", currency)
    if not isinstance(value, str) or len(value) > 32 or not _VALUE.fullmatch(value):
        raise bad("INVALID_PARAMETER_SYNTAX", f"{field}/value", value)
    if currency not in CURRENCIES:
        raise refused("CURRENCY_NOT_SUPPORTED", f"{field}/currency_code", currency)
    return {"value": written(_number(value, currency, field), currency), "currency": currency}


def _number(value: str, currency: str, field: str) -> Decimal:
    decimals = len(value.partition(".")[2])
    if decimals and currency in WITHOUT_DECIMALS:
        raise refused("DECIMALS_NOT_SUPPORTED", f"{field}/value", value)
    if decimals > 2:
        raise refused("DECIMAL_PRECISION", f"{field}/value", value)
    number = Decimal(value)
    if number <= 0:
        raise refused("CANNOT_BE_ZERO_OR_NEGATIVE", f"{field}/value", value)
    if number > LARGEST:
        raise refused("MAX_VALUE_EXCEEDED", f"{field}/value", value)
    return number


def refund(content: Json) -> Json:
    _known(content, REFUND, frozenset({"payment_instruction"}), "")
    wanted: Json = {name: text(content, name) for name in REFUND - {"amount"}}
    if "amount" in content:
        wanted |= amount(content["amount"], "/amount")
    return wanted


def patch(content: object) -> str:
    """The intent that an order shall have; nothing else can be changed here."""
    change = content[0] if isinstance(content, list) and len(content) == 1 else None
    if not isinstance(change, dict) or change.get("op") not in ("replace", "add", "remove"):
        raise bad("INVALID_PARAMETER_SYNTAX", "/0/op")
    if change.get("path") != "/intent" or change["op"] != "replace":
        raise refused("SANDBOX_NOT_SIMULATED", "/0/path", change.get("path"))
    if change.get("value") not in ("CAPTURE", "AUTHORIZE"):
        raise refused("UNSUPPORTED_INTENT", "/0/value", change.get("value"))
    return str(change["value"])


def text(content: Json, name: str) -> str:
    value = content.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise bad("INVALID_PARAMETER_SYNTAX", f"/{name}", value)
    if not 1 <= len(value) <= LENGTHS[name]:
        raise bad("INVALID_STRING_LENGTH", f"/{name}", value)
    return value


def moment(given: str, name: str) -> float:
    if not _MOMENT.fullmatch(given):
        raise bad("INVALID_PARAMETER_SYNTAX", name, given)
    return dt.datetime.fromisoformat(given).timestamp()


def rfc3339(at: float) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written(number: Decimal, currency: str) -> str:
    return f"{number:.0f}" if currency in WITHOUT_DECIMALS else f"{number:.2f}"


def fee(value: str, currency: str) -> str:
    is_whole = currency in WITHOUT_DECIMALS
    step, fixed = (Decimal(1), FEE_WHOLE) if is_whole else (Decimal("0.01"), FEE_FIXED)
    part = (Decimal(value) * FEE_SHARE).quantize(step, ROUND_HALF_UP) + fixed
    return written(min(part, Decimal(value)), currency)


def _experience(source: object) -> Json:
    if source is None:
        return {"has_source": False, "return_url": "", "cancel_url": "", "locale": ""}
    if not isinstance(source, dict) or set(source) != {"paypal"}:
        raise refused("SANDBOX_NOT_SIMULATED", "/payment_source")
    wallet = source["paypal"]
    context = wallet.get("experience_context", {}) if isinstance(wallet, dict) else None
    if not isinstance(context, dict) or set(wallet) - {"experience_context"}:
        raise refused("SANDBOX_NOT_SIMULATED", "/payment_source/paypal")
    place = "/payment_source/paypal/experience_context"
    _known(context, EXPERIENCE, EXPERIENCE_MORE, place)
    for name, words in WORDS.items():
        if name in context and context[name] not in words.split():
            raise bad("INVALID_PARAMETER_VALUE", f"{place}/{name}", context[name])
    locale = context.get("locale", "")
    if locale and not (isinstance(locale, str) and _LOCALE.fullmatch(locale)):
        raise bad("INVALID_PARAMETER_SYNTAX", f"{place}/locale", locale)
    text(context, "brand_name")
    urls = {name: _url(context, name, place) for name in ("return_url", "cancel_url")}
    return {"has_source": True, "locale": locale, **urls}


def _url(context: Json, name: str, place: str) -> str:
    value = context.get(name)
    if value is None:
        return ""
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("INVALID_PARAMETER_SYNTAX", f"{place}/{name}", value)
    return str(value)


def _known(content: Json, here: frozenset[str], more: frozenset[str], place: str) -> None:
    for name in content:
        if name in more:
            raise refused("SANDBOX_NOT_SIMULATED", f"{place}/{name}")
        if name not in here:
            raise bad("INVALID_PARAMETER_SYNTAX", f"{place}/{name}")
