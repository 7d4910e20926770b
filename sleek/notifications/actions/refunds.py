"""What payers and a merchant's people are told about refunds: each thing once, by its key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sleek.events.models import Event
from sleek.merchants.models import User
from sleek.merchants.queries import owners_of, people_who_may
from sleek.merchants.rules import Right
from sleek.notifications import payer_letters, refund_letters
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.rules import Letter
from sleek.refunds import queries
from sleek.refunds.models import Refund
from sleek.refunds.rules import Ended, RefundStatus, Route

FOLLOWED = frozenset(
    {
        "refund.promised",
        "refund.review_due",
        "refund.review_overdue",
        "refund.claim_opened",
        "refund.claim_filled",
        "refund.queued",
        "refund.succeeded",
        "refund.failed",
        "refund.late",
        "refund.contradicted",
    }
)

TO_PAYERS: dict[str, Callable[[Refund], Letter]] = {
    "refund.promised": payer_letters.promised,
    "refund.succeeded": payer_letters.succeeded,
    "refund.failed": payer_letters.failed,
    "refund.late": payer_letters.late,
}
TO_FINANCE: dict[str, Callable[[Refund], Letter]] = {
    "refund.failed": refund_letters.failed,
    "refund.queued": refund_letters.queued,
    "refund.late": refund_letters.late,
    "refund.claim_filled": refund_letters.account_known,
    "refund.contradicted": refund_letters.contradicted,
}


def tell(news: Sequence[Event]) -> None:
    """As part of a consumer of events."""
    keys = {str(event.data["refund"]) for event in news}
    known = Refund.objects.filter(public_id__in=keys).select_related(
        "attempt__payment__merchant",
        "attempt__payment__payer",
        "attempt__payment__link__brand__merchant",
        "requested_by",
    )
    refunds = {refund.public_id: refund for refund in known}
    for event in news:
        refund = refunds[str(event.data["refund"])]
        write([*_to_payer(event, refund), *_to_people(event, refund)])


def _to_payer(event: Event, refund: Refund) -> list[Draft]:
    payer = getattr(refund.attempt.payment, "payer", None)
    if payer is None or not payer.email:
        return []
    letter: Letter | None = None
    if event.kind == "refund.claim_opened":
        claim = queries.live_claim(refund)
        # Of several questions only the one that counts is asked.
        if claim and claim.public_id == event.data["claim"] and not claim.filled_at:
            letter = payer_letters.account_wanted(refund, claim)
    elif event.kind in TO_PAYERS and not _is_told_otherwise(event, refund):
        letter = TO_PAYERS[event.kind](refund)
    if letter is None:
        return []
    language = refund.attempt.payment.language
    return [_draft(event, refund, letter, email=payer.email, language=language, who="payer")]


def _is_told_otherwise(event: Event, refund: Refund) -> bool:
    """A promise that has ended meanwhile is told by its end; one that goes by bank by the question
    where to, for until that is answered no day can be named.
    """
    if event.kind != "refund.promised":
        return False
    is_asked = event.data["status"] == RefundStatus.PENDING and event.data["route"] == Route.BANK
    return is_asked or refund.status == RefundStatus.FAILED


def _to_people(event: Event, refund: Refund) -> Iterable[Draft]:
    make, people = _addressed(event, refund)
    for person in people:
        letter = refund_letters.in_language(make, refund, person.language)
        yield _draft(
            event,
            refund,
            letter,
            email=person.email,
            language=person.language,
            who=person.public_id,
        )


def _addressed(event: Event, refund: Refund) -> tuple[Callable[[Refund], Letter], list[User]]:
    merchant = refund.attempt.payment.merchant
    asked_by = refund.requested_by
    reviewing = queries.reviewers(merchant, but=asked_by)
    match event.kind:
        case "refund.promised" if refund.status == RefundStatus.IN_REVIEW:
            return refund_letters.review_wanted, reviewing
        case "refund.review_due":
            return refund_letters.review_due, reviewing
        case "refund.review_overdue":
            return refund_letters.review_overdue, owners_of(merchant)
        case "refund.failed" if refund.failure_code == Ended.DECLINED:
            return refund_letters.declined, [asked_by] if asked_by else []
        case "refund.failed" if refund.failure_code == Ended.CALLED_OFF:
            return refund_letters.declined, []
        case "refund.succeeded" if event.data["route"] == Route.BALANCE:
            # They had been waiting for an account.
            return refund_letters.taken, people_who_may(Right.GIVE_MONEY_BACK, merchant.pk)
    if event.kind in TO_FINANCE:
        return TO_FINANCE[event.kind], people_who_may(Right.GIVE_MONEY_BACK, merchant.pk)
    return refund_letters.review_wanted, []


def _draft(
    event: Event, refund: Refund, letter: Letter, *, email: str, language: str, who: str
) -> Draft:
    return Draft(
        merchant_id=refund.merchant_id,
        template=event.kind.replace("refund.", "refund_")[:20],
        about=refund.public_id,
        key=f"{event.public_id}:{who}",
        language=language,
        letter=letter,
        email=email,
    )
