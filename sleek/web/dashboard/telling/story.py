"""A payment's timeline in words, oldest first: what happened, and what it means for the money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.channels.base import Failure
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.payments.models import Attempt, Notice, Payment
from sleek.payments.rules import NoticeStatus
from sleek.receipts import queries as receipts
from sleek.reports.queries.history import Entered, History
from sleek.web.dashboard.telling import books
from sleek.web.dashboard.telling.refunds import chapters
from sleek.web.ui import words
from sleek.web.ui.templatetags.sleek_ui import plain_money


@dataclass(frozen=True, slots=True)
class Advice:
    """A decline for the merchant's eyes: what it was, and what to tell the payer."""

    what: Promise
    advice: Promise


DECLINES: dict[str, Advice] = {
    Failure.ENTRY_WRONG: Advice(
        gettext_lazy("Card details were entered wrongly"),
        gettext_lazy(
            "Ask the payer to check number, expiry date and security code, and to try again."
        ),
    ),
    Failure.INSUFFICIENT_FUNDS: Advice(
        gettext_lazy("Not enough money on the card or account"),
        gettext_lazy("Another card or method works at once, on the same link."),
    ),
    Failure.LIMIT: Advice(
        gettext_lazy("Over the limit of the card or account"),
        gettext_lazy("The payer can raise the limit with the bank, or use another method."),
    ),
    Failure.DECLINED: Advice(
        gettext_lazy("Declined by the payer's bank"),
        gettext_lazy("Only the bank knows why. The payer can ask it, or use another method."),
    ),
    Failure.AUTHENTICATION: Advice(
        gettext_lazy("Identity check not passed (such as 3-D Secure)"),
        gettext_lazy("The payer can try again and confirm in the bank's app."),
    ),
    Failure.EXPIRED_CARD: Advice(
        gettext_lazy("The card has expired"),
        gettext_lazy("The payer needs another card or method."),
    ),
    Failure.CAREFUL: Advice(
        gettext_lazy("Declined by the payer's bank"),
        gettext_lazy(
            "The bank wants care with this card: do not send goods before another method has paid."
        ),
    ),
    Failure.PROVIDER: Advice(
        gettext_lazy("The channel did not answer"),
        gettext_lazy("Nothing was charged. The payer was offered the other methods."),
    ),
    Failure.UNKNOWN: Advice(
        gettext_lazy("The payment did not go through"),
        gettext_lazy("The payer can try again or use another method, on the same link."),
    ),
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One entry of the timeline."""

    at: datetime
    what: str
    detail: str = ""
    icon: str = "circle"
    tone: str = ""
    is_technical: bool = False


def tell(history: History) -> list[Chapter]:
    """Things of one moment keep the order given here: opening, notices, events, bookings."""
    told = [
        _opening(history.payment),
        *_receipt(history.payment),
        *(_notice(notice) for notice in history.notices),
        *_events(history),
        *(_entry(entered) for entered in history.entries),
    ]
    return sorted(told, key=lambda chapter: chapter.at)


def _opening(payment: Payment) -> Chapter:
    what = _("The payer opened the link")
    if payment.is_for_bills:
        what = _("The payer began to pay the bill")
    return Chapter(payment.created_at, what, icon="eye")


def _receipt(payment: Payment) -> Iterator[Chapter]:
    receipt = receipts.of_payment(payment)
    if receipt is not None:
        what = _("Receipt %(number)s was issued") % {"number": receipt.number}
        yield Chapter(receipt.created_at, what, icon="receipt", tone="good")


def decline(failure: str) -> Advice:
    return DECLINES.get(failure, DECLINES[Failure.UNKNOWN])


def _events(history: History) -> Iterator[Chapter]:
    tries = {attempt.public_id: attempt for attempt in history.attempts}
    for event in history.events:
        attempt = tries.get(str(event.data.get("attempt", "")))
        yield _event(event, attempt)


def _event(event: Event, attempt: Attempt | None) -> Chapter:
    via = _via(attempt)
    at, amount = event.created_at, _amount(event)
    match event.kind:
        case "attempt.started":
            return Chapter(
                at, _("The payer chose %(method)s") % {"method": via}, icon="player-play"
            )
        case "attempt.declined" | "attempt.failed":
            return _declined(event, via)
        case "attempt.processing":
            what = _("%(method)s is still looking at it") % {"method": via}
            detail = _("The payer has done their part. A bank may take days to say yes.")
            return Chapter(at, what, detail, icon="hourglass", tone="wait")
        case "attempt.canceled" | "attempt.rerouted" | "attempt.superseded":
            return _left(event, via)
        case "attempt.stuck":
            what = _("%(method)s has not said how it ended for 24 hours") % {"method": via}
            detail = _(
                "Look it up in the channel's own back office, by the reference on the right."
            )
            return Chapter(at, what, detail, icon="help-circle", tone="wait")
        case "payment.succeeded":
            what = _("Paid: %(amount)s by %(method)s") % {"amount": amount, "method": via}
            return Chapter(at, what, attempt.payer if attempt else "", "circle-check", "good")
        case "payment.surplus_received":
            what = _("%(amount)s arrived by %(method)s, but cannot count as this payment")
            what %= {"amount": amount, "method": via}
            detail = _surplus_reason(str(event.data.get("surplus")))
            return Chapter(at, what, detail, icon="alert-triangle", tone="wait")
    return _ending(event, amount)


def _left(event: Event, via: str) -> Chapter:
    """A try that is not gone on with."""
    at, words = event.created_at, {"method": via}
    match event.kind:
        case "attempt.rerouted":
            what = _("%(method)s did not start, so another connection stood in") % words
            return Chapter(at, what, _("The payer noticed nothing."), icon="arrows-split")
        case "attempt.superseded":
            what = _("The open try by %(method)s is being closed") % words
            return Chapter(at, what, _("Another try has paid."), icon="ban")
    what = _("The try by %(method)s was closed") % words
    return Chapter(at, what, _("It can no longer be paid there."), icon="ban")


def _ending(event: Event, amount: str) -> Chapter:
    at = event.created_at
    match event.kind:
        case "payment.expired":
            detail = _("Nobody paid in time. Money that still arrives goes back by itself.")
            return Chapter(at, _("Expired"), detail, icon="clock-off")
        case "payment.canceled":
            return Chapter(at, _("Canceled"), icon="ban")
        case "payment.reopened":
            return Chapter(at, _("Can be paid again"), icon="refresh")
        case "method.saved":
            what = _("%(card)s saved for the next time") % {"card": event.data["hint"]}
            return Chapter(at, what, _("The payer agreed to it."), icon="credit-card")
        case "method.revoked":
            return Chapter(at, _("The saved card is forgotten"), icon="ban")
        case "payment.surplus_credited":
            what = _("%(amount)s kept for the payer") % {"amount": amount}
            detail = _("It can pay what they owe next.")
            return Chapter(at, what, detail, icon="wallet", tone="good")
    if words_of := chapters.of(event):
        what = str(words_of.what) % {"amount": amount}
        return Chapter(at, what, str(words_of.detail), words_of.icon, words_of.tone)
    return _shared(event, amount) or _by_transfer(event, amount)


def _shared(event: Event, amount: str) -> Chapter | None:
    match event.kind:
        case "portion.held":
            what = _("%(amount)s are held") % {"amount": amount}
            return Chapter(event.created_at, what, icon="lock", tone="wait")
        case "portion.released":
            what = _("%(amount)s were released") % {"amount": amount}
            return Chapter(event.created_at, what, icon="lock-open", tone="good")
    return None


def _by_transfer(event: Event, amount: str) -> Chapter:
    at = event.created_at
    match event.kind:
        case "attempt.announced":
            what = _("The payer says that the transfer is sent")
            detail = _("With a proof: see above.") if event.data.get("has_proof") else ""
            return Chapter(at, what, detail, icon="send")
        case "bank_line.matched":
            what = _("%(amount)s found on the bank statement") % {"amount": amount}
            is_certain = bool(event.data.get("is_by_itself"))
            detail = _("Matched by its reference.") if is_certain else _("Matched by a person.")
            return Chapter(at, what, detail, icon="building-bank", tone="good")
        case "balance.received":
            what = _("%(amount)s came from another Sleek wallet") % {"amount": amount}
            return Chapter(at, what, _("Available at once."), icon="wallet", tone="good")
    return Chapter(at, event.kind, is_technical=True)


def _declined(event: Event, via: str) -> Chapter:
    advice = decline(str(event.data.get("failure") or ""))
    what = _("%(method)s: %(reason)s") % {"method": via, "reason": advice.what}
    code = str(event.data.get("code") or "")
    detail = f"{advice.advice} · {code}" if code else str(advice.advice)
    return Chapter(event.created_at, what, detail, icon="circle-x", tone="bad")


def _notice(notice: Notice) -> Chapter:
    states = {
        NoticeStatus.WAITING: _("Not applied yet"),
        NoticeStatus.APPLIED: _("Verified and applied"),
        NoticeStatus.FAILED: _("Could not be applied"),
    }
    what = _("Notice from %(channel)s: %(kind)s")
    what %= {"channel": words.channel(notice.channel), "kind": notice.kind}
    detail = states[NoticeStatus(notice.status)]
    if notice.error:
        detail += f" · {notice.error}"
    return Chapter(notice.received_at, what, detail, icon="bell", is_technical=True)


def _entry(entered: Entered) -> Chapter:
    row = books.told(entered, {})
    what = _("Booked: %(kind)s, %(amount)s")
    what %= {"kind": row.kind, "amount": plain_money(row.amount)}
    return Chapter(
        entered.entry.created_at, what, books.flow(entered), icon="book-2", is_technical=True
    )


def _surplus_reason(surplus: str) -> str:
    reasons = {
        "duplicate": _("It was paid already. The money goes back by itself."),
        "late": _("It had expired. The money goes back by itself."),
        "sold_out": _("What it was for is gone. The money goes back by itself."),
        "void": _("The bill that it was for is void. The money waits, frozen, for your decision."),
        "amount": _(
            "The amount is not what was asked. The money waits, frozen, for your decision."
        ),
        "currency": _(
            "The currency is not what was asked. The money waits, frozen, for your decision."
        ),
    }
    return reasons.get(surplus, "")


def _via(attempt: Attempt | None) -> str:
    if attempt is None:
        return "?"
    method, channel = words.method(attempt.method), words.channel(attempt.channel)
    return method if method == channel else f"{method} · {channel}"


def _amount(event: Event) -> str:
    minor, currency = event.data.get("amount"), event.data.get("currency")
    if isinstance(minor, int) and isinstance(currency, str):
        return plain_money(Money(minor, currency))
    return ""
