"""Who lives in a world: payers, the merchant's people, the post, and Sleek's own workers.

Each of them only does what a person, a provider or a process could do from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from sleek.channels.base import Flow, Outcome
from sleek.channels.models import Connection
from sleek.config.worker import Consumer
from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.links import actions as links
from sleek.links.actions import Limits
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, Ask, Wish
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import tasks as payment_tasks
from sleek.payments.actions import Kept, NotPayable, Visit
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.reconciliation.actions import decisions
from sleek.refunds import actions as refunds
from sleek.refunds import tasks as refund_tasks
from sleek.refunds.models import BankAccount, Refund
from sleek.risk.actions import Visitor
from tests.simulation.invariants import LIVENESS, SAFETY, Invariant
from tests.simulation.providers import FAMILIES, Gift, Trade
from tests.simulation.world import Parcel, Step, Violation, World

RETRY = timedelta(minutes=1)  # after which a provider sends a notice again that was not taken


@dataclass
class Payer:
    """Somebody before a page that asks for money, with as many tabs as they like. `come` opens the
    payment that it asks for.
    """

    world: World
    name: str
    connections: Sequence[Connection]
    address: str
    come: Callable[[], Payment]
    payment: Payment | None = None
    pages: list[str] = field(default_factory=list)  # of tries, at their providers

    def steps(self) -> list[Step]:
        if self.payment is None:
            return [("opens", self.open)]
        found: list[Step] = [("chooses", self.choose)] * 4 + [("asks", self.ask)]
        if self.pages:
            found += [("pays", self.pay)] * 6 + [("is declined", self.decline)]
        return found

    def crossing(self) -> list[Step]:
        """What they may do in the middle of somebody else's transaction."""
        if self.payment is None:
            return []
        return [("asks", self.ask), ("chooses", self.choose)]

    def open(self) -> str:
        self.payment = self.come()
        return self.payment.public_id

    def choose(self) -> str:
        payment = self.payment  # meanwhile they may come back for another
        assert payment
        connection = self.world.chance.choice(self.connections)
        flow = Flow.HERE if connection.channel == "sim_slot" else Flow.REDIRECT
        offer = Offer(connection, "card", flow, (flow,))
        doubtful = set(_in_doubt(payment))
        attempt = payments.begin(payment, offer, Visitor(address=self.address))
        is_new = attempt.created_at == attempt.chosen_at
        if is_new and doubtful and doubtful & set(_in_doubt(payment)):
            raise Violation("nobody pays again while an outcome is in doubt")
        page = attempt.next_url.rpartition("/")[2] or attempt.next_data.get("reference")
        if page:
            self.pages.append(page)
            if self.world.chance.random() < 0.2:
                self._press_again(offer, attempt)
        return f"{attempt.public_id} {attempt.channel} {attempt.status}"

    def _press_again(self, offer: Offer, attempt: Attempt) -> None:
        """A double click: the same page, unless something came between the two."""
        again = payments.begin(attempt.payment, offer, Visitor(address=self.address))
        attempt.refresh_from_db()
        if again.pk != attempt.pk and attempt.status in ("started", "requires_action"):
            raise Violation("a double click is one try")

    def ask(self) -> None:
        assert self.payment
        payments.ask(self.payment)

    def pay(self) -> str:
        """At the provider, not here."""
        shut = [key for key in self.pages if self._is_shut(key)]
        key = self.world.chance.choice([key for key in self.pages if key not in shut] or shut)
        trade = self.world.books.trades[key]
        if trade.channel == "sim_slot":
            return self._transfer(trade)
        family = FAMILIES[trade.channel]({})
        if not family.may_be_paid(trade):
            return f"{key} is shut"
        family.take(trade, self._amount(trade.asked))
        return key

    def _is_shut(self, key: str) -> bool:
        trade = self.world.books.trades[key]
        return not FAMILIES[trade.channel]({}).may_be_paid(trade)

    def _amount(self, asked: Money) -> Money:
        if not self.world.strikes("wrong_money"):
            return asked
        if self.world.chance.random() < 0.3:
            return Money(asked.minor, "EUR" if asked.currency == "USD" else "USD")
        other = asked.minor + self.world.chance.choice((-1, 1, -100, 250))
        return Money(max(other, 1), asked.currency)

    def _transfer(self, trade: Trade) -> str:
        """Any amount at any time: the bank does not know what was asked."""
        amount = self._amount(trade.asked)
        if amount.minor > 1 and self.world.chance.random() < 0.4:
            amount = amount.split([1, 1])[0]
        line = Trade(trade.channel, f"line-{len(self.world.books.trades)}", amount, trade.ends_at)
        line.received, line.paid_at = amount, clock.now()
        self.world.books.trades[line.key] = line
        read_at = clock.now() + timedelta(hours=self.world.chance.uniform(0, 30))
        self.world.at(read_at, lambda: self.world.step("the line", lambda: self._book(trade, line)))
        return f"{line.key} {amount}"

    def _book(self, trade: Trade, line: Trade) -> str:
        """The bank's line is typed in: once, however often it is tried."""
        assert line.received
        assert line.paid_at

        def again() -> None:
            self.world.step("the line", lambda: self._book(trade, line))

        self.world.at(clock.now() + RETRY, again)
        with transaction.atomic():
            payment = Payment.objects.select_for_update().get(attempts__public_id=trade.key)
            if payment.attempts.filter(reference=line.key).exists():
                self.world.forget(again)
                return "known"
            payments.arrive(
                payment.attempts.get(public_id=trade.key),
                line.received,
                reference=line.key,
                payer="•2",
                at=line.paid_at,
            )
        self.world.forget(again)
        return line.key

    def decline(self) -> str:
        key = self.world.chance.choice(self.pages)
        trade = self.world.books.trades[key]
        family = FAMILIES[trade.channel]({})
        return f"{key} {'declined' if family.decline(trade) else 'goes on'}"


