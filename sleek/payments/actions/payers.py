"""What a payer tells before paying: the fields the link asks for, and agreement to the terms."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import Terms
from sleek.payments.models import Acceptance, Payer, Payment


class TermsNotAccepted(SleekError):
    """The merchant asks for agreement to its terms, and the payer has not given it."""

    code = "terms_not_accepted"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the payer entered, checked by the form. `own` is keyed by the merchant's labels."""

    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    po_number: str = ""
    address: str = ""
    own: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def note_payer(payment: Payment, answers: Answers) -> Payer:
    """Keep the newest answers: who tries again may correct them."""
    values = {name: getattr(answers, name) for name in Answers.__slots__}
    payer, _is_new = Payer.objects.update_or_create(
        payment=payment, defaults={**values, "updated_at": clock.now()}
    )
    return payer


@transaction.atomic
def accept_terms(
    payment: Payment, terms: Terms, *, address: str | None, language: str
) -> Acceptance:
    """Keep to which text the payer agreed, when and from where. Agreeing again changes nothing."""
    acceptance, is_new = Acceptance.objects.get_or_create(
        payment=payment,
        terms=terms,
        defaults={"text_hash": terms.text_hash, "address": address, "language": language},
    )
    if is_new:
        data: dict[str, object] = {"version": terms.version, "text_hash": terms.text_hash}
        events.record(
            [Fact("payment.terms_accepted", payment.public_id, payment.merchant_id, data)]
        )
    return acceptance
