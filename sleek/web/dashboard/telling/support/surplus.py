"""Money that arrived and pays nothing: what happened, what becomes of it, who must act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sleek.core.money import Money
from sleek.payments.models import Attempt
from sleek.payments.rules import RETURNED_BY_ITSELF, Resolution, Surplus
from sleek.reconciliation.rules.choices import Choice
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus
from sleek.reports.queries.anomalies import Waiting
from sleek.reports.queries.history import History
from sleek.web.ui.templatetags.sleek_ui import plain_money


@dataclass(frozen=True, slots=True)
class Extra:
    """One surplus. `choices` are what a person may do, where nothing happens by itself."""

    attempt: Attempt
    money: Money
    happened: str
    becomes: str
    tone: str
    choices: list[Choice]


def extras(history: History, waiting: Iterable[Waiting]) -> list[Extra]:
    latest: dict[int, Refund] = {refund.attempt_id: refund for refund in history.refunds}
    open_to = {one.attempt.pk: one.choices for one in waiting}
    return [
        _extra(attempt, latest.get(attempt.pk), open_to.get(attempt.pk, []))
        for attempt in history.attempts
        if attempt.surplus
    ]


def _extra(attempt: Attempt, refund: Refund | None, choices: list[Choice]) -> Extra:
    money = attempt.money_received or attempt.money
    status = RefundStatus(refund.status) if refund else None
    if attempt.resolution in (Resolution.ACCEPTED, Resolution.CREDITED):
        tone = "bad" if status == RefundStatus.FAILED and attempt.credit else "good"
        decided = _decided(attempt, refund)
        return Extra(attempt, money, _happened(attempt, money), decided, tone, choices)
    return Extra(
        attempt=attempt,
        money=money,
        happened=_happened(attempt, money),
        becomes=_becomes(status, is_automatic=attempt.surplus in RETURNED_BY_ITSELF),
        tone={RefundStatus.SUCCEEDED: "good", RefundStatus.FAILED: "bad"}.get(
            status or RefundStatus.PENDING, "wait"
        ),
        choices=choices,
    )


def _decided(attempt: Attempt, refund: Refund | None) -> str:
    credit = attempt.credit
    if credit is None:
        return _("It was accepted and counts as paid.")
    if refund is not None and (credit or refund.status != RefundStatus.FAILED):
        return _of_rest(RefundStatus(refund.status)) % {"rest": plain_money(refund.money)}
    if not credit:
        return _("It was kept for the payer, and all of it has been used.")
    return _("It is kept for the payer; %(left)s are left.") % {"left": plain_money(credit)}


def _of_rest(status: RefundStatus) -> str:
    match status:
        case RefundStatus.SUCCEEDED:
            return _("%(rest)s of it have been given back to the payer.")
        case RefundStatus.FAILED:
            return _(
                "Giving %(rest)s of it back failed: they are kept for the payer in your wallet. "
                "Try again, or agree with the payer."
            )
    return _("%(rest)s of it are on their way back to the payer.")


def _happened(attempt: Attempt, money: Money) -> str:
    facts = {"received": plain_money(money), "asked": plain_money(attempt.money)}
    match attempt.surplus:
        case Surplus.DUPLICATE:
            text = _("The payer paid a second time: %(received)s.")
        case Surplus.LATE:
            text = _("%(received)s arrived after the payment had ended.")
        case Surplus.SOLD_OUT:
            text = _("%(received)s arrived when nothing was left of what it was for.")
        case Surplus.VOID:
            text = _("%(received)s arrived for a bill that is void.")
        case Surplus.CURRENCY:
            text = _(
                "%(received)s arrived, in another currency than the %(asked)s that were asked."
            )
        case _:
            text = _("%(received)s arrived instead of the %(asked)s that were asked.")
    return text % facts


def _becomes(status: RefundStatus | None, *, is_automatic: bool) -> str:
    match status:
        case RefundStatus.SUCCEEDED:
            return _(
                "It has been given back to the payer; cards show it in 5 to 15 working days, "
                "wallets in 1 to 3."
            )
        case RefundStatus.FAILED:
            return _(
                "Giving it back failed: the money is frozen in your wallet. Try again, or agree "
                "with the payer."
            )
        case RefundStatus.PENDING | RefundStatus.IN_REVIEW:
            return _("It is on its way back to the payer. You need not do anything.")
    if is_automatic:
        return _("It goes back to the payer by itself within seconds. You need not do anything.")
    return _(
        "It does not count as paid and is frozen in your wallet until you decide what becomes of "
        "it."
    )
