"""Which ways to pay this browser is shown, and which of them it chose.

The list comes from `payments.queries.offers`, best first; here what led nowhere and would do so
again goes last.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.http import HttpRequest

from sleek.channels import registry
from sleek.channels.base import Device, Failure, Flow, Unfit
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.payments import queries as payments
from sleek.payments.models import Attempt
from sleek.payments.queries import Misfit, Offer, Survey
from sleek.web.checkout import wording
from sleek.web.checkout.visitor import device, known, reader
from sleek.web.checkout.wording import Advice, Text

FIELD = "offer"


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    method: str
    name: Text
    hint: Text
    icon: str
    advice: Advice | None = None  # why the last try with it led nowhere
    may_save: bool = False  # it can be kept for the next time
    saved_id: str = ""  # of what is kept and charged at once


@dataclass(frozen=True, slots=True)
class Menu:
    choices: tuple[Choice, ...]
    shut_out: tuple[str, ...]  # what works only outside the app that shows the page, and how
    missing: tuple[str, ...] = ()  # why what the merchant takes elsewhere is not here
    saved: tuple[Choice, ...] = ()  # what this browser may pay with at once

    @property
    def explains(self) -> bool:
        """Whether one of the choices carries the advice on the last try."""
        return any(choice.advice for choice in (*self.saved, *self.choices))


def menu(
    request: HttpRequest,
    merchant: Merchant,
    amount: Money,
    *,
    ended: Attempt | None = None,
    among: Collection[str] = (),
) -> Menu:
    """`among` are the methods that may be used, where not all may."""
    found = _survey(request, merchant.pk, amount)
    offers = _among(found.offers, among)
    if ended and ended.failure and not _is_worth_repeating(ended):
        offers.sort(key=lambda offer: offer.method == ended.method)
    misfits = [each for each in found.misfits if not among or each.method in among]
    shown = _menu(offers, ended, misfits, amount.currency)
    saved = _among(known.offers(request, merchant, amount), among)
    kept = tuple(_kept(each, ended) for each in saved)
    return _beside(kept, shown, payments.may_save(merchant, offers))


def _beside(kept: tuple[Choice, ...], menu: Menu, keepable: list[str]) -> Menu:
    """What the browser may pay with at once comes first; what can be kept says so."""
    choices = (replace(each, may_save=each.method in keepable) for each in menu.choices)
    return replace(menu, choices=tuple(choices), saved=kept)


def _kept(offer: Offer, ended: Attempt | None) -> Choice:
    saved = offer.saved
    assert saved is not None
    failed_here = ended and ended.failure and ended.saved_method_id == saved.pk
    return Choice(
        id=offer.id,
        method=offer.method,
        name=saved.hint or wording.method_name(offer.method),
        hint=wording.AT_ONCE,
        icon=wording.method_icon(offer.method),
        advice=advice(ended) if ended and failed_here else None,
        saved_id=saved.public_id,
    )


def _is_worth_repeating(ended: Attempt) -> bool:
    """Whether the same way may get through, at once, for this payer."""
    row = registry.meaning(ended.channel, ended.failure_code)
    return row.may_retry and ended.failure != Failure.PROVIDER


def menu_between(request: HttpRequest, link: PaymentLink, least: Money, most: Money) -> Menu:
    """While the payer has not chosen an amount yet: what can work for some of them."""
    offers: dict[str, Offer] = {}
    shut_out: dict[str, Misfit] = {}
    for amount in (least, most):
        found = _survey(request, link.merchant_id, amount)
        offers |= {offer.method: offer for offer in found.offers}
        shut_out |= {each.method: each for each in found.misfits if each.why == Unfit.APP}
    shown = _menu([*offers.values()], None, [*shut_out.values()], least.currency)
    kept = {
        offer.id: _kept(offer, None)
        for amount in (least, most)
        for offer in known.offers(request, link.merchant, amount)
    }
    keepable = payments.may_save(link.merchant, [*offers.values()])
    return _beside(tuple(kept.values()), shown, keepable)


def chosen(
    request: HttpRequest, merchant: Merchant, amount: Money, *, among: Collection[str] = ()
) -> Offer | None:
    """The offer that the form names, by any of its flows, if it is among today's, or kept for this
    browser. Nothing else of the form is believed.
    """
    wish = request.POST.get(FIELD, "")
    kept = known.offers(request, merchant, amount)
    offer = next((one for one in kept if one.id == wish), None)
    offer = offer or named(request, merchant.pk, amount, wish)
    return offer if offer and _among([offer], among) else None


def named(request: HttpRequest, merchant_id: int, amount: Money, wish: str) -> Offer | None:
    connection_id, _, way = wish.partition(".")
    method, _, flow = way.partition(".")
    if flow not in [*Flow]:
        return None
    offers = _offers(request, merchant_id, amount)
    offer = next((one for one in offers if one.method == method), None)
    return offer.by(Flow(flow), connection_id) if offer else None


def in_this_browser(request: HttpRequest, merchant_id: int, amount: Money, *, method: str) -> str:
    """The offer that opens the method's own page here instead of showing its code, or nothing.

    For a desk without a phone; a phone opens the code's address itself.
    """
    if device_of(request) != Device.DESKTOP:
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


def can_open(request: HttpRequest, attempt: Attempt) -> bool:
    """Whether this browser, too, can go where the attempt's payer is sent."""
    method = registry.method(attempt.channel, attempt.method)
    return method is not None and attempt.flow in method.opens(device_of(request))


def device_of(request: HttpRequest) -> Device:
    return device.read(request.headers.get("User-Agent", ""))


def _offers(request: HttpRequest, merchant_id: int, amount: Money) -> list[Offer]:
    return _survey(request, merchant_id, amount).offers


def _among(offers: list[Offer], methods: Collection[str]) -> list[Offer]:
    return [one for one in offers if not methods or one.method in methods]


def _survey(request: HttpRequest, merchant_id: int, amount: Money) -> Survey:
    return payments.survey(
        merchant_id, amount, device=device_of(request), country=reader.country(request)
    )


def _menu(offers: list[Offer], ended: Attempt | None, misfits: list[Misfit], currency: str) -> Menu:
    shut_out = (each for each in misfits if each.why == Unfit.APP)
    missing = (each for each in misfits if each.why != Unfit.APP)
    return Menu(
        choices=tuple(_choice(offer, ended) for offer in offers),
        shut_out=tuple(wording.unfit(each, currency) for each in shut_out),
        missing=tuple(wording.unfit(each, currency) for each in missing),
    )


def _choice(offer: Offer, ended: Attempt | None) -> Choice:
    is_same = ended and ended.method == offer.method and not ended.saved_method_id
    failed_here = is_same and ended and ended.failure
    return Choice(
        id=offer.id,
        method=offer.method,
        name=wording.method_name(offer.method),
        hint=wording.hint(offer.connection.channel, offer.flow),
        icon=wording.method_icon(offer.method),
        advice=advice(ended) if ended and failed_here else None,
    )


def advice(ended: Attempt) -> Advice:
    return wording.advice(ended.failure, channel=ended.channel, code=ended.failure_code)
