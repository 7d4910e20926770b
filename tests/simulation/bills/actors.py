"""Who lives where bills are paid: the merchant's clerk, payers before bills, and the workers that
tell bills and write receipts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sleek.channels.models import Connection
from sleek.config.worker import Consumer
from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import PAYABLE, UNISSUED, Policy, Stage
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import NotPayable, Share, billing
from sleek.payments.models import Payment
from sleek.receipts import tasks as receipts
from tests import billing as known
from tests.simulation.actors import Cast, Payer, People, Workers, named
from tests.simulation.bills.invariants import DUE, LIVENESS, SAFETY, TABLES, asks_too_much
from tests.simulation.world import Step, Violation, World

MOST = 3  # bills that one world issues: each paper is drawn and signed, as it always is
SAMPLE = Policy(Money(1000, "USD"), Money(6000, "USD"))  # 10.00 off a bill from 60.00
IN_PARTS = Policy(Money(2000, "USD"), Money(3000, "USD"), is_once=False)
HALVES = (Stage(percent=Decimal(50)), Stage(percent=Decimal(50)))
THIRDS = tuple(Stage(percent=Decimal(share)) for share in (30, 30, 40))

# How often a clerk thinks of taking back what was issued, at the rates that a world may draw. Where
# most bills are void before anybody has paid them, nothing comes to light of what is paid.
REGRETS = (0, 0.1, 1)


class Clerk(People):
    """Who writes bills, and puts right what was wrong with them."""

    def __init__(self, world: World, shop: Merchant) -> None:
        super().__init__(world, shop)
        self.member = known.owner(shop)
        self.regret = world.chance.choice(REGRETS)

    def steps(self, seen: dict[str, Any]) -> list[Step]:
        issued = [bill for bill in seen["bills"] if bill["number"]]
        has_draft = len(issued) < len(seen["bills"])
        may_issue = len(issued) < MOST
        found = [
            *super().steps(seen),
            *([("clerk drafts", self.draft)] * (may_issue and not has_draft)),
            *([("clerk issues", self.issue)] * 2 * (may_issue and has_draft)),
        ]
        if self.world.chance.random() < self.regret:
            found += self._regrets(issued, may_issue)
        return found

    def _regrets(self, issued: Sequence[dict[str, Any]], may_issue: bool) -> list[Step]:
        has_open = any(bill["status"] in PAYABLE for bill in issued)
        return [
            *([("clerk voids", self.void)] * bool(issued)),
            *([("clerk corrects", self.correct)] * (may_issue and bool(issued))),
            *([("clerk credits", self.credit)] * has_open),
            *([("clerk writes off", self.write_off)] * has_open),
        ]

    def begin(self) -> str:
        """The first bill, which promises something for later ones."""
        return self._issue(self._draft(known.line("50"), policy=SAMPLE))

    def draft(self) -> str:
        chance = self.world.chance
        price = chance.choice(("80", "30", "10.01"))
        stages = chance.choice(((), HALVES, HALVES, THIRDS))
        policy = IN_PARTS if price == "30" else None
        bill = self._draft(known.line(price), stages=stages, policy=policy, takes_parts=True)
        return f"{bill.public_id} {bill.asked}"

    def issue(self) -> str:
        return self._issue(self._pick(Invoice.objects.filter(status__in=UNISSUED)))

    def void(self) -> str:
        return invoices.void(self._issued(), "A mistake", by=self.user).public_id

    def correct(self) -> str:
        """By a bill that takes its place once it is issued."""
        return invoices.replacement(self._issued(), by=self.user).public_id

    def credit(self) -> str:
        bill = self._open()
        amount = Money(self.world.chance.choice((1, 500, bill.due.minor)), bill.currency)
        return invoices.credit(bill, amount, "Chipped", by=self.user).number

    def write_off(self) -> str:
        return invoices.write_off(self._open(), "Insolvent", by=self.user).public_id

    def _draft(self, *lines: Any, **more: Any) -> Invoice:
        payer = self.shop.customers.get()
        return invoices.create(self.shop, known.draft(payer, *lines, **more), by=self.user)

    def _issue(self, bill: Invoice) -> str:
        bill = invoices.issue(bill, by=self.member)
        return f"{bill.public_id} {bill.number} {bill.asked}"

    def _issued(self) -> Invoice:
        return self._pick(Invoice.objects.exclude(status__in=UNISSUED))

    def _open(self) -> Invoice:
        return self._pick(Invoice.objects.filter(status__in=PAYABLE))

    def _pick(self, among: Any) -> Invoice:
        found = list(among.order_by("pk"))
        if not found:
            raise invoices.NotIssuable("There is none any more.")
        bill: Invoice = self.world.chance.choice(found)
        return bill


@dataclass
class Debtor(Payer):
    """Somebody before bills: they pay a stage, a part of one, a bill or several, and come again."""

    def steps(self) -> list[Step]:
        again: list[Step] = [("opens", self.open)] * 3 if self.payment else []
        return [*super().steps(), *again]

    def crossing(self) -> list[Step]:
        return [*super().crossing(), ("opens", self.open)]


@dataclass
class Purse:
    """What somebody with bills to pay decides to pay next: opens the payment for it."""

    world: World

    def __call__(self) -> Payment:
        """From a page that is a moment old: meanwhile bills may have been paid or voided."""
        bills = list(Invoice.objects.exclude(status__in=UNISSUED).order_by("pk"))
        wishes = (self._a_stage, self._a_stage, self._a_part, self._a_bill, self._all)
        shares = self.world.chance.choice(wishes)(bills)
        self.world.others_act("call")
        before = len(self.world.trace)
        payment = payments.open_for_bills(shares, language="en")
        is_of_now = len(self.world.trace) == before  # nobody did anything meanwhile
        if is_of_now and asks_too_much(self.world.observer.look(), payment.pk):
            raise Violation("nobody is asked for more than is owed")
        return payment

    def _a_stage(self, bills: Sequence[Invoice]) -> list[Share]:
        stage = self._stage(bills)
        return [Share(stage, stage.due)]

    def _a_part(self, bills: Sequence[Invoice]) -> list[Share]:
        stage = self._stage(bills)
        return [Share(stage, Money(stage.due.minor // 2, stage.due.currency))]

    def _a_bill(self, bills: Sequence[Invoice]) -> list[Share]:
        return known.whole(self.world.chance.choice(bills))

    def _all(self, bills: Sequence[Invoice]) -> list[Share]:
        return [share for bill in bills if bill.due for share in known.whole(bill)]

    def _stage(self, bills: Sequence[Invoice]) -> Instalment:
        bill = self.world.chance.choice(bills)
        owed = [stage for stage in bill.instalments.all() if stage.due]
        if not owed:
            raise NotPayable("It is paid.")
        return self.world.chance.choice(owed)


class Bookkeepers(Workers):
    """They tell bills what came of their payments, and write receipts."""

    consumers: Mapping[str, Consumer] = {
        **Workers.consumers,
        "billing": billing,
        "receipts": receipts,
    }

    def write_receipts(self) -> None:
        receipts.try_again.func(0)

    def steps(self) -> list[Step]:
        return [*super().steps(), ("receipts", self.write_receipts)]

    def crossing(self) -> list[Step]:
        return [*super().crossing(), ("events", self.follow_events)]


def arrange(world: World, shop: Merchant, connections: Sequence[Connection]) -> Cast:
    """A bill or two, and payers before them."""
    chance = world.chance
    world.observer.follow(Bookkeepers.consumers, TABLES, DUE)
    clerk = Clerk(world, shop)
    world.step("clerk begins", clerk.begin)
    used = chance.sample(list(connections), k=chance.choice((1, 2, 2, 3)))
    payers = []
    for number in range(chance.choice((1, 2, 2))):
        name, address = named(number)
        payers.append(Debtor(world, name, used, address, Purse(world)))
    return Cast(payers, clerk, Bookkeepers(world, connections), SAFETY, LIVENESS)
