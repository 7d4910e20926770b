"""What is out of the ordinary, in words: what happened, and what is proposed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sleek.channels import registry
from sleek.core.money import Money
from sleek.core.tables import Cell
from sleek.payments import rules as payments
from sleek.payments.models import Attempt
from sleek.payments.rules import Surplus
from sleek.reconciliation.models import Anomaly
from sleek.reconciliation.rules.flags import FOR_LOOKING, Ending, Flag
from sleek.reports.queries.anomalies import Case
from sleek.web.dashboard.telling import personal
from sleek.web.dashboard.telling.files import moment
from sleek.web.ui import words
from sleek.web.ui.templatetags.sleek_ui import plain_money

FLAGS: dict[Flag, Promise] = {
    Flag.UNDER: pgettext_lazy("flag", "Too little"),
    Flag.OVER: pgettext_lazy("flag", "Too much"),
    Flag.LATE: pgettext_lazy("flag", "Late"),
    Flag.DUPLICATE: pgettext_lazy("flag", "Paid twice"),
    Flag.WRONG_CURRENCY: pgettext_lazy("flag", "Other currency"),
    Flag.STUCK: pgettext_lazy("flag", "Stuck"),
    Flag.UNKNOWN_PAYER: pgettext_lazy("flag", "Unknown payer"),
    Flag.ORPHAN: pgettext_lazy("flag", "Without counterpart"),
    Flag.GIVEN_TWICE: pgettext_lazy("flag", "Deducted twice"),
}
ENDINGS: dict[Ending, Promise] = {
    Ending.BY_ITSELF: gettext_lazy("Settled by itself"),
    Ending.RETURNED: gettext_lazy("Given back"),
    Ending.KEPT: gettext_lazy("Kept for the payer"),
    Ending.ACCEPTED: gettext_lazy("Accepted"),
    Ending.APPLIED: gettext_lazy("Applied to another payment"),
    Ending.LOOKED_AT: gettext_lazy("Looked at"),
}
_PROPOSALS: dict[Flag, Promise] = {
    Flag.UNDER: gettext_lazy("Accept it, or give it back and ask the payer for the right sum."),
    Flag.OVER: gettext_lazy(
        "Take what was asked and give the rest back, or keep it for the payer."
    ),
    Flag.LATE: gettext_lazy("Give it back, or apply it to what the payer still owes."),
    Flag.DUPLICATE: gettext_lazy("Give the second payment back, or keep it for the payer."),
    Flag.WRONG_CURRENCY: gettext_lazy("Give it back and ask for the right currency."),
    Flag.STUCK: gettext_lazy("Ask the channel now, or look it up in its own back office."),
    Flag.UNKNOWN_PAYER: gettext_lazy("Find the payment that it was meant for."),
    Flag.ORPHAN: gettext_lazy("Compare with the channel's own back office, then note the result."),
    Flag.GIVEN_TWICE: gettext_lazy(
        "Ask for it on a new bill, void the other bill while it is unpaid, or let it be; then note"
        " what you did."
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A case in sentences."""

    case: Case
    happened: str
    proposal: str
    flags: list[str]
    can_be_looked_at: bool
    can_be_asked: bool


def tell(cases: Iterable[Case]) -> list[Told]:
    return [_told(case) for case in cases]


def choices() -> list[tuple[str, Promise]]:
    """For the filter."""
    return [(str(flag), word) for flag, word in FLAGS.items()]


def happened(anomaly: Anomaly, asked: Money | None, tries: Sequence[Attempt]) -> str:
    money = anomaly.money
    facts = {
        "amount": plain_money(money) if money else "",
        "asked": plain_money(asked) if asked else "",
        "channel": words.channel(_channel(anomaly, tries)),
        "reference": anomaly.reference,
    }
    if anomaly.flag == Flag.LATE and any(one.surplus == Surplus.VOID for one in tries):
        return _("%(amount)s were paid for a bill that is void.") % facts
    return _sentence(anomaly, is_whole=money is not None and not money.minor) % facts


def ending(anomaly: Anomaly) -> str:
    return str(ENDINGS[Ending(anomaly.ending)]) if anomaly.ending else ""


def listed(
    rows: Iterable[Anomaly], *, zone: ZoneInfo, rights: Collection[str]
) -> Iterator[Sequence[Cell]]:
    yield _headings(zone)
    for row in rows:
        yield _cells(row, zone, rights)


