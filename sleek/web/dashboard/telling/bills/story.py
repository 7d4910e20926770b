"""A bill's timeline in words, oldest first: what happened, and what it means."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices.models import Invoice, Review
from sleek.merchants.models import User
from sleek.reports.queries.bills import History
from sleek.web.dashboard.telling import personal
from sleek.web.dashboard.telling.bills import words
from sleek.web.dashboard.telling.story import Chapter
from sleek.web.ui.templatetags.sleek_ui import plain_day, plain_money


@dataclass(frozen=True, slots=True)
class Words:
    what: Promise
    detail: Promise | str = ""
    icon: str = "circle"
    tone: str = ""


WORDS: dict[str, Words] = {
    "invoice.drafted": Words(gettext_lazy("Drafted"), icon="pencil"),
    "invoice.edited": Words(
        gettext_lazy("Changed"), gettext_lazy("An approval of what stood there before is void.")
    ),
    "invoice.submitted": Words(gettext_lazy("Handed in for review"), icon="eye", tone="wait"),
    "invoice.approved": Words(gettext_lazy("Approved"), icon="check", tone="good"),
    "invoice.returned": Words(
        gettext_lazy("Returned to its author"), icon="arrow-back", tone="bad"
    ),
    "invoice.withdrawn": Words(gettext_lazy("Taken back by its author"), icon="arrow-back"),
    "invoice.issued": Words(
        gettext_lazy("Issued as %(number)s over %(amount)s"),
        gettext_lazy("Numbered, sealed and signed. What it says is fixed from now on."),
        "certificate",
        "good",
    ),
    "invoice.sent": Words(gettext_lazy("Sent by mail"), icon="send"),
    "invoice.reminded": Words(gettext_lazy("Reminded by mail"), icon="bell-ringing"),
    "invoice.handed_over": Words(
        gettext_lazy("Handed over"), gettext_lazy("Marked as sent by a colleague."), "send"
    ),
    "invoice.viewed": Words(gettext_lazy("The payer opened it"), icon="eye"),
    "invoice.part_paid": Words(
        gettext_lazy("A part arrived; %(amount)s are paid"), icon="coins", tone="wait"
    ),
    "invoice.paid": Words(gettext_lazy("Paid: %(amount)s"), icon="circle-check", tone="good"),
    "invoice.overpaid": Words(
        gettext_lazy("More arrived than was asked: %(amount)s in all"),
        gettext_lazy("Give the rest back, or agree with the payer what it is for."),
        "alert-triangle",
        "wait",
    ),
    "invoice.refunded": Words(
        gettext_lazy("%(refunded)s of what was paid went back"), icon="arrow-back-up"
    ),
    "invoice.credited": Words(
        gettext_lazy("Credit note %(note)s: %(amount)s less to pay"), icon="file-minus"
    ),
    "invoice.voided": Words(
        gettext_lazy("Void"),
        gettext_lazy("Nobody can pay it any more. Its number stays in the register."),
        "ban",
        "bad",
    ),
    "invoice.written_off": Words(
        gettext_lazy("Written off"),
        gettext_lazy("Should the money come all the same, the bill is paid."),
        "file-off",
    ),
    "invoice.divided": Words(
        gettext_lazy("Divided anew into stages"),
        gettext_lazy("The plan has a paper of its own; the one before stays what it was."),
        "arrows-split-2",
    ),
    "entitlement.promised": Words(
        gettext_lazy("Promises a deduction from a later bill"), icon="discount"
    ),
    "entitlement.available": Words(
        gettext_lazy("The promised deduction can be used"), icon="discount", tone="good"
    ),
    "entitlement.reserved": Words(
        gettext_lazy("A later bill reserves the promised deduction"), icon="discount", tone="wait"
    ),
    "entitlement.used": Words(gettext_lazy("The promised deduction is used"), icon="discount"),
    "entitlement.returned": Words(
        gettext_lazy("The promised deduction can be used again"), icon="discount"
    ),
    "deduction.given_twice": Words(
        gettext_lazy("What it deducts is deducted by another bill, too"),
        gettext_lazy(
            "A refund of this bill failed after the other one had taken it over. It is listed"
            " under Exceptions."
        ),
        "alert-triangle",
        "bad",
    ),
    "deposit.forfeited": Words(
        gettext_lazy("%(amount)s of the deposit are kept: the payer cancelled"), icon="lock"
    ),
    "entitlement.expired": Words(gettext_lazy("The promised deduction expired"), icon="clock-off"),
    "entitlement.voided": Words(gettext_lazy("The promised deduction is void"), icon="ban"),
    "entitlement.changed": Words(gettext_lazy("The promised deduction changed"), icon="discount"),
}
HIDDEN = frozenset({"invoice.noted"})  # what is not printed is nobody's story
_VERDICTS = {f"invoice.{verdict}": verdict for verdict in words.VERDICTS}


def tell(history: History, rights: Collection[str]) -> list[Chapter]:
    reviews = _ReviewsInOrder(history.invoice)
    return [
        _chapter(event, history.invoice, reviews, rights)
        for event in history.events
        if event.kind not in HIDDEN
    ]


class _ReviewsInOrder:
    """Who said each word about a draft: an event names nobody."""

    def __init__(self, invoice: Invoice) -> None:
        rows = invoice.reviews.select_related("by").order_by("pk")
        self._left: dict[str, Iterator[Review]] = {
            verdict: iter([row for row in rows if row.verdict == verdict])
            for verdict in words.VERDICTS
        }

    def next(self, kind: str) -> Review | None:
        verdict = _VERDICTS.get(kind, "")
        return next(self._left[verdict], None) if verdict else None


def _chapter(
    event: Event, invoice: Invoice, reviews: _ReviewsInOrder, rights: Collection[str]
) -> Chapter:
    at = event.created_at
    if event.kind == "invoice.followed_up":
        return _followed_up(event)
    said = WORDS.get(event.kind)
    if said is None:
        return Chapter(at, event.kind, is_technical=True)
    what = str(said.what) % _values(event, invoice)
    who = _who(event, invoice, reviews.next(event.kind), rights)
    detail = " ".join(filter(None, (str(said.detail), who, str(event.data.get("reason") or ""))))
    return Chapter(at, what, detail, said.icon, said.tone)


def _followed_up(event: Event) -> Chapter:
    outcome = str(event.data.get("outcome") or "")
    detail = str(words.OUTCOMES.get(outcome, outcome))
    if day := str(event.data.get("day") or ""):
        detail = _("They pay on %(day)s.") % {"day": plain_day(date.fromisoformat(day))}
    tone = {"wrong": "bad", "received": "good"}.get(outcome, "wait")
    return Chapter(event.created_at, _("Asked after"), detail, "phone", tone)


def _values(event: Event, invoice: Invoice) -> dict[str, str]:
    return {
        "number": str(event.data.get("number") or invoice.number),
        "note": str(event.data.get("note") or ""),
        "amount": _money(event.data.get("amount"), invoice.currency),
        "refunded": _money(event.data.get("refunded"), invoice.currency),
    }


def _who(event: Event, invoice: Invoice, review: Review | None, rights: Collection[str]) -> str:
    if review is not None:
        return _named(review.by, rights)
    if event.kind == "invoice.drafted":
        return _named(invoice.created_by, rights)
    if event.kind == "invoice.issued" and invoice.issued_by:
        return _named(invoice.issued_by, rights)
    return ""


def _named(user: User, rights: Collection[str]) -> str:
    name = user.name or personal.shown(user.email, "email", rights)
    return _("By %(name)s.") % {"name": name}


def _money(minor: object, currency: str) -> str:
    return plain_money(Money(minor, currency)) if isinstance(minor, int) else ""
