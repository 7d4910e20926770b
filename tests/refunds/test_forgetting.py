"""Payers' bank accounts are forgotten when they have served, and with the person who goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from sleek.core import clock
from sleek.merchants.actions import StillNeeded
from sleek.merchants.models import Merchant, User
from sleek.payments import actions as payments
from sleek.payments.actions import Answers
from sleek.refunds import actions as refunds
from sleek.refunds import queries, rules, tasks
from sleek.refunds.models import BankAccount, Claim, Refund
from sleek.refunds.rules import RefundReason, Route
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.refunds.conftest import FIFTY, paid

ANNA = BankAccount("Anna Berg", "DE", "DE89370400440532013000", "COBADEFF")
A_DAY = timedelta(days=1)


@pytest.fixture
def refund(shop: Merchant, bank: Bank, lin: User) -> Refund:
    """By bank, to an account that Anna has named."""
    payment = paid(shop, bank)
    payments.note_payer(payment, Answers(name="Anna Berg", email="Anna@example.com"))
    [refund] = refunds.promise(payment, FIFTY, reason=RefundReason.REQUESTED, by=lin)
    Refund.objects.update(route=Route.BANK, check_at=None)
    claim = Claim(merchant=shop, refund=refund, expires_at=clock.now() + A_DAY)
    claim.save()
    refunds.fill_claim(claim, ANNA)
    return Refund.objects.get(pk=refund.pk)


@pytest.fixture
def anna(db: None) -> User:
    user = User.objects.create_user("anna@example.com")
    EmailAddress.objects.create(user=user, email="anna@example.com", verified=True)
    return user


def known() -> list[BankAccount | None]:
    return [claim.unseal() for claim in Claim.objects.order_by("pk")]


def test_an_account_is_forgotten_ninety_days_after_the_refund_ended(
    refund: Refund, lin: User, frozen_clock: FrozenClock
) -> None:
    assert rules.ACCOUNT_KEPT.days == 90
    frozen_clock.advance(days=200)
    tasks.forget_accounts(0)
    assert known() == [ANNA]
    refunds.pay_claim(refund, reference="B-1", by=lin)
    frozen_clock.advance(days=89)
    tasks.forget_accounts(0)
    assert known() == [ANNA]
    frozen_clock.advance(days=1)
    tasks.forget_accounts(0)
    assert known() == [None]
    assert Claim.objects.get().filled_at
    assert Refund.objects.get().trace == "B-1"


def test_an_account_that_was_asked_for_anew_is_forgotten_while_the_next_one_is_needed(
    refund: Refund, lin: User, frozen_clock: FrozenClock
) -> None:
    refunds.renew_claim(refund, by=lin)
    claim = queries.live_claim(refund)
    assert claim
    refunds.fill_claim(claim, ANNA)
    frozen_clock.advance(days=90)
    tasks.forget_accounts(0)
    assert known() == [None, ANNA]


def test_what_is_forgotten_is_not_rewrapped_and_can_still_come_back(
    refund: Refund, lin: User, frozen_clock: FrozenClock
) -> None:
    refunds.pay_claim(refund, reference="B-1", by=lin)
    frozen_clock.advance(days=90)
    tasks.forget_accounts(0)
    assert refunds.rewrap_claims() == 0
    assert refunds.return_by_bank(refund, by=lin).status == "failed"


def test_erasing_a_person_forgets_the_accounts_they_named_but_for_money_under_way(
    refund: Refund, lin: User, anna: User
) -> None:
    refunds.erase_person(anna)
    assert known() == [ANNA]
    refunds.pay_claim(refund, reference="B-1", by=lin)
    other = User.objects.create_user("other@example.com")
    EmailAddress.objects.create(user=other, email="anna@example.com", verified=False)
    refunds.erase_person(other)
    assert known() == [ANNA]
    EmailAddress.objects.create(user=lin, email="anna@example.com", verified=True)
    with pytest.raises(StillNeeded):
        refunds.erase_person(lin)
    assert known() == [ANNA]
    EmailAddress.objects.all().delete()
    back = User.objects.create_user("back@example.com")
    EmailAddress.objects.create(user=back, email="anna@example.com", verified=True)
    refunds.erase_person(back)
    assert known() == [None]
