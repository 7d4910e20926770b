"""A merchant's bank account with what arrives there, and wallets that pay each other."""

from __future__ import annotations

from datetime import date

from sleek.channels.base import Flow
from sleek.channels.models import Connection
from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.ledger import actions as ledger
from sleek.ledger.actions import Entry
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.reconciliation.models import BankLine
from sleek.risk.actions import Visitor

DETAILS = {
    "holder": "Lin Ceramics Ltd",
    "account": "DE89 3704 0044 0532 0130 00",
    "bank": "Commerzbank, Köln",
    "bank_code": "COBADEFFXXX",
    "currency": "USD",
}
MONDAY = date(2026, 3, 2)


def account(shop: Merchant, **details: str) -> Connection:
    return _connection(shop, "banktransfer", "bank_transfer", {**DETAILS, **details})


def wallet(shop: Merchant) -> Connection:
    return _connection(shop, "balance", "balance", {})


def wallets() -> Connection:
    """The operator's: all wallets here may pay each other."""
    return _connection(None, "balance", "balance", {})


def transfer(of: Payment, connection: Connection) -> Attempt:
    return _begun(of, connection, "bank_transfer")


def from_wallet(of: Payment, connection: Connection) -> Attempt:
    return _begun(of, connection, "balance")


def line(connection: Connection, amount: Money, text: str = "", **told: object) -> BankLine:
    """As an import leaves it."""
    shop = connection.merchant
    assert shop is not None
    facts = {"booked_on": MONDAY, "fingerprint": ids.token(), **told}
    return BankLine.objects.create(
        merchant=shop,
        connection=connection,
        amount=amount.minor,
        currency=amount.currency,
        text=text,
        created_by=shop.memberships.all()[0].user,
        **facts,
    )


def fill(shop: Merchant, amount: Money) -> None:
    """Money that came and arrived, so that it is available."""
    entry = Entry(
        shop.pk, "filled", ids.new("fil"), [("bank", -amount), ("available", amount)], clock.now()
    )
    ledger.post([entry])


def books(shop: Merchant, currency: str = "USD") -> dict[str, int]:
    """What is on the accounts of a shop that are not empty."""
    accounts = shop.accounts.filter(currency=currency).exclude(balance=0)
    return dict(accounts.values_list("code", "balance"))


def again(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("payment").get(pk=attempt.pk)


def _begun(of: Payment, connection: Connection, method: str) -> Attempt:
    return payments.begin(of, Offer(connection, method, Flow.HERE, (Flow.HERE,)), Visitor())


def _connection(
    shop: Merchant | None, channel: str, method: str, credentials: dict[str, str]
) -> Connection:
    connection = Connection(merchant=shop, channel=channel, name=channel, methods=[method])
    connection.seal(credentials)
    connection.save()
    return connection


def day(attempt: Attempt) -> date:
    return attempt.created_at.date()
