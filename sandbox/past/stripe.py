"""A session of Stripe's whose payer paid it by card, and refunds of it: Stripe knows those by their
metadata alone.
"""

import re

from sandbox.past.payment import Identity, Payment, Refund
from sandbox.store import Account, Json
from sandbox.stripe import actions, money, objects, refunds
from sandbox.stripe.actions import Payer
from sandbox.stripe.cards import CARDS, Card
from sandbox.world import World

SESSION = "checkout.session"
LIFETIME_S = 3600
ANYBODY = "visa 4242"


def find(this: World, account: Account, payment: Payment) -> set[Identity]:
    """Those that bear its key or its number."""
    met = this.store.by_reference(account.id, SESSION, payment.key)
    if same := this.store.find(SESSION, payment.reference):
        met.append(same[1])
    return {_identity(session) for session in met}


def make(this: World, account: Account, payment: Payment) -> None:
    currency = payment.currency.lower()
    if currency not in money.CURRENCIES:
        raise ValueError(f"Stripe does not take {payment.currency}")
    money.check_unit_amount(payment.amount, currency, "amount")
    money.check_total(payment.amount, currency)
    payer = Payer(_card(payment.payer or ANYBODY), "payer@example.com")
    session = objects.session(
        _params(payment, currency), total=payment.amount, now=int(payment.at), base_url=""
    )
    session |= {"id": payment.reference, "sandbox_reference": payment.key}
    this.store.insert(account.id, SESSION, session, reference=payment.key)
    actions.submit(this, account.id, session, payer)


def give_back(this: World, account: Account, payment: Payment, refund: Refund) -> bool:
    if not refund.metadata:
        raise ValueError("Stripe knows a refund by its metadata")
    session = this.store.get(account.id, SESSION, payment.reference)
    assert session is not None  # it was made, or met
    intent = session["payment_intent"]
    made = this.store.by_parent(account.id, "refund", intent)
    same = [each for each in made if each["metadata"] == refund.metadata]
    if same and same[0]["amount"] != refund.amount:
        raise ValueError(f"{refund.key} is another refund's")
    if not same:
        params = {"amount": refund.amount, "metadata": refund.metadata}
        refunds.refund(this, account.id, params | {"payment_intent": intent})
    return not same


def _params(payment: Payment, currency: str) -> Json:
    price = {
        "currency": currency,
        "unit_amount": payment.amount,
        "product_data": {"name": payment.subject},
    }
    return {
        "line_items": [{"price_data": price, "quantity": 1}],
        "client_reference_id": payment.key,
        "metadata": payment.metadata,
        "payment_intent_data": {"metadata": payment.metadata},
        "expires_at": int(payment.at) + LIFETIME_S,
        "success_url": None,
    }


def _card(told: str) -> Card:
    """A brand and the last four digits, of which Stripe tells no more."""
    if not re.fullmatch(r"[a-z]+ \d{4}", told, re.ASCII):
        raise ValueError("payer is a brand and the last four digits of a card: visa 4242")
    brand, last4 = told.split()
    plain = (each for each in CARDS.values() if each == Card(each.number, each.brand))
    known = (each for each in plain if each.brand == brand and each.last4 == last4)
    return next(known, Card(f"000000000000{last4}", brand))


def _identity(session: Json) -> Identity:
    currency = str(session["currency"]).upper()
    return session["sandbox_reference"], session["id"], session["amount_total"], currency
