"""Saying how much a role may give back, and from which amount a second person looks."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.money import Money
from sleek.merchants.models import Merchant, User
from sleek.refunds.models import RefundRule
from sleek.refunds.rules import Limits


@transaction.atomic
def set_rule(merchant: Merchant, currency: str, role: str, limits: Limits, *, by: User) -> None:
    """It counts from the next refund on. What is in review stays there."""
    rule, _is_new = RefundRule.objects.select_for_update().get_or_create(
        merchant=merchant, currency=currency, role=role
    )
    before = Limits(rule.review_from, rule.most_once, rule.most_daily)
    if before == limits:
        return
    rule.review_from, rule.most_once = limits.review_from, limits.most_once
    rule.most_daily, rule.updated_at = limits.most_daily, clock.now()
    rule.save(update_fields=["review_from", "most_once", "most_daily", "updated_at"])
    changed = {
        name: [_told(asdict(before)[name], currency), _told(value, currency)]
        for name, value in asdict(limits).items()
        if asdict(before)[name] != value
    }
    audit.record(
        "refund_rule.changed",
        merchant.public_id,
        scope=merchant.public_id,
        actor=by.public_id,
        data={"currency": currency, "role": role, **changed},
    )


def _told(minor: int | None, currency: str) -> str:
    return "–" if minor is None else f"{Money(minor, currency).decimal:f}"
