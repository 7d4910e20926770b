"""Reading refunds: what is left to give back, who may decide, what is due, and payers' claims."""

from __future__ import annotations

from collections.abc import Collection

from django.core import signing
from django.db.models import QuerySet, Sum
from django.db.models.functions import Lower

from sleek.channels import registry
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger import queries as ledger
from sleek.merchants.models import Merchant, User
from sleek.merchants.queries import people_who_may
from sleek.merchants.rules import Right, phone_country
from sleek.payments import queries as payments
from sleek.payments.models import Attempt, Payer, Payment
from sleek.payments.rules import AttemptStatus
from sleek.refunds import rules
from sleek.refunds.models import Claim, Refund, RefundRule
from sleek.refunds.rules import Ended, Limits, RefundStatus, Source

DUE = 50  # refunds looked at in one round
SALT = "refunds.claim"


def left(payment: Payment) -> Money:
    """What can still be given back of it."""
    return Money(payment.amount_paid - payment.amount_refunded, payment.currency)


def given_back(payment: Payment) -> Money:
    """What of it has left for the payer."""
    done = Refund.objects.filter(
        attempt__payment=payment, source=Source.PAYMENT, status=RefundStatus.SUCCEEDED
    )
    return Money(done.aggregate(sum=Sum("amount"))["sum"] or 0, payment.currency)


def left_by_attempt(payment: Payment) -> list[tuple[Attempt, int]]:
    """The tries whose money paid it, the first ones first, and how much each has left."""
    paid = payment.attempts.filter(
        status=AttemptStatus.SUCCEEDED, currency_received=payment.currency
    ).order_by("pk")
    gone = Refund.objects.filter(attempt__payment=payment, source=Source.PAYMENT)
    by_attempt = dict(
        gone.exclude(status=RefundStatus.FAILED)
        .values_list("attempt")
        .annotate(Sum("amount"))
        .values_list("attempt", "amount__sum")
    )
    return [
        (attempt, (attempt.amount_received or 0) - by_attempt.get(attempt.pk, 0))
        for attempt in paid.select_related("payment__merchant", "payment__payer", "origin")
        if attempt.pays
    ]


def can_give_back(attempt: Attempt) -> bool:
    """Whether its channel can; else it goes by bank."""
    return registry.capabilities(attempt.channel).gives_back


def may_go_by_bank(payment: Payment) -> bool:
    """Elsewhere than where it came from only when that way has failed: not for the asking."""
    failed = Refund.objects.filter(attempt__payment=payment, status=RefundStatus.FAILED)
    return failed.exclude(failure_code__in=[*Ended]).exists()


def may_go_to_wallet(refund: Refund) -> bool:
    """Whether its payer may take it into a wallet here: where wallets pay each other, and once it
    has arrived. What a channel still holds must not become somebody's to spend.
    """
    behind = ledger.behind(refund.merchant_id, refund.currency)
    has_arrived = rules.has_arrived(refund.shares, behind=behind)
    return has_arrived and payments.takes(refund.merchant_id, rules.WALLET)


def country_of(payment: Payment) -> str:
    """The payer's, where a phone number tells it; else the merchant's."""
    payer = getattr(payment, "payer", None)
    return (payer and phone_country(payer.phone)) or payment.merchant.country


def is_going_back(attempt: Attempt) -> bool:
    """Whether money of it is on its way back, or went. It stays so under its payment's lock."""
    return attempt.refunds.exclude(status=RefundStatus.FAILED).exists()


def limits(merchant_id: int, currency: str, role: str) -> Limits:
    rule = RefundRule.objects.filter(merchant_id=merchant_id, currency=currency, role=role).first()
    return Limits(rule.review_from, rule.most_once, rule.most_daily) if rule else Limits()


def rules_of(merchant: Merchant) -> list[RefundRule]:
    return list(RefundRule.objects.filter(merchant=merchant).order_by("currency", "role"))


def reviewers(merchant: Merchant, *, but: User | None) -> list[User]:
    """Those who may look at what somebody asks for."""
    return [user for user in people_who_may(Right.REVIEW_REFUNDS, merchant.pk) if user != but]


def due() -> list[Refund]:
    """Those to send or to ask about now, the longest waiting first."""
    found = Refund.objects.filter(check_at__lte=clock.now()).order_by("check_at")
    return list(found.select_related("attempt")[:DUE])


def to_nudge() -> list[Refund]:
    found = Refund.objects.filter(nudge_at__lte=clock.now()).order_by("nudge_at")
    return list(found.select_related("attempt")[:DUE])


def to_arrive() -> list[Refund]:
    """Those whose last expected day is over by UTC; the verb looks at the merchant's own day."""
    found = Refund.objects.filter(
        status=RefundStatus.PENDING, late_at__isnull=True, lands_by__lt=clock.now().date()
    )
    return list(found.select_related("attempt").order_by("lands_by", "pk")[:DUE])


def known_accounts() -> QuerySet[Claim]:
    """Claims that hold an account."""
    return Claim.objects.exclude(details=b"")


def accounts_of(emails: Collection[str]) -> QuerySet[Claim]:
    """Those of refunds to payers with one of these addresses, in lower case."""
    payers = Payer.objects.annotate(owner=Lower("email")).filter(owner__in=emails)
    return known_accounts().filter(refund__attempt__payment__payer__in=payers)


def wallet_name(refund: Refund) -> str:
    """What the wallet that it went to was called then. Its merchant's own row is not for all."""
    payment = refund.attempt.payment.public_id
    told = Event.objects.filter(subject=payment, kind="refund.succeeded")
    found = told.filter(data__refund=refund.public_id).values_list("data__wallet", flat=True)
    return str(found.last() or "")


def live_claim(refund: Refund) -> Claim | None:
    return refund.claims.filter(revoked_at__isnull=True).first()


def claim_token(claim: Claim) -> str:
    """What stands in the address that the payer gets."""
    return signing.Signer(salt=SALT).sign(claim.public_id)


def claim_by(token: str) -> Claim | None:
    try:
        public_id = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None
    known = Claim.objects.select_related("refund__attempt__payment__merchant")
    return known.filter(public_id=public_id).first()
