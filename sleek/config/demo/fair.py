"""What Lin brought home from a fair: an order for which a deposit was paid, and a table of sample
fees that became bills all at once. Two of those are of one buyer, who pays them at one address.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sleek.config.demo.drawing_up import customer, draft, issued, line, pay
from sleek.core import clock
from sleek.core.money import Money
from sleek.customers import actions as customers
from sleek.customers.rules import BILLS, LINES
from sleek.invoices import actions as invoices
from sleek.invoices.actions import Page, batching
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft, Reference
from sleek.invoices.rules import BatchKind, DocumentKind, Nature, deduction
from sleek.merchants.models import Membership
from sleek.payments.models import Attempt, Payment

TAKEN, PAID, DELIVERED = timedelta(days=25), timedelta(days=21), timedelta(days=2)
AFTER_THE_FAIR = timedelta(days=8)
BUYER = "Maison Céladon SARL"
QUOTATION = """Quotation No.: QT-0502
Item,Spec,Qty,Unit,Unit price,Amount
,,,,(EUR),(EUR)
Celadon plate 青瓷盘,"CP-27, 27 cm",300,pc,12.40,3720.00
Celadon bowl 青瓷碗,"CB-15, 15 cm",300,pc,7.60,2280.00
Pallet and export packing,,2,pallet,100.00,200.00
Total,,,,,6200.00
"""
SAMPLES = """\
客户 Customer,邮箱 E-mail,国家 Country,费用性质 Nature,品名 Item,规格 Spec,数量 Qty,单位 Unit,\
单价 Unit price,币种 Currency,采购单号 PO,同一张单 Bill
Fjord & Furu AS,,,sample fee,Celadon tea set 青瓷茶具，样品,TS-06,1,set,42.00,EUR,FF-118,
Fjord & Furu AS,,,tooling fee,Mould for the lid 盖子模具,ML-06,1,set,180.00,EUR,FF-119,
Casa Barro S.L.,,,sample fee,Ginger jar 将军罐，样品,GJ-20,2,pc,28.00,EUR,,CB
Casa Barro S.L.,,,,Courier DHL Express,,1,parcel,15.00,EUR,,CB
Galerie Ofen,,AT,sample fee,Copper-red vase 釉里红瓶，样品,CV-32,1,pc,65.00,EUR,,
"""


def take_deposit(owner: Membership, try_to_pay: Callable[[Payment], Attempt]) -> None:
    with clock.frozen(clock.now() - TAKEN):
        wish = draft(
            customer(owner.merchant, BUYER),
            "EUR",
            (line("订金 Deposit, 30 % of QT-0502", "1", "1860"),),
            title="订金 Deposit, plates and bowls",
            nature=Nature.DEPOSIT,
            due_days=7,
            policy=deduction.deposit(Money(0, "EUR"), "EUR"),
            documents=(Reference(DocumentKind.QUOTATION, "QT-0502"),),
        )
        deposit = issued(owner, wish)
    with clock.frozen(clock.now() - PAID):
        pay(deposit, try_to_pay)


def sell_samples(owner: Membership) -> None:
    """Four bills of five rows. One buyer is new, and left no address for mail."""
    with clock.frozen(clock.now() - AFTER_THE_FAIR):
        file = customers.keep_table(owner, BILLS, "Ambiente 样品费.csv", SAMPLES.encode())
        base = Draft("EUR", nature=Nature.SAMPLING, due_days=14)
        made = invoices.take_bills(file, base, by=owner).made
        for kind in (BatchKind.ISSUE, BatchKind.SEND):
            batching.start(kind, Invoice.objects.filter(public_id__in=made), by=owner)
            while batching.work():
                pass


def deliver(owner: Membership) -> None:
    """The final bill, made of the quotation, from which the deposit is deducted."""
    buyer = customer(owner.merchant, BUYER)
    with clock.frozen(clock.now() - DELIVERED):
        title = "尾款 Plates and bowls, QT-0502"
        wish = draft(buyer, "EUR", (), title=title, nature=Nature.BALANCE, due_days=30)
        file = customers.keep_table(owner, LINES, "QT-0502.csv", QUOTATION.encode())
        final = invoices.issue(invoices.take_lines(file, Page(wish), by=owner), by=owner)
        invoices.send(final, final.payer_email, by=owner.user)


def together(owner: Membership) -> list[Invoice]:
    """Those that one buyer pays at one address."""
    made = owner.merchant.invoices.filter(payer_name="Fjord & Furu AS").exclude(number="")
    return list(made.order_by("pk"))
