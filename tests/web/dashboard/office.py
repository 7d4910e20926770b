"""Lin in her back office, with payments that were really made."""

from __future__ import annotations

from datetime import datetime

from sleek.channels.base import Failure, Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.merchants.models import Membership, Merchant, User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.web.dashboard.conftest import Visitor, browser

FIFTY = Money(5000, "USD")


def at_work(shop: Merchant, language: str = "en") -> Visitor:
    """A browser in which the shop's owner is logged in."""
    visitor = browser(language)
    visitor.force_login(shop.memberships.get(role="owner").user)
    return visitor


def colleague(shop: Merchant, role: str) -> Visitor:
    user = User.objects.create_user(f"{role}@example.com")
    Membership.objects.create(user=user, merchant=shop, role=role)
    visitor = browser()
    visitor.force_login(user)
    return visitor


def prove(visitor: Visitor, way: str = "password") -> None:
    """What `access.sensitive` asks for: this browser has just shown who sits before it."""
    user = User.objects.get(pk=visitor.session["_auth_user_id"])
    session = visitor.session
    session["proof"] = {"user": user.public_id, "at": clock.now().isoformat(), "way": way}
    session.save()


def paid(shop: Merchant, amount: Money = FIFTY, *, at: datetime | None = None) -> Payment:
    attempt = people.attempt(people.payment(shop, amount))
    return learned(attempt, Report(attempt.public_id, Outcome.SUCCEEDED, amount, event_at=at))


def wrongly_paid(shop: Merchant, received: Money) -> Attempt:
    attempt = people.attempt(people.payment(shop, FIFTY))
    learned(attempt, Report(attempt.public_id, Outcome.SUCCEEDED, received))
    return Attempt.objects.get(pk=attempt.pk)


def declined(shop: Merchant, failure: Failure) -> Payment:
    attempt = people.attempt(people.payment(shop, FIFTY))
    report = Report(attempt.public_id, Outcome.FAILED, failure=failure, failure_code="x_code")
    return learned(attempt, report)


def learned(attempt: Attempt, report: Report) -> Payment:
    payments.apply_reports([report])
    return Payment.objects.get(pk=attempt.payment_id)
