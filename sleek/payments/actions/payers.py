"""What is learned of a payer before they pay: the fields that the link asks for, agreement to the
terms, and, where a provider's app must be told whom it charges, who they are to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from sleek.channels import registry
from sleek.channels.base import Introduces, Refused
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import Terms
from sleek.payments.models import Acceptance, Payer, Payment
from sleek.payments.queries import Offer


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


def needs_introduction(offer: Offer) -> bool:
    method = registry.method(offer.connection.channel, offer.method)
    return method is not None and offer.flow in method.introduced


def introduction(offer: Offer, *, return_url: str, state: str) -> str:
    """Where the payer's browser asks the app. Raises `Refused`."""
    return _channel(offer).introduction(return_url, state)


def introduced(offer: Offer, word: str) -> str:
    """The payer's id at the app, for the word that the browser brought back from there. A network
    call. Raises `Refused` for a word that is not good, or not good any more, and `Unavailable`.
    """
    return _channel(offer).introduced(word)


def _channel(offer: Offer) -> Introduces:
    channel = registry.connect(offer.connection)
    if not isinstance(channel, Introduces):
        raise Refused("This channel does not say who a payer is.", reason="introduction")
    return channel