def _in_doubt(payment: Payment) -> list[str]:
    wrong = Q(surplus__in=("amount", "currency"), resolution="")
    doubtful = payment.attempts.filter(Q(status__in=("processing", "unknown")) | wrong)
    return list(doubtful.values_list("public_id", flat=True))


class People:
    """The merchant's: they look at what needs a person, now and then at the same time."""

    def __init__(self, world: World, shop: Merchant) -> None:
        self.world, self.shop = world, shop
        self.user = shop.memberships.get().user

    def steps(self, seen: dict[str, Any]) -> list[Step]:
        waits = any(each["surplus"] and not each["resolution"] for each in seen["attempts"])
        going = {each["route"] for each in seen["refunds"] if each["status"] == "pending"}
        has_credit = any(each["resolution"] == "credited" for each in seen["attempts"])
        is_paid = any(each["status"] == "succeeded" for each in seen["payments"])
        is_stuck = any(each["status"] == "unknown" for each in seen["attempts"])
        return [
            *([("people decide", self.decide)] * waits),
            *([("people refund", self.refund)] * is_paid),
            *([("people ask", self.ask_what_is_stuck)] * is_stuck),
            *([("people apply", self.apply_credit)] * has_credit),
            *([("people change the way", self.reroute)] * ("channel" in going)),
            *([("people transfer", self.transfer)] * ("bank" in going)),
        ]

    def decide(self) -> str:
        """About money that pays nothing yet."""
        waits = [attempt for attempt in self._surplus() if not attempt.resolution]
        if not waits:
            return "nothing to decide"
        attempt = self.world.chance.choice(waits)
        choices = (self._give_back, self._accept, self._credit, self._take)
        return f"{attempt.public_id}: {self.world.chance.choice(choices)(attempt)}"

    def refund(self) -> str:
        paid = list(Payment.objects.filter(status="succeeded").order_by("pk"))
        if not paid:
            return "nothing to refund"
        payment = self.world.chance.choice(paid)
        left = payment.amount_paid - payment.amount_refunded
        amount = Money(self.world.chance.choice((1, left // 2, left, left + 1)), payment.currency)
        given = refunds.promise(payment, amount, reason="goodwill", by=self.user)
        return f"{amount} of {payment.public_id} by {len(given)}"

    def reroute(self) -> str:
        pending = list(Refund.objects.filter(status="pending", route="channel").order_by("pk"))
        if not pending:
            return "nothing to change"
        return refunds.reroute(self.world.chance.choice(pending), by=self.user).public_id

    def transfer(self) -> str:
        """What goes back by bank: the payer says where to, the merchant transfers it, once, and
        marks it.
        """
        pending = Refund.objects.filter(status="pending", route="bank").order_by("pk")
        for refund in pending:
            if refund.public_id not in self.world.books.transfers:
                for claim in refund.claims.filter(filled_at=None, revoked_at=None):
                    refunds.fill_claim(claim, BankAccount("Mei", "DE", "DE02120300000000202051"))
                if not refund.claims.filter(revoked_at=None).exclude(filled_at=None).exists():
                    refunds.renew_claim(refund, by=self.user)
                    continue
                self._transfer(refund)
            refunds.pay_claim(refund, reference="by hand", by=self.user)
        return f"{len(pending)} by bank"

    def _transfer(self, refund: Refund) -> None:
        attempt = refund.attempt
        while attempt.origin is not None:
            attempt = attempt.origin
        books = self.world.books
        key = attempt.reference if attempt.channel == "sim_slot" else attempt.public_id
        gift = Gift(refund.public_id, books.trades[key], refund.money, Outcome.SUCCEEDED)
        books.transfers[gift.key] = gift

    def give_back_what_failed(self) -> str:
        given = 0
        for attempt in self._surplus():
            has_failed = attempt.refunds.filter(status="failed").exists()
            waits = attempt.surplus in ("amount", "currency")
            if has_failed and not waits and self._is_frozen(attempt):
                self._give_back(attempt)
                given += 1
        return f"{given} again"

    def ask_what_is_stuck(self) -> str:
        stuck = Attempt.objects.filter(status="unknown").select_related("payment", "connection")
        for attempt in stuck:
            payments.check(attempt)
        return f"{len(stuck)} stuck"

    def apply_credit(self) -> str:
        credits = [a for a in self._surplus() if a.credit and a.credit.minor > 0]
        open_payments = list(
            Payment.objects.filter(status__in=("pending", "failed")).order_by("pk")
        )
        if not credits:
            return "nothing to apply"
        credit = self.world.chance.choice(credits)
        if not open_payments:
            return f"{refunds.promise_credit(credit, by=self.user).public_id} gives it back"
        payment = self.world.chance.choice(open_payments)
        return payments.apply_credit(credit, payment).public_id

    def _surplus(self) -> list[Attempt]:
        return list(Attempt.objects.exclude(surplus="").order_by("pk"))

    def _is_frozen(self, attempt: Attempt) -> bool:
        settled = attempt.resolution in ("accepted", "credited")
        return not settled and not attempt.refunds.exclude(status="failed").exists()

    def _give_back(self, attempt: Attempt) -> str:
        return refunds.promise_surplus(attempt, by=self.user).public_id

    @transaction.atomic
    def _accept(self, attempt: Attempt) -> str:
        self._refuse_what_goes_back(attempt)
        payments.accept(attempt.payment)
        self.world.accepted.add(attempt.payment.public_id)
        return "accepted"

    @transaction.atomic
    def _credit(self, attempt: Attempt) -> str:
        self._refuse_what_goes_back(attempt)
        payments.credit(attempt)
        return "credited"

    def _take(self, attempt: Attempt) -> str:
        """What was asked, out of what is too much; the rest goes back."""
        return f"taken, {decisions.take(attempt, by=self.user).public_id} goes back"

    def _refuse_what_goes_back(self, attempt: Attempt) -> None:
        """As the work list does: under the payment's lock."""
        Payment.objects.select_for_update().get(pk=attempt.payment_id)
        going = Refund.objects.filter(attempt__payment_id=attempt.payment_id, source="surplus")
        if going.exclude(status="failed").exists():
            raise NotPayable("It is on its way back.")


class Workers:
    """Sleek's own processes, and the post that brings notices."""

    consumers: Mapping[str, Consumer] = {"payments": payment_tasks, "refunds": refunds}

    def __init__(self, world: World, connections: Sequence[Connection]) -> None:
        self.world = world
        self._by_channel = {each.channel: each for each in connections}

    def deliver(self) -> str:
        due = [parcel for parcel in self.world.post if parcel.due <= self.world.now]
        if not due:
            return "no post"
        parcel = self.world.chance.choice(due)
        self.world.post.remove(parcel)
        self._hand_in(parcel)
        return parcel.message.id

    def _hand_in(self, parcel: Parcel) -> None:
        """Whoever gets no answer comes again."""
        parcel.due = self.world.now + RETRY
        self.world.post.append(parcel)
        connection = self._by_channel[parcel.channel]
        kept = Kept(parcel.channel, connection.pk, parcel.message, b"{}", clock.now())
        payments.keep([kept])
        self.world.post.remove(parcel)

    def apply_notices(self) -> str:
        return f"{payments.apply_waiting()} applied"

    def follow_events(self) -> str:
        passed = 0
        for name, consumer in self.consumers.items():
            # A batch at a time; whoever is in the middle of a transaction hides some until it ends.
            while self.world.observer.has_unread_events(name):
                passed += events.consume(name, consumer.follow, kinds=consumer.FOLLOWED)
                if not self.world.is_alone:
                    break
        return f"{passed} events"

    def do_jobs(self) -> str:
        jobs = self.world.observer.jobs()
        for name, arguments in jobs:
            app.tasks[name].func(**arguments)
        return f"{len(jobs)} jobs"

    def check_attempts(self) -> None:
        payment_tasks.check_due.func(0)

    def expire(self) -> None:
        payment_tasks.expire_due.func(0)

    def end_holds(self) -> None:
        payment_tasks.end_holds.func(0)

    def check_refunds(self) -> None:
        refund_tasks.check_due.func(0)

    def steps(self) -> list[Step]:
        has_post = any(parcel.due <= self.world.now for parcel in self.world.post)
        return [
            *([("post", self.deliver)] * 6 * has_post),
            ("notices", self.apply_notices),
            ("events", self.follow_events),
            ("notices", self.apply_notices),
            ("events", self.follow_events),
            ("jobs", self.do_jobs),
            ("janitor", self.check_attempts),
            ("expiry", self.expire),
            ("holds", self.end_holds),
            ("refunds", self.check_refunds),
        ]

    def crossing(self) -> list[Step]:
        return [
            ("notices", self.apply_notices),
            ("janitor", self.check_attempts),
            ("expiry", self.expire),
        ]


@dataclass
class Cast:
    """Everybody in one world."""

    payers: Sequence[Payer]
    people: People
    workers: Workers
    safety: tuple[Invariant, ...] = SAFETY
    liveness: tuple[Invariant, ...] = LIVENESS

    def pick(self, world: World) -> Step:
        """Whoever has something to do: a world in which most steps are idle finds nothing."""
        seen, due = world.observer.look(), world.observer.due()
        is_due = {name for name, moment in due.items() if moment and moment <= world.now}
        works = [step for step in self.workers.steps() if step[0] in {*is_due, "post"}]
        decides = self.people.steps(seen)
        who = world.chance.random()
        if works and who < 0.45:
            return world.chance.choice(works)
        if decides and who < 0.6:
            return world.chance.choice(decides)
        payer = world.chance.choice(self.payers)
        name, act = world.chance.choice(payer.steps())
        return f"{payer.name} {name}", act

    def rival(self, world: World) -> Step:
        """Who may cross somebody's transaction: those who change payments."""
        payer = world.chance.choice(self.payers)
        theirs = [(f"{payer.name} {name}", act) for name, act in payer.crossing()]
        people = self.people.steps(world.observer.look())
        return world.chance.choice([*self.workers.crossing(), *theirs, *people])

    def come(self, world: World) -> None:
        """The payers open their pages before anything else."""
        for payer in self.payers:
            world.step(f"{payer.name} opens", payer.open)


def arrange(world: World, shop: Merchant, connections: Sequence[Connection]) -> Cast:
    """Links of several kinds, and payers before them."""
    chance = world.chance
    used = chance.sample(list(connections), k=chance.choice((1, 2, 2, 3)))
    made = [_link(world, shop) for _ in range(chance.choice((1, 1, 1, 2)))]
    payers = []
    for number in range(chance.choice((1, 2, 2, 3))):
        link = chance.choice(made)
        kind_of = link.amount_kind == AmountKind.QUANTITY
        wish = Wish(quantity=chance.choice((1, 2))) if kind_of else Wish()
        public_id = ids.new("pay") if link.is_reusable else ""
        visit = Visit(language="en", public_id=public_id, wish=wish)
        come = partial(payments.open_for_link, link, visit)
        name, address = named(number)
        payers.append(Payer(world, name, used, address, come))
    return Cast(payers, People(world, shop), Workers(world, connections))


def named(number: int) -> tuple[str, str]:
    """A payer's name and address."""
    return f"payer{number + 1}", f"203.0.113.{number + 1}"


def _link(world: World, shop: Merchant) -> PaymentLink:
    chance = world.chance
    is_reusable = chance.random() < 0.6
    pieces = chance.choice((None, 1, 2, 3)) if is_reusable else None
    ask = Ask(AmountKind.FIXED, "USD", amount=chance.choice((1000, 999, 1)))
    if pieces is not None:
        ask = Ask(AmountKind.QUANTITY, "USD", amount=1200, quantity_max=2)
    ends = world.now + timedelta(minutes=chance.choice((2, 10, 60, 600)))
    limits = Limits(
        is_reusable=is_reusable,
        uses=chance.choice((None, 1, 2)) if is_reusable else None,
        pieces=pieces,
        expires_at=ends if chance.random() < 0.8 else None,
    )
    by = shop.memberships.get().user
    return links.create(shop, ask, "Mug", by=by, limits=limits)
