"""What a payer reads about money on its way back: three steps, with dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.money import Money
from sleek.payments.models import Payment
from sleek.refunds.models import Refund
from sleek.refunds.rules import Ended, RefundStatus, Route, Source
from sleek.web.checkout import access, wording
from sleek.web.ui.templatetags.sleek_ui import plain_day


class Mark(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Step:
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Told:
    """One refund as its payer sees it. `is_missable`: it should be there, so it may be missed."""

    public_id: str
    money: Money
    note: str
    number: str
    steps: list[Step]
    is_missable: bool


def tell(payment: Payment) -> list[Told]:
    """Of what was paid, the newest first. A surplus is told apart from them."""
    known = Refund.objects.filter(attempt__payment=payment).exclude(source=Source.SURPLUS)
    return [_told(refund, payment) for refund in known.order_by("-pk")]


def _told(refund: Refund, payment: Payment) -> Told:
    today = clock.now().astimezone(payment.merchant.zone).date()
    is_over = refund.lands_by is not None and refund.lands_by < today
    has_failed = refund.status == RefundStatus.FAILED
    is_sent = refund.status == RefundStatus.SUCCEEDED
    return Told(
        public_id=refund.public_id,
        money=refund.money,
        note=refund.answer if has_failed else refund.note,
        number="" if has_failed else refund.trace,
        steps=[_failed(refund, payment)] if has_failed else list(_steps(refund, payment, is_over)),
        is_missable=is_sent and is_over and not refund.late_at and not refund.is_in_wallet,
    )


def _failed(refund: Refund, payment: Payment) -> Step:
    if refund.failure_code in (Ended.DECLINED, Ended.CALLED_OFF):
        text = _("%(payee)s does not give this back after all.")
    else:
        text = _("It did not work. The money is with %(payee)s again; please write to them.")
    return Step(text % _words(refund, payment), Mark.BAD)


def _steps(refund: Refund, payment: Payment, is_over: bool) -> Iterator[Step]:
    words = _words(refund, payment)
    is_checked = refund.status != RefundStatus.IN_REVIEW
    is_sent = refund.status == RefundStatus.SUCCEEDED
    if is_checked:
        yield Step(_("%(payee)s gives it back") % words, Mark.DONE)
    else:
        text = _("%(payee)s is still checking it, until %(until)s at the latest")
        yield Step(text % words, Mark.NOW)
    if is_sent:
        yield Step(_("Sent on %(sent)s") % words, Mark.DONE)
    elif is_checked and refund.route == Route.BANK:
        text = _("By bank transfer. Where to? We asked by e-mail; or ask %(payee)s for the page.")
        yield Step(text % words, Mark.NOW)
    else:
        yield Step(_("It is being sent"), Mark.NOW if is_checked else Mark.NEXT)
    if refund.is_in_wallet:
        yield Step(_("In your Sleek wallet since %(arrived)s") % words, Mark.DONE)
    elif refund.is_late:
        yield Step(_("It is late. %(payee)s has been told and follows it up.") % words, Mark.BAD)
    elif is_sent and is_over:
        yield Step(_("Should have arrived by %(last)s") % words, Mark.DONE)
    else:
        yield Step(_("With you between %(first)s and %(last)s") % words, Mark.NEXT)


def _words(refund: Refund, payment: Payment) -> dict[str, str]:
    zone = payment.merchant.zone
    sent = refund.succeeded_at
    return {
        "payee": access.face(payment).display_name,
        "until": wording.moment(refund.review_by, zone),
        "sent": _day(sent.astimezone(zone).date() if sent else None),
        "arrived": wording.moment(sent, zone),
        "first": _day(refund.lands_from),
        "last": _day(refund.lands_by),
    }


def _day(day: date | None) -> str:
    return plain_day(day) if day else ""
