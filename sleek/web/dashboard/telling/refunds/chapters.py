"""What each event of a refund says in its payment's story."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.events.models import Event
from sleek.refunds.rules import Ended, RefundStatus, Route


@dataclass(frozen=True, slots=True)
class Words:
    what: Promise
    detail: Promise | str = ""
    icon: str = "arrow-back-up"
    tone: str = "wait"


WORDS: dict[str, Words] = {
    "refund.promised": Words(
        _("Refund of %(amount)s under way"),
        _("The money is set aside, and the channel is asked to give it back."),
    ),
    "refund.approved": Words(
        _("A second person approved the refund of %(amount)s"), icon="check", tone="good"
    ),
    "refund.review_due": Words(
        _("Reviewers were reminded of the refund of %(amount)s"), icon="bell"
    ),
    "refund.review_overdue": Words(
        _("Nobody has reviewed the refund of %(amount)s for 24 hours"),
        _("The owners were told. It is never approved by itself."),
        "alert-triangle",
        "bad",
    ),
    "refund.queued": Words(
        _("The refund of %(amount)s waits: your balance at the channel does not cover it"),
        _("It is tried again by itself: every hour, later every day."),
        "hourglass",
    ),
    "refund.rerouted": Words(
        _("The refund of %(amount)s goes by bank transfer"),
        _("The channel was asked once more, and has nothing of it."),
        "building-bank",
    ),
    "refund.claim_opened": Words(
        _("The payer is asked for a bank account for %(amount)s"), icon="building-bank"
    ),
    "refund.claim_filled": Words(
        _("The payer has named a bank account for %(amount)s"),
        _("Transfer the money and enter the bank's reference."),
        "building-bank",
    ),
    "refund.succeeded": Words(
        _("%(amount)s given back to the payer"), _("When it arrives stands above."), tone="good"
    ),
    "refund.failed": Words(
        _("Refund of %(amount)s failed"), _("The money is back where it was."), "circle-x", "bad"
    ),
    "refund.late": Words(
        _("The refund of %(amount)s is late"),
        _("It has not arrived when the payer could expect it. Ask the channel."),
        "clock-exclamation",
        "bad",
    ),
    "refund.contradicted": Words(
        _("The channel says that it paid %(amount)s, though it was counted otherwise"),
        _("Nothing was booked. Compare it with the channel's own back office."),
        "alert-triangle",
        "bad",
    ),
}
IN_REVIEW = Words(
    _("Somebody asks for a refund of %(amount)s"),
    _("The money is set aside. A second person has to approve."),
    "eye",
)
BY_BANK = Words(
    _("Refund of %(amount)s under way"),
    _("The money is set aside until you have transferred it."),
)
TO_WALLET = Words(
    _("The payer took %(amount)s into a Sleek wallet"),
    _("It is there already: nothing is left to transfer."),
    "wallet",
    "good",
)
BY_PERSON = {
    Ended.DECLINED: Words(
        _("The refund of %(amount)s was declined"), _("The money is in your wallet again."), "x", ""
    ),
    Ended.CALLED_OFF: Words(
        _("The refund of %(amount)s was called off"),
        _("The money is in your wallet again."),
        "x",
        "",
    ),
}


def of(event: Event) -> Words | None:
    if event.kind == "refund.promised" and event.data.get("status") == RefundStatus.IN_REVIEW:
        return IN_REVIEW
    if event.kind == "refund.promised" and event.data.get("route") == Route.BANK:
        return BY_BANK
    if event.kind == "refund.succeeded" and event.data.get("route") == Route.BALANCE:
        return TO_WALLET
    if event.kind == "refund.failed":
        return BY_PERSON.get(event.data.get("code"), WORDS[event.kind])
    return WORDS.get(event.kind)
