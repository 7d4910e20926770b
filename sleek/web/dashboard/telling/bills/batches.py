"""Batches in words: what is done, how far it is, and why bills were refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sleek.invoices.actions import InvalidInvoice
from sleek.invoices.models import Batch, BatchItem, Invoice
from sleek.invoices.rules import BatchKind, StopCause
from sleek.merchants.models import User
from sleek.web.dashboard.forms.bills import flaws
from sleek.web.dashboard.telling import personal
from sleek.web.dashboard.telling.bills import words

ICONS: dict[str, str] = {
    BatchKind.ISSUE: "certificate",
    BatchKind.SEND: "send",
    BatchKind.REMIND: "bell-ringing",
    BatchKind.VOID: "ban",
}
# Refusals that are no verb's.
REFUSALS: dict[str, Promise] = {
    "gone": gettext_lazy("The draft was deleted meanwhile."),
    "stumbled": gettext_lazy(
        "Something went wrong on our side; nothing was done with it. Try it again, and if it"
        " happens once more, tell whoever runs this installation."
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """`state` is how it stands in a word with its tone and icon; `cause` why it was stopped."""

    batch: Batch
    title: str
    icon: str
    state: str
    tone: str
    state_icon: str
    by: str
    cause: str

    @property
    def is_moving(self) -> bool:
        return self.batch.ended_at is None

    @property
    def passed(self) -> int:
        return self.batch.done_count + self.batch.refused_count

    @property
    def to_repeat(self) -> int:
        return self.batch.refused_count + self.batch.dropped_count


@dataclass(frozen=True, slots=True)
class Refusal:
    invoice: Invoice | None
    name: str
    why: str


def done(kind: BatchKind, count: int) -> str:
    said = {
        BatchKind.ISSUE: ngettext(
            "%(count)s bill is issued.", "%(count)s bills are issued.", count
        ),
        BatchKind.SEND: ngettext(
            "%(count)s mail is on its way.", "%(count)s mails are on their way.", count
        ),
        BatchKind.REMIND: ngettext(
            "%(count)s reminder is on its way.", "%(count)s reminders are on their way.", count
        ),
        BatchKind.VOID: ngettext("%(count)s bill is void.", "%(count)s bills are void.", count),
    }
    return said[kind] % {"count": count}


def told(batch: Batch, rights: Collection[str]) -> Told:
    state, tone, icon = _state(batch)
    return Told(
        batch=batch,
        title=_title(BatchKind(batch.kind), batch.size),
        icon=ICONS[batch.kind],
        state=state,
        tone=tone,
        state_icon=icon,
        by=_name(batch.created_by, rights),
        cause=_cause(batch, rights),
    )


def refusals(items: Sequence[BatchItem], bills: Mapping[str, Invoice]) -> list[Refusal]:
    return [_refusal(item, bills.get(item.bill)) for item in items]


def _title(kind: BatchKind, size: int) -> str:
    said = {
        BatchKind.ISSUE: ngettext("Issue %(count)s bill", "Issue %(count)s bills", size),
        BatchKind.SEND: ngettext(
            "Send %(count)s bill by mail", "Send %(count)s bills by mail", size
        ),
        BatchKind.REMIND: ngettext("Remind of %(count)s bill", "Remind of %(count)s bills", size),
        BatchKind.VOID: ngettext("Void %(count)s bill", "Void %(count)s bills", size),
    }
    return said[kind] % {"count": size}


def _state(batch: Batch) -> tuple[str, str, str]:
    if batch.stopped_at:
        return (_("Stopped"), "bad", "hand-stop")
    if batch.ended_at is None:
        waits = batch.resumes_at is not None
        return (_("Waiting"), "wait", "hourglass") if waits else (_("Under way"), "open", "loader")
    if batch.refused_count:
        return (_("Ended, with refusals"), "wait", "alert-triangle")
    return (_("Done"), "good", "circle-check")


def _cause(batch: Batch, rights: Collection[str]) -> str:
    match batch.stop_cause:
        case StopCause.PERSON if batch.stopped_by:
            return _("Stopped by %(name)s. What was done stays done.") % {
                "name": _name(batch.stopped_by, rights)
            }
        case StopCause.RIGHT:
            return _(
                "Stopped, because %(name)s may not do this any more. Somebody who may can try the"
                " rest again."
            ) % {"name": _name(batch.created_by, rights)}
    return ""


def _refusal(item: BatchItem, invoice: Invoice | None) -> Refusal:
    name = words.name(invoice) if invoice else _("A deleted draft")
    if item.code in REFUSALS:
        return Refusal(invoice, name, str(REFUSALS[item.code]))
    if item.code == InvalidInvoice.code and invoice:
        known = {flaw.value: flaw for flaw in flaws.WORDS}
        found = InvalidInvoice([known[text] for text in item.flaws if text in known])
        why = flaws.sentence(found, currency=invoice.currency, asked=invoice.asked)
        return Refusal(invoice, name, why)
    return Refusal(invoice, name, item.told)


def _name(user: User, rights: Collection[str]) -> str:
    return user.name or personal.shown(user.email, "email", rights)
