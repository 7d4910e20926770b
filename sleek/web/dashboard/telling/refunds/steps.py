"""The three steps of a refund, with their dates: review, channel, arrival."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.merchants.models import User
from sleek.refunds import queries
from sleek.refunds.models import Refund
from sleek.refunds.rules import WALLET, Ended, RefundStatus, Route
from sleek.web.dashboard.telling import personal
from sleek.web.dashboard.telling.channels import failures
from sleek.web.dashboard.telling.refunds import words as telling
from sleek.web.ui import words
from sleek.web.ui.templatetags.sleek_ui import plain_day, plain_moment


class Mark(StrEnum):
    """How a step is drawn."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    text: str
    mark: Mark
    at: datetime | None = None


def steps(refund: Refund, rights: Collection[str]) -> list[Step]:
    """People are named as far as the reader may see personal data."""
    return [_review(refund, rights), _channel(refund), _arrival(refund)]


def _review(refund: Refund, rights: Collection[str]) -> Step:
    name = _("Review")
    if refund.status == RefundStatus.IN_REVIEW:
        if refund.review_by and refund.review_by <= clock.now():
            text = _("Nobody has decided for 24 hours. It is never approved by itself.")
            return Step(name, text, Mark.BAD, refund.review_by)
        until = plain_moment(refund.review_by) if refund.review_by else ""
        return Step(
            name, _("Waits for a second person until %(until)s") % {"until": until}, Mark.NOW
        )
    if refund.failure_code == Ended.DECLINED:
        text = _("Declined by %(who)s: %(why)s")
        told = {"who": _who(refund.reviewed_by, rights), "why": refund.answer}
        return Step(name, text % told, Mark.BAD, refund.reviewed_at)
    if refund.reviewed_by:
        text = _("Approved by %(who)s") % {"who": _who(refund.reviewed_by, rights)}
        return Step(name, text, Mark.DONE, refund.reviewed_at)
    if refund.requested_by:
        text = _("Asked for by %(who)s; no second person was needed")
        text %= {"who": _who(refund.requested_by, rights)}
    else:
        text = _("Goes back by itself")
    return Step(name, text, Mark.DONE, refund.created_at)


def _who(user: User | None, rights: Collection[str]) -> str:
    kind = "name" if user and user.name else "email"
    return personal.shown(str(user or ""), kind, rights)


def _channel(refund: Refund) -> Step:
    is_by_bank = refund.route == Route.BANK
    if refund.route == Route.BALANCE:
        return _wallet(refund)
    name = _("Bank transfer") if is_by_bank else words.channel(refund.attempt.channel)
    match RefundStatus(refund.status):
        case RefundStatus.IN_REVIEW:
            return Step(name, _("After the review"), Mark.NEXT)
        case RefundStatus.FAILED:
            return _ended(refund, name)
        case RefundStatus.SUCCEEDED:
            number = refund.trace or refund.reference
            text = _("Sent. Number for the payer's bank: %(number)s") if number else _("Sent")
            return Step(name, text % {"number": number}, Mark.DONE, refund.succeeded_at)
        case RefundStatus.PENDING:
            return Step(name, _by_bank(refund) if is_by_bank else _under_way(refund), Mark.NOW)


def _wallet(refund: Refund) -> Step:
    text = _("The payer took it into the wallet “%(wallet)s”.")
    told = {"wallet": queries.wallet_name(refund)}
    return Step(words.channel(WALLET), text % told, Mark.DONE, refund.succeeded_at)


def _ended(refund: Refund, name: str) -> Step:
    if refund.was_refused_by_person:
        return Step(name, telling.ending(refund.failure_code), Mark.BAD, refund.updated_at)
    text = _("%(why)s The money is back where it was.")
    return Step(name, text % {"why": _why(refund)}, Mark.BAD, refund.updated_at)


def _why(refund: Refund) -> str:
    if refund.failure_code in telling.ENDINGS:
        return _("It failed (%(code)s).") % {"code": telling.ending(refund.failure_code)}
    return str(failures.help_for(refund.attempt.channel, refund.failure_code).what)


def _under_way(refund: Refund) -> str:
    again = plain_moment(refund.check_at) if refund.check_at else "?"
    if refund.is_queued:
        text = _("Your balance at the channel does not cover it. Next try: %(again)s")
    elif refund.reference:
        text = _("The channel has it and has not finished. Asked again: %(again)s")
    else:
        text = _("Is being sent. Asked again: %(again)s")
    return text % {"again": again}


def _by_bank(refund: Refund) -> str:
    claim = queries.live_claim(refund)
    if claim is None:
        return _("The payer's page was withdrawn. Ask again, or call the refund off.")
    if claim.filled_at:
        return _("The payer has named an account. Transfer the money and enter the reference.")
    if claim.expires_at <= clock.now():
        return _("The payer did not answer in time. Ask again, or call the refund off.")
    return _("Waits until the payer names an account, by %(until)s") % {
        "until": plain_moment(claim.expires_at)
    }


def _arrival(refund: Refund) -> Step:
    name = _("Arrival")
    if refund.status == RefundStatus.FAILED or not refund.lands_by or not refund.lands_from:
        return Step(name, _("Nothing arrives"), Mark.NEXT)
    if refund.is_in_wallet:
        text = _("At once. It can be used there, and no bank can send it back.")
        return Step(name, text, Mark.DONE, refund.succeeded_at)
    told = {"first": plain_day(refund.lands_from), "last": plain_day(refund.lands_by)}
    if refund.is_late:
        text = _("Late: it should have arrived by %(last)s. Ask the channel, by the number above.")
        return Step(name, text % told, Mark.BAD, refund.late_at)
    is_over = refund.lands_by < clock.now().astimezone(refund.attempt.payment.merchant.zone).date()
    if refund.status == RefundStatus.SUCCEEDED and is_over:
        return Step(name, _("Should have arrived by %(last)s") % told, Mark.DONE)
    return Step(name, _("Expected between %(first)s and %(last)s") % told, Mark.NEXT)


def days(first: date, last: date) -> str:
    told = {"first": plain_day(first), "last": plain_day(last)}
    return _("between %(first)s and %(last)s") % told
