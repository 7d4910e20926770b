"""Stripe's objects as its API shows them, freshly made. Pure: nothing is stored here."""

from sandbox import world
from sandbox.store import Json
from sandbox.stripe.cards import Card, Decline

API_VERSION = "2026-10-28.endive"
FUNDS_AVAILABLE_AFTER_S = 2 * 24 * 3600


def session(params: Json, *, total: int, now: int, base_url: str) -> Json:
    session_id = f"cs_test_a1{world.token(56)}"
    intent_data = params.get("payment_intent_data", {})
    return {
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "created": now,
        "currency": params["line_items"][0]["price_data"]["currency"],
        "custom_fields": [],
        "customer": None,
        "customer_creation": params.get("customer_creation", "if_required"),
        "customer_details": _customer(params.get("customer_email"), "", ""),
        "customer_email": params.get("customer_email"),
        "expires_at": params["expires_at"],
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata", {}),
        "mode": "payment",
        # Stripe makes the PaymentIntent when the payer confirms, not before.
        "payment_intent": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": params.get("payment_method_types", ["card"]),
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": params.get("ui_mode", "hosted_page"),
        "url": f"{base_url}/stripe/pay/{session_id}",
        "sandbox_line_items": params["line_items"],
        "sandbox_intent_data": intent_data,
    }


def payment_intent(session: Json, *, now: int) -> Json:
    intent_id = f"pi_3{world.token(23)}"
    data = session["sandbox_intent_data"]
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{world.token(25)}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": session["currency"],
        "customer": None,
        "description": data.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": session["payment_method_types"],
        "processing": None,
        "receipt_email": data.get("receipt_email"),
        "setup_future_usage": data.get("setup_future_usage"),
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_group": None,
    }


def charge(intent: Json, card: Card, payer: Json, *, now: int) -> Json:
    return {
        "id": f"ch_3{world.token(23)}",
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": {
            "address": {"country": payer["country"] or None},
            "email": payer["email"],
            "name": payer["name"] or None,
            "phone": None,
        },
        "captured": False,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": _approved(),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": _method_details(card, payer),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "status": "pending",
        "sandbox_card": card.number,
    }


def declined_outcome(decline: Decline) -> Json:
    return {
        "network_status": "declined_by_network",
        "reason": decline.decline_code,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def payment_error(decline: Decline, charge_id: str, card: Card) -> Json:
    return {
        "charge": charge_id,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": f"https://docs.stripe.com/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": {
            "id": f"pm_1{world.token(23)}",
            "object": "payment_method",
            "card": {"brand": card.brand, "last4": card.last4},
            "type": "card",
        },
        "type": "card_error",
    }


def balance_transaction(kind: str, amount: int, fee: int, *, source: Json, now: int) -> Json:
    currency = source["currency"]
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return {
        "id": f"txn_3{world.token(23)}",
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + FUNDS_AVAILABLE_AFTER_S if kind == "charge" else now,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def refund(charge: Json, params: Json, *, amount: int, now: int) -> Json:
    return {
        "id": f"re_3{world.token(23)}",
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def webhook_endpoint(params: Json, *, now: int) -> Json:
    return {
        "id": f"we_1{world.token(23)}",
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": now,
        "description": params.get("description"),
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "status": "enabled",
        "url": params["url"],
        "secret": f"whsec_{world.token(32)}",
    }


def shown(record: Json) -> Json:
    """The object without what only the sandbox keeps in it."""
    return {key: value for key, value in record.items() if not key.startswith("sandbox_")}


def _customer(email: str | None, name: str, country: str) -> Json | None:
    if email is None:
        return None
    return {
        "address": {"country": country} if country else None,
        "email": email,
        "name": name or None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def customer_details(payer: Json) -> Json:
    return _customer(payer["email"], payer["name"], payer["country"]) or {}


def _approved() -> Json:
    return {
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _method_details(card: Card, payer: Json) -> Json:
    if method := payer["delayed_method"]:
        return {method: {"last4": "3000"}, "type": method}
    return {
        "card": {
            "brand": card.brand,
            "checks": {"cvc_check": "pass"},
            "country": "US",
            "exp_month": payer["exp_month"],
            "exp_year": payer["exp_year"],
            "funding": "credit",
            "last4": card.last4,
            "network": card.brand,
            "three_d_secure": {"result": "authenticated"} if card.needs_3ds else None,
        },
        "type": "card",
    }
