"""Which ways to pay this browser is shown, and which of them it chose.

The list comes from `payments.queries.offers`, best first; here it loses what cannot be opened
inside another company's app, and what has just failed to answer goes last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest

from sleek.channels.base import Failure, Flow
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.payments import queries as payments
from sleek.payments.models import Attempt
from sleek.payments.queries import Offer, Survey
from sleek.web.checkout import wording
from sleek.web.checkout.visitor import device, reader
from sleek.web.checkout.wording import Advice, Text

FIELD = "offer"


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    method: str
    name: Text
    hint: str
    icon: str
    advice: Advice | None = None  # why the last try with it led nowhere


@dataclass(frozen=True, slots=True)
class Menu:
    choices: tuple[Choice, ...]
    shut_out: tuple[Text, ...]  # names of what works only outside the app that shows the page
    missing: tuple[str, ...] = ()  # why what the merchant takes elsewhere is not here

    @property
    def explains(self) -> bool:
        """Whether one of the choices carries the advice on the last try."""
        return any(choice.advice for choice in self.choices)


def menu(
    request: HttpRequest, merchant_id: int, amount: Money, *, ended: Attempt | None = None
) -> Menu:
    found = _survey(request, merchant_id, amount)
    offers = found.offers
    if ended and ended.failure == Failure.PROVIDER:
        offers.sort(key=lambda offer: offer.method == ended.method)
    missing = tuple(wording.unfit(each, amount.currency) for each in found.misfits)
    return _menu(request, offers, ended, missing)


def menu_between(request: HttpRequest, link: PaymentLink, least: Money, most: Money) -> Menu:
    """While the payer has not chosen an amount yet: what can work for some of them."""
    offers = {
        offer.method: offer
        for amount in (least, most)
        for offer in _offers(request, link.merchant_id, amount)
    }
    return _menu(request, [*offers.values()], None, ())


def chosen(request: HttpRequest, merchant_id: int, amount: Money) -> Offer | None:
    """The offer that the form names, by any of its flows, if it is among today's. Nothing else of
    the form is believed.
    """
    wish = request.POST.get(FIELD, "")
    this = _device(request)
    offers = _offers(request, merchant_id, amount)
    openable = (one for one in offers if this.can_open(one.method))
    ways = (replace(one, flow=flow) for one in openable for flow in one.flows)
    return next((way for way in ways if way.id == wish), None)


def in_this_browser(request: HttpRequest, merchant_id: int, amount: Money, *, method: str) -> str:
    """The offer that opens the method's own page here instead of showing its code, or nothing.

    For a desk without a phone; a phone opens the code's address itself.
    """
    this = _device(request)
    if this.is_mobile or not this.can_open(method):
        return ""
    offers = _offers(request, merchant_id, amount)
    return next(
        (
            replace(one, flow=Flow.REDIRECT).id
            for one in offers
            if one.method == method and Flow.REDIRECT in one.flows
        ),
        "",
    )


def can_open(request: HttpRequest, method: str) -> bool:
    return _device(request).can_open(method)


def is_mobile(request: HttpRequest) -> bool:
    return _device(request).is_mobile


def _device(request: HttpRequest) -> device.Device:
    return device.read(request.headers.get("User-Agent", ""))


def _offers(request: HttpRequest, merchant_id: int, amount: Money) -> list[Offer]:
    return _survey(request, merchant_id, amount).offers


def _survey(request: HttpRequest, merchant_id: int, amount: Money) -> Survey:
    return payments.survey(
        merchant_id, amount, is_mobile=is_mobile(request), country=reader.country(request)
    )


def _menu(
    request: HttpRequest, offers: list[Offer], ended: Attempt | None, missing: tuple[str, ...]
) -> Menu:
    this = _device(request)
    return Menu(
        choices=tuple(_choice(offer, ended) for offer in offers if this.can_open(offer.method)),
        shut_out=tuple(
            wording.method_name(offer.method) for offer in offers if not this.can_open(offer.method)
        ),
        missing=missing,
    )


def _choice(offer: Offer, ended: Attempt | None) -> Choice:
    failed_here = ended and ended.failure and ended.method == offer.method
    return Choice(
        id=offer.id,
        method=offer.method,
        name=wording.method_name(offer.method),
        hint=wording.hint(offer.connection.channel, offer.flow),
        icon=wording.method_icon(offer.method),
        advice=wording.advice(ended.failure) if ended and failed_here else None,
    )
