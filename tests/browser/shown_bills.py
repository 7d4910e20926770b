"""Bills in every state that people see, made in an installation: for the shop `window`, which
imports this once Django is set up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sleek.channels.base import Outcome, Report
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.customers import actions as customers
from sleek.customers.models import Customer
from sleek.customers.rules import CUSTOMERS
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Policy, Stage
from sleek.merchants.models import Membership, Merchant
from sleek.papers import queries as papers
from sleek.payments import actions as payments
from sleek.payments.actions import Share, billing
from sleek.payments.models import Attempt, Payment
from sleek.receipts import actions as receipts
from tests import billing as known

POLICY = Policy(Money(3800, "USD"), Money(200_000, "USD"), valid_days=180)
STAGES = (
    Stage("Deposit", "Drawings", percent=Decimal(30)),
    Stage("Balance", "The mould", percent=Decimal(70)),
)
TABLE = "客户名称,邮箱,国家,付款天数\nSahel Homeware,ama@example.com,GH,30\n,no@example.com,GH,9\n"


def made(owner: Membership) -> dict[str, str]:
    """Paths by the pages' names: `bill-…` for those who work here, `ask-…` for whoever is asked."""
    shop = owner.merchant
    payer = known.customer(shop)
    bills = _bills(owner, payer)
    paths = {f"bill-{name}": f"/bills/{bill.public_id}" for name, bill in bills.items()}
    paths |= {f"ask-{name}": f"/b/{bill.token}/" for name, bill in bills.items() if bill.number}
    paths |= {f"pay-{name}": f"/b/{bill.token}/" for name, bill in _unpaid(owner, payer).items()}
    paths |= {f"proof-{name}": _proof(bills[name]) for name in ("open", "void")}
    both = [*known.whole(bills["open"]), *known.whole(bills["other"])]
    return paths | {
        "bill-edit": f"/bills/{bills['draft'].public_id}/edit",
        "ask-stage": f"/i/{bills['part'].instalments.latest('position').token}/",
        "ask-several": f"/pay/{known.payment(*both).public_id}/",
        "ask-receipt": f"/pay/{_pay(bills['paid']).public_id}/",
        **_book(owner, payer),
        **_settings(shop),
    }


def _bills(owner: Membership, payer: Customer) -> dict[str, Invoice]:
    shop, by = owner.merchant, owner.user
    teapot = known.line("38", item="Celadon teapot, sample", tax_rate="13")
    said = known.draft(
        payer,
        replace(teapot, spec="TP-0820", unit="pc"),
        known.line("12", item="Courier DHL Express"),
        title="Celadon teapot",
        remarks="Fired to order.",
        tags=("fair",),
    )
    more = replace(said, stages=STAGES, policy=POLICY, takes_parts=True)

    def issued() -> Invoice:
        return invoices.issue(invoices.create(shop, said, by=by), by=owner)

    bills = {name: issued() for name in ("open", "other", "paid", "void")}
    invoices.void(bills["void"], "The sample broke in the kiln.", by=by)
    invoices.send(bills["open"], payer.email, "Thank you!", by=by)
    bills["part"] = invoices.issue(invoices.create(shop, more, by=by), by=owner)
    _pay(bills["part"], known.whole(bills["part"])[:1])
    bills["draft"] = invoices.create(shop, more, by=by)
    bills["review"] = invoices.submit(invoices.create(shop, more, by=by), by=owner)
    return bills


def _unpaid(owner: Membership, payer: Customer) -> dict[str, Invoice]:
    """Bills that a test pays; no other page stands on them."""
    fifty = known.draft(payer, title="Celadon teapot")
    yuan = known.draft(payer, known.line("350"), currency="CNY", stages=STAGES)
    drafts = {"card": fifty, "alipay": yuan}
    return {
        name: invoices.issue(invoices.create(owner.merchant, said, by=owner.user), by=owner)
        for name, said in drafts.items()
    }


def _pay(bill: Invoice, shares: list[Share] | None = None) -> Payment:
    """By a card, as its provider would say it."""
    payment = known.payment(*shares or known.whole(bill))
    attempt = Attempt.objects.create(
        payment=payment,
        connection=Connection.objects.filter(channel="stripe").earliest("pk"),
        channel="stripe",
        method="card",
        flow="redirect",
        amount=payment.amount,
        currency=payment.currency,
        status="requires_action",
        expires_at=clock.now() + timedelta(hours=1),
    )
    paid = Report(attempt.public_id, Outcome.SUCCEEDED, payment.money, payer="Visa •4242")
    payments.apply_reports([paid])
    billing.tell(bill)
    receipts.issue(payment)
    return payment


def _proof(bill: Invoice) -> str:
    paper = papers.newest(bill.public_id)
    assert paper
    return f"/v/{paper.code}"


def _book(owner: Membership, payer: Customer) -> dict[str, str]:
    table = customers.keep_table(owner, CUSTOMERS, "fair.csv", TABLE.encode())
    return {
        "customer": f"/customers/{payer.public_id}",
        "customer-edit": f"/customers/{payer.public_id}/edit",
        "table": f"/tables/{table.public_id}",
    }


def _settings(shop: Merchant) -> dict[str, str]:
    return {"design": f"/settings/papers/{shop.designs.earliest('pk').public_id}"}
