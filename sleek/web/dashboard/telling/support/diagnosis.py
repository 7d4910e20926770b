"""Why a payment does not get through, what has been done, and what comes next, for support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.channels.base import Failure
from sleek.core import ids
from sleek.notifications.rules import Matter
from sleek.notifications.scripts import OF_FAILURES
from sleek.payments import rules as payments
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import AttemptStatus, PaymentStatus, Surplus
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus
from sleek.reports.queries.history import History
from sleek.reports.rules import ladder
from sleek.reports.rules.ladder import Step
from sleek.web.dashboard.telling import story
from sleek.web.dashboard.telling.channels import failures
from sleek.web.dashboard.telling.channels.failures import Help
from sleek.web.dashboard.telling.refunds import words as refund_words
from sleek.web.ui import words
from sleek.web.ui.templatetags.sleek_ui import plain_money

STEPS: dict[Step, tuple[Promise, Promise]] = {
    Step.ENTRY: (
        gettext_lazy("Check the entry"),
        gettext_lazy("Number, expiry date, security code, name: typed once more, without pasting."),
    ),
    Step.ISSUER: (
        gettext_lazy("Balance, limits, the bank"),
        gettext_lazy("Is there enough money, is the limit high enough, does the bank allow it?"),
    ),
    Step.NETWORK: (
        gettext_lazy("The network"),
        gettext_lazy("Another network or browser, a few minutes later."),
    ),
    Step.OTHER_METHOD: (
        gettext_lazy("Another method"),
        gettext_lazy("Another card, a wallet or a bank transfer, on the same link."),
    ),
    Step.INVESTIGATION: (
        gettext_lazy("Investigation"),
        gettext_lazy("Ask the channel by its reference; the payer quotes the short number."),
    ),
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder; those before the present one are behind us."""

    title: Promise
    text: Promise
    is_now: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A channel's code, and what support makes of it."""

    channel: str
    code: str
    help: Help


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known of one payment, in words."""

    cause: str
    advice: str
    tone: str
    rungs: list[Rung]
    number: str
    category: str
    said: list[Said]
    attempt: Attempt | None
    refund: Refund | None
    asked_count: int
    asks_at: datetime | None
    can_ask: bool
    is_payable: bool


def diagnose(known: History) -> Diagnosis:
    attempt = known.attempts[-1] if known.attempts else None
    failed = [one for one in known.attempts if one.failure and not one.amount_received]
    unclear = [one for one in known.attempts if _is_unclear(one)]
    step = None
    if known.payment.status != PaymentStatus.SUCCEEDED:
        step = ladder.step([one.failure for one in failed], is_unclear=bool(unclear))
    speaks = unclear[-1] if unclear else failed[-1] if failed else attempt
    cause, advice, tone = _cause(known, unclear, failed)
    is_told = bool(speaks and speaks.failure)
    return Diagnosis(
        cause=cause,
        advice=advice,
        tone=tone,
        rungs=_rungs(step),
        number=ids.short(known.payment.public_id),
        category=str(story.decline(speaks.failure).what) if speaks and is_told else "",
        said=_said(known, failed),
        attempt=speaks,
        refund=known.refunds[-1] if known.refunds else None,
        asked_count=speaks.check_count if speaks else 0,
        asks_at=speaks.check_at if speaks else None,
        can_ask=any(one.status in payments.OPEN_ATTEMPTS for one in known.attempts),
        is_payable=known.payment.status in payments.PAYABLE,
    )


def matters(known: History) -> list[Matter]:
    """What there is to tell this payer, the likeliest first."""
    found: list[Matter] = []
    for refund in reversed(known.refunds):
        found += _of_refund(refund)
    for attempt in reversed(known.attempts):
        found += _of_attempt(attempt, known.payment)
    return list(dict.fromkeys(found))


def values(known: History, *, payer: str, arrives: str) -> dict[str, str]:
    """What scripts are filled with; what nobody knows stays open."""
    payment = known.payment
    attempt = known.attempts[-1] if known.attempts else None
    surplus = next((one for one in reversed(known.attempts) if one.surplus), attempt)
    received = surplus.money_received if surplus else None
    refund = known.refunds[-1] if known.refunds else None
    return {
        "payer": payer,
        "merchant": payment.merchant.name,
        "amount": plain_money(payment.money),
        "received": plain_money(received) if received else "",
        "refund": plain_money(refund.money) if refund else "",
        "method": _way(attempt) if attempt else "",
        "number": ids.short(payment.public_id),
        "reference": _reference(refund, attempt),
        "link": link(payment),
        "arrives": arrives,
    }


def _way(attempt: Attempt) -> str:
    method, channel = words.method(attempt.method), words.channel(attempt.channel)
    return method if method == channel else f"{method} · {channel}"


def link(payment: Payment) -> str:
    """Where the payer tries again: the payment's page, or, when it is over, its link's."""
    if payment.status in payments.CLOSED and payment.link and payment.link.is_reusable:
        path = reverse("checkout-link", args=[payment.link.token])
    else:
        path = reverse("checkout-payment", args=[payment.public_id])
    return str(settings.PUBLIC_URL) + path


def _reference(refund: Refund | None, attempt: Attempt | None) -> str:
    if refund is not None:
        return refund.trace or refund.reference
    return attempt.reference if attempt else ""


def _is_unclear(attempt: Attempt) -> bool:
    is_silent = attempt.status in (AttemptStatus.UNKNOWN, AttemptStatus.PROCESSING)
    return is_silent or (bool(attempt.surplus) and not attempt.resolution)


def _cause(
    known: History, unclear: Sequence[Attempt], failed: Sequence[Attempt]
) -> tuple[str, str, str]:
    payment = known.payment
    if payment.status == PaymentStatus.SUCCEEDED and not unclear:
        return _("This payment is paid."), _about_refunds(known), "good"
    if any(one.surplus for one in unclear):
        advice = _("Decide what becomes of it; until then nobody pays this payment again.")
        return _("Money came, but not as it was asked."), advice, "wait"
    if unclear:
        cause = _("%(channel)s has not said yet how the payment ended.")
        advice = _("The payer should not pay again. We keep asking; ask now if it is urgent.")
        return cause % {"channel": words.channel(unclear[-1].channel)}, advice, "wait"
    if failed:
        told = story.decline(failed[-1].failure)
        return str(told.what), str(told.advice), "bad"
    if payment.status == PaymentStatus.EXPIRED:
        return _("Nobody paid in time."), _("Send the payer a link to try again."), "wait"
    if known.attempts:
        return _("The payer has begun and not finished."), _("They can go on at any time."), "wait"
    return _("The payer has not chosen a method yet."), _("Send the link once more."), "wait"


def _said(known: History, failed: Sequence[Attempt]) -> list[Said]:
    """Each code once, the latest first: of tries, and of refunds that a channel ended."""
    channels = {one.pk: one.channel for one in known.attempts}
    codes = [(one.channel, one.failure_code) for one in failed]
    codes += [
        (channels[one.attempt_id], one.failure_code)
        for one in known.refunds
        if one.failure_code not in refund_words.ENDINGS
    ]
    latest = dict.fromkeys(reversed([pair for pair in codes if pair[1]]))
    return [Said(channel, code, failures.help_for(channel, code)) for channel, code in latest]


def _about_refunds(known: History) -> str:
    refund = known.refunds[-1] if known.refunds else None
    if refund is None:
        return _("Nothing is left to do.")
    said = _("Refund of %(amount)s: %(status)s.")
    return said % {
        "amount": plain_money(refund.money),
        "status": words.status("refund", refund.status),
    }


def _rungs(step: Step | None) -> list[Rung]:
    """None at all where nothing went wrong."""
    if step is None:
        return []
    now = [*Step].index(step)
    return [
        Rung(title, text, place == now, place < now)
        for place, (title, text) in enumerate(STEPS.values())
    ]


def _of_refund(refund: Refund) -> list[Matter]:
    late = [Matter.REFUND_LATE] if refund.late_at else []
    match refund.status:
        case RefundStatus.IN_REVIEW:
            return [Matter.REFUND_IN_REVIEW]
        case RefundStatus.PENDING:
            return [*late, Matter.REFUND_PENDING, Matter.CLAIM]
        case RefundStatus.SUCCEEDED if refund.is_in_wallet:
            return [Matter.REFUND_IN_WALLET]
        case RefundStatus.SUCCEEDED:
            return [*late, Matter.REFUND_SUCCEEDED]
    return [Matter.REFUND_FAILED, Matter.CLAIM]


_OF_SURPLUS = {
    Surplus.DUPLICATE: Matter.DUPLICATE,
    Surplus.LATE: Matter.LATE,
    Surplus.VOID: Matter.LATE,
    Surplus.CURRENCY: Matter.WRONG_CURRENCY,
}


def _of_attempt(attempt: Attempt, payment: Payment) -> list[Matter]:
    if attempt.surplus:
        if attempt.surplus in _OF_SURPLUS:
            return [_OF_SURPLUS[Surplus(attempt.surplus)]]
        is_less = (attempt.amount_received or 0) < payment.amount
        return [Matter.PARTIAL if is_less else Matter.OVERPAID]
    if attempt.status in (AttemptStatus.UNKNOWN, AttemptStatus.PROCESSING):
        return [Matter.UNCONFIRMED]
    if attempt.failure and payment.status != PaymentStatus.SUCCEEDED:
        return [OF_FAILURES.get(Failure(attempt.failure), Matter.UNKNOWN)]
    return []
