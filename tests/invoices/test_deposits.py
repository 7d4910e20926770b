"""Deposits: taken, deducted from the final bill, kept when the payer cancels, and given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sleek.audit.models import Record
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.actions import DeductionGone, NotForfeitable, Standing
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import Nature, Policy, deduction
from sleek.merchants.models import Merchant
from tests import billing, people
from tests.conftest import FrozenClock

FULL = deduction.deposit(Money(0, "USD"), "USD")


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def taken(shop: Merchant, price: str = "500", **more: object) -> Invoice:
    """A deposit that is paid."""
    said = {"nature": Nature.DEPOSIT, "policy": FULL} | more
    return settle(billing.issued(shop, billing.line(price, item="Booking"), **said))


def settle(bill: Invoice, *, refunded: int = 0) -> Invoice:
    stage = bill.instalments.get()
    return invoices.settle(bill, Standing({stage.pk: stage.amount}, refunded, clock.now()))


def forfeit(shop: Merchant, reason: str = "cancelled the day before") -> Entitlement:
    return invoices.forfeit(Entitlement.objects.get(), reason, by=billing.owner(shop).user)


def standing() -> tuple[str, int, int, int]:
    """Its status, what is left, deducted, and kept."""
    each = Entitlement.objects.get()
    return each.status, each.left.minor, each.taken.minor, each.forfeited.minor


def test_all_of_it_is_deducted_from_the_final_bill(shop: Merchant) -> None:
    taken(shop)
    assert standing() == ("available", 50000, 0, 0)
    final = billing.issued(shop, billing.line("1800"))
    assert (final.amount, final.amount_deducted, final.asked.minor) == (180000, 50000, 130000)
    assert standing() == ("reserved", 0, 50000, 0)
    settle(final)
    assert standing() == ("used", 0, 50000, 0)


def test_the_final_bill_names_the_deposit(shop: Merchant) -> None:
    deposit = taken(shop)
    final = billing.issued(shop, billing.line("1800"))
    said = [total.label[-1] for total in bills.sheet(final, made_at=0).totals]
    assert any(deposit.number in label and str(deposit.issued_on) in label for label in said)


def test_no_threshold_is_named(shop: Merchant) -> None:
    policy = bills.policy_of(taken(shop))
    assert policy is not None
    with translation.override("en"):
        said = bills.policy_in_words(policy)
    assert said.replace("\xa0", " ") == (
        "Once this bill is paid, 500.00 USD is deducted from the final bill. In parts, too."
    )


def test_several_bills_use_it_up(shop: Merchant) -> None:
    taken(shop)
    one, two = (billing.issued(shop, billing.line(price)) for price in ("300", "400"))
    assert (one.amount_deducted, two.amount_deducted) == (30000, 20000)
    assert standing() == ("reserved", 0, 50000, 0)
    assert one.status == "paid"  # the deposit covers it
    settle(two)
    assert standing() == ("used", 0, 50000, 0)


def test_a_bill_that_the_deposit_covers_is_paid_when_it_is_issued(shop: Merchant) -> None:
    taken(shop)
    final = billing.issued(shop, billing.line("450"))
    assert (final.status, final.asked.minor, final.amount_paid) == ("paid", 0, 0)
    assert standing() == ("available", 5000, 45000, 0)
    assert Event.objects.filter(kind="invoice.paid", subject=final.public_id).count() == 1
    invoices.void(final, "wrong price", by=billing.owner(shop).user)
    assert standing() == ("available", 50000, 0, 0)


def test_one_deposit_is_not_deducted_from_another(shop: Merchant) -> None:
    taken(shop)
    draft = billing.drafted(shop, billing.line("200"), nature=Nature.DEPOSIT, policy=FULL)
    assert (draft.amount_deducted, draft.policy_amount) == (0, 20000)


def test_it_follows_what_the_draft_comes_to(shop: Merchant) -> None:
    draft = billing.drafted(shop, billing.line("200"), nature=Nature.DEPOSIT, policy=FULL)
    said = replace(bills.draft_of(draft), lines=(billing.line("350"),))
    draft = invoices.rewrite(draft, said, revision=1, by=billing.owner(shop).user)
    assert draft.policy_amount == 35000
    empty = replace(said, lines=())
    draft = invoices.rewrite(draft, empty, revision=2, by=billing.owner(shop).user)
    assert draft.policy_amount is None


def test_in_another_currency_by_the_rate_of_its_day(shop: Merchant) -> None:
    taken(shop, policy=deduction.deposit(Money(0, "USD"), "CNY"))
    rate = Entitlement.objects.get().rate
    assert rate is not None
    final = billing.drafted(shop, billing.line("100000"), currency="CNY")
    assert final.amount_deducted == int(rate * 50000)
    assert billing.drafted(shop, billing.line("0.01")).amount_deducted == 1
    assert billing.drafted(shop, billing.line("9999"), currency="JPY").amount_deducted == 0


def test_who_cancels_forfeits_what_is_left(shop: Merchant) -> None:
    deposit = taken(shop)
    forfeit(shop)
    assert standing() == ("forfeited", 0, 0, 50000)
    assert billing.drafted(shop, billing.line("1800")).amount_deducted == 0
    event = Event.objects.get(kind="deposit.forfeited")
    assert (event.subject, event.data["amount"]) == (deposit.public_id, 50000)
    assert Record.objects.get(action="deposit.forfeited").subject == deposit.public_id


def test_a_draft_that_planned_to_deduct_it_is_not_issued(shop: Merchant) -> None:
    taken(shop)
    draft = billing.drafted(shop, billing.line("1800"))
    forfeit(shop)
    with pytest.raises(DeductionGone):
        invoices.issue(draft, by=billing.owner(shop))


def test_what_a_bill_deducts_stays_with_it(shop: Merchant) -> None:
    taken(shop)
    final = billing.issued(shop, billing.line("300"), billing.line("10"), deducts=True)
    forfeit(shop)
    assert standing() == ("forfeited", 0, 31000, 19000)
    settle_zero = Invoice.objects.get(pk=final.pk)
    assert settle_zero.status == "paid"
    invoices.void(final, "typo", by=billing.owner(shop).user)
    assert standing() == ("available", 31000, 0, 19000)
    forfeit(shop)
    assert standing() == ("forfeited", 0, 0, 50000)


def test_only_what_is_left_can_be_forfeited(shop: Merchant) -> None:
    deposit = billing.issued(shop, billing.line("5"), nature=Nature.DEPOSIT, policy=FULL)
    with pytest.raises(NotForfeitable):
        forfeit(shop)
    settle(deposit)
    forfeit(shop)
    with pytest.raises(NotForfeitable):
        forfeit(shop)
    assert Event.objects.filter(kind="deposit.forfeited").count() == 1


def test_a_sample_fee_is_no_deposit(shop: Merchant) -> None:
    taken(shop, nature=Nature.SAMPLING, policy=Policy(Money(50000, "USD"), Money(50000, "USD")))
    with pytest.raises(NotForfeitable):
        forfeit(shop)
    assert standing()[0] == "available"


def test_kept_and_given_back_all_the_same(shop: Merchant) -> None:
    deposit = taken(shop)
    forfeit(shop)
    settle(deposit, refunded=20000)
    assert standing() == ("forfeited", 0, 0, 30000)
    settle(deposit, refunded=50000)
    assert standing() == ("void", 0, 0, 0)
    settle(deposit, refunded=0)  # the refund failed
    assert standing() == ("forfeited", 0, 0, 50000)


def test_a_part_goes_back_and_the_rest_is_deducted(shop: Merchant) -> None:
    deposit = taken(shop)
    settle(deposit, refunded=20000)
    assert billing.issued(shop, billing.line("1800")).amount_deducted == 30000
    assert standing() == ("reserved", 0, 30000, 0)
    settle(deposit, refunded=0)
    assert standing() == ("available", 20000, 30000, 0)


def test_it_does_not_expire_unless_it_says_so(shop: Merchant, frozen_clock: FrozenClock) -> None:
    taken(shop)
    frozen_clock.advance(days=4000)
    assert invoices.expire_entitlements() == 0
    taken(shop, policy=deduction.deposit(Money(0, "USD"), "USD", valid_days=30))
    frozen_clock.advance(days=32)
    assert invoices.expire_entitlements() == 1


def test_the_database_knows_what_forfeited_means(shop: Merchant) -> None:
    taken(shop)
    for wrong in ({"status": "forfeited"}, {"amount_withheld": 50001}, {"status": "eaten"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entitlement.objects.update(**wrong)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["apply", "pay", "void", "forfeit", "give_back", "fail", "refund_final"]),
        st.integers(1, 60),
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture
def deposit(shop: Merchant) -> Invoice:
    """Of 0.50, small enough for its parts to meet. Made once: each example is undone."""
    return taken(shop, "0.50")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_never_more_than_was_paid(deposit: Invoice, acts: list[tuple[str, int]]) -> None:
    """Whatever is done in whatever order: what bills deduct, what is kept, what went back and what
    is left are the deposit.
    """
    with transaction.atomic():
        world = World(deposit)
        for act, amount in acts:
            getattr(world, act)(amount)
            world.check()
        transaction.set_rollback(True)


class World:
    """What becomes of a paid deposit."""

    def __init__(self, deposit: Invoice) -> None:
        self.deposit = Invoice.objects.get(pk=deposit.pk)
        self.shop, self.refunded = self.deposit.merchant, 0
        self.finals: list[Invoice] = []
        self.promise = Entitlement.objects.get(invoice=deposit)

    def apply(self, cents: int) -> None:
        price = f"{cents / 100:.2f}"
        self.finals.append(billing.issued(self.shop, billing.line(price)))

    def pay(self, place: int) -> None:
        if (bill := self._final(place)) is not None and bill.status == "open":
            settle(bill)

    def void(self, place: int) -> None:
        if (bill := self._final(place)) is not None:
            try:
                invoices.void(bill, "", by=billing.owner(self.shop).user)
            except invoices.NotVoidable:
                assert bill.status in ("paid", "void")

    def forfeit(self, _amount: int) -> None:
        left = self._fresh().left.minor
        try:
            invoices.forfeit(self.promise, "", by=billing.owner(self.shop).user)
            assert left
        except NotForfeitable:
            assert not left

    def give_back(self, cents: int) -> None:
        """At most what no bill deducts; kept or not, it may go back."""
        free = self._fresh()
        self.refunded += min(cents, free.left.minor + free.forfeited.minor)
        settle(self.deposit, refunded=self.refunded)

    def fail(self, cents: int) -> None:
        """A refund of so much did not arrive after all."""
        self.refunded -= min(cents, self.refunded)
        settle(self.deposit, refunded=self.refunded)

    def refund_final(self, place: int) -> None:
        """Everything that was paid for a final bill goes back."""
        bill = self._final(place)
        if bill is not None and bill.amount_paid:
            settle(bill, refunded=bill.amount_paid)

    def check(self) -> None:
        each = self._fresh()
        claims = sum(
            claim.taken for claim in each.deductions.filter(status__in=["reserved", "used"])
        )
        assert claims == each.taken.minor
        assert each.amount_lost == self.refunded
        parts = (each.left, each.taken, each.forfeited, each.lost)
        assert sum(part.minor for part in parts) == 50
        assert all(part.minor >= 0 for part in parts)
        assert not each.given_twice.minor
        assert (each.status == "available") == (each.left.minor > 0)

    def _fresh(self) -> Entitlement:
        return Entitlement.objects.select_related("invoice").get(pk=self.promise.pk)

    def _final(self, place: int) -> Invoice | None:
        found = self.finals[place % len(self.finals)] if self.finals else None
        return Invoice.objects.get(pk=found.pk) if found else None


def test_expiry_and_forfeit_leave_a_late_day_alone(
    shop: Merchant, frozen_clock: FrozenClock
) -> None:
    taken(shop, policy=deduction.deposit(Money(0, "USD"), "USD", valid_days=30))
    frozen_clock.advance(days=31)
    invoices.expire_entitlements()
    with pytest.raises(NotForfeitable):
        forfeit(shop)
    assert Entitlement.objects.get().expires_on == clock.now().date() - timedelta(days=1)