def _told(case: Case) -> Told:
    payment, first = case.payment, case.first
    asked = payment.money if payment else None
    is_open = first.resolved_at is None
    return Told(
        case=case,
        happened=" ".join(happened(one, asked, case.tries) for one in case.anomalies),
        proposal=_proposal(case),
        flags=[str(FLAGS[Flag(one.flag)]) for one in case.anomalies],
        can_be_looked_at=is_open and all(one.flag in FOR_LOOKING for one in case.anomalies),
        can_be_asked=is_open and payment is not None and first.flag == Flag.STUCK,
    )


def _channel(anomaly: Anomaly, tries: Sequence[Attempt]) -> str:
    """The one that was last tried, or that a reference begins with."""
    return tries[-1].channel if tries else anomaly.reference.partition(" ")[0]


def _proposal(case: Case) -> str:
    first = case.first
    if first.resolved_at is not None:
        return ending(first)
    if not any(one.needs_person for one in case.anomalies):
        return _("It goes back to the payer by itself. You need not do anything.")
    if case.heir:
        return _("Give it back, or apply it to %(number)s, which replaces that bill.") % {
            "number": case.heir.number
        }
    if first.flag == Flag.UNDER and _awaits_rest(case):
        return _("The payer sees how much is missing. Wait for the rest, or decide now.")
    return str(_PROPOSALS[Flag(first.flag)])


def _awaits_rest(case: Case) -> bool:
    """It came by a way that takes money in parts, and further parts still count."""
    is_payable = case.payment is not None and case.payment.status in payments.PAYABLE
    channels = {one.attempt.channel for one in case.waiting}
    takes_parts = [registry.capabilities(channel).takes_parts for channel in channels]
    return is_payable and bool(takes_parts) and all(takes_parts)


def _sentence(anomaly: Anomaly, *, is_whole: bool) -> str:
    match anomaly.flag:
        case Flag.UNDER if is_whole:
            return _("The %(asked)s came in parts that no method should have split.")
        case Flag.UNDER:
            return _("Of the %(asked)s that were asked, %(amount)s are missing.")
        case Flag.OVER:
            return _("%(amount)s came beyond the %(asked)s that were asked.")
        case Flag.LATE:
            return _("%(amount)s were paid after the time to pay was over.")
        case Flag.DUPLICATE:
            return _("%(amount)s were paid once more.")
        case Flag.WRONG_CURRENCY:
            return _("%(amount)s came, in another currency than the %(asked)s that were asked.")
        case Flag.UNKNOWN_PAYER:
            return _("%(amount)s reached the bank account, and nobody knows for what.")
    return _to_look_into(anomaly)


def _to_look_into(anomaly: Anomaly) -> str:
    if anomaly.flag == Flag.GIVEN_TWICE:
        return _(
            "A refund of this bill failed after another bill had taken over its deduction: your"
            " customer has %(amount)s of it twice."
        )
    if anomaly.flag == Flag.ORPHAN:
        if anomaly.refund_id:
            return _("%(channel)s does not know the refund of %(amount)s that it had taken.")
        return _("%(reference)s: %(amount)s were paid for what nobody knows here.")
    if anomaly.refund_id:
        return _("The refund of %(amount)s has been on its way for more than three days.")
    if not anomaly.currency:
        return _("A notice could not be applied: %(reference)s.")
    return _("%(channel)s has not said for 24 hours how the payment of %(amount)s ended.")


def _headings(zone: ZoneInfo) -> list[str]:
    return [
        _("Exception"),
        _("Seen (%(zone)s)") % {"zone": zone.key},
        _("Kind"),
        _("Amount"),
        _("Currency"),
        _("Payment"),
        _("Asked"),
        _("Currency"),
        _("Reason"),
        _("Name"),
        _("E-mail address"),
        _("What happened"),
        _("Settled (%(zone)s)") % {"zone": zone.key},
        _("How"),
        _("Person"),
        _("Note"),
    ]


def _cells(row: Anomaly, zone: ZoneInfo, rights: Collection[str]) -> list[Cell]:
    payment, money = row.payment, row.money
    payer = getattr(payment, "payer", None)
    asked = payment.money if payment else None
    return [
        row.public_id,
        moment(row.opened_at, zone),
        str(FLAGS[Flag(row.flag)]),
        money.decimal if money else None,
        row.currency,
        payment.public_id if payment else row.subject,
        asked.decimal if asked else None,
        asked.currency if asked else "",
        payment.description if payment else "",
        personal.shown(payer.name, "name", rights) if payer else "",
        personal.shown(payer.email, "email", rights) if payer else "",
        happened(row, asked, list(payment.attempts.all()) if payment else []),
        moment(row.resolved_at, zone),
        ending(row),
        str(row.resolved_by) if row.resolved_by else "",
        row.reason,
    ]
