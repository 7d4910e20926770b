"""The story's payments are known at the sandbox: they go back through the product's own verbs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from sleek.channels import registry
from sleek.config.demo import accounts, remembering, story
from sleek.core import http
from sleek.core.money import Money
from sleek.merchants.models import User
from sleek.payments.actions.attempts import order_of
from sleek.payments.models import Attempt, Payment
from sleek.refunds import actions as refunds
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundReason
from tests.plugin import DATABASE, pointing_django_at
from tests.sandbox.conftest import Sandbox, running_sandbox

__all__ = ["running_sandbox"]

CHANNELS = {"stripe", "alipay", "wechatpay"}
BY_TESTS = RefundReason.GOODWILL  # which the story does not give


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker, running_sandbox: Sandbox
) -> Iterator[Sandbox]:
    """A shorter story, remembered. Told once: each test gives back what no other does."""
    database = request.config.stash[DATABASE]
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(story, "PAYMENTS", 60)
        name = database.lend()
        with pointing_django_at(name):
            story.tell("a long password", accounts.open_all(running_sandbox.url))
            remembering.remember(running_sandbox.url)
            yield running_sandbox
        http._client().close()
        http._client.cache_clear()
        database.take_back(name)


def captured(sandbox: Sandbox) -> int:
    entries = sandbox.http.get("/control/journal").json()["data"]
    return sum(entry["kind"] == "money.captured" for entry in entries)


def went_back(sandbox: Sandbox, attempt: Attempt) -> int:
    entries = sandbox.journal(attempt.public_id)
    return sum(int(each["amount"]) for each in entries if each["kind"] == "money.refunded")


def give_back(payment: Payment, minor: int, by: User) -> Refund:
    [refund] = refunds.promise(payment, Money(minor, payment.currency), reason=BY_TESTS, by=by)
    refunds.check(refund)
    refund.refresh_from_db()
    return refund


def test_remembered_twice_the_sandbox_tells_each_once_and_as_the_product_has_it(
    told: Sandbox,
) -> None:
    before = captured(told)
    remembering.remember(told.url)
    assert captured(told) == before
    paid = Attempt.objects.filter(amount_received__isnull=False, connection__merchant=None)
    for attempt in paid.exclude(refunds__reason=BY_TESTS).select_related("connection"):
        report = registry.connect(attempt.connection).fetch(order_of(attempt))
        assert (report.outcome, report.amount) == ("succeeded", attempt.money_received)
        assert report.reference == attempt.reference
        if attempt.fee:
            assert report.fee == Money(attempt.fee, attempt.fee_currency)


def test_what_was_paid_in_the_story_goes_back_in_parts(told: Sandbox) -> None:
    paid = Attempt.objects.filter(amount_received__isnull=False, connection__merchant=None)
    assert set(paid.values_list("channel", flat=True)) == CHANNELS
    lin = User.objects.get(email=story.OWNER)
    whole = Payment.objects.filter(merchant__memberships__user=lin, attempts__refunds=None)
    for channel in sorted(CHANNELS):
        payment = whole.filter(attempts__in=paid.filter(channel=channel)).order_by("-pk")[0]
        part = payment.amount_paid // 3
        for minor in (part, payment.amount_paid - part):
            refund = give_back(payment, minor, lin)
            assert (refund.status, refund.failure_code) == ("succeeded", ""), channel
        [attempt] = payment.attempts.filter(amount_received__isnull=False)
        back = [
            each for each in told.journal(attempt.public_id) if each["kind"] == "money.refunded"
        ]
        assert len(back) == 2


def test_what_went_back_in_the_story_is_gone_at_the_sandbox_too(told: Sandbox) -> None:
    lin = User.objects.get(email=story.OWNER)
    back = Refund.objects.filter(status="succeeded", attempt__connection__merchant=None).exclude(
        reason=BY_TESTS
    )
    payments = {refund.attempt.payment for refund in back.select_related("attempt__payment")}
    assert payments
    for payment in payments:
        [attempt] = payment.attempts.filter(amount_received__isnull=False)
        assert 0 < went_back(told, attempt) == payment.amount_refunded < payment.amount_paid
        give_back(payment, payment.amount_paid - payment.amount_refunded, lin)
        assert went_back(told, attempt) == payment.amount_paid
        remembering.remember(told.url)
        assert went_back(told, attempt) == payment.amount_paid
