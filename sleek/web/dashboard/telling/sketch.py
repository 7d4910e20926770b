"""What a payer would see of a link still being typed, and what its amount is worth elsewhere.

The page itself is drawn by the checkout, from the sealed draft: see `web.ui.drafts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from babel.numbers import get_territory_currencies
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from sleek.channels.base import Device
from sleek.core.money import Money
from sleek.fx import queries as fx
from sleek.fx.queries import Quote
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, Ask
from sleek.merchants.models import Merchant
from sleek.merchants.rules import contrast
from sleek.payments import queries as payments
from sleek.web.dashboard.forms.links.asking import AskForm
from sleek.web.dashboard.forms.links.looking import LookForm
from sleek.web.dashboard.telling.channels import choices
from sleek.web.dashboard.telling.channels.choices import Outlook
from sleek.web.ui import drafts
from sleek.web.ui.drafts import Draft

QUOTES = 2
_ABROAD = ("USD", "EUR")  # what payers abroad count in, most often
READABLE = 4.5  # WCAG AA, for text of ordinary size
_OUR_GROUND = "#faf9f7"


@dataclass(frozen=True, slots=True)
class Sketch:
    preview_url: str
    problem: str
    quotes: list[Quote]
    methods: list[str]
    is_complete: bool
    outlooks: list[Outlook] = field(default_factory=list)

    @property
    def is_unpayable(self) -> bool:
        """An amount that no channel takes, or no channel at all."""
        return self.is_complete and not self.methods


def of(merchant: Merchant, ask_form: AskForm, look_form: LookForm, logo: str = "") -> Sketch:
    """From what has been typed so far; a wrong amount is said, a missing one is not."""
    ask, problem = None, ""
    if ask_form.is_bound:
        ask_form.is_valid()
        ask = ask_form.ask
        if ask_form["amount"].value() and ask_form.errors.get("amount"):
            problem = str(ask_form.errors["amount"][0])
    if look_form.is_bound:
        look_form.is_valid()
    amounts = payable(ask) if ask else []
    return Sketch(
        preview_url=preview_url(_draft(merchant, ask_form, look_form, logo)),
        problem=problem,
        quotes=quotes(merchant, amounts[0]) if amounts else [],
        methods=methods(merchant, amounts),
        is_complete=bool(amounts),
        outlooks=choices.outlook(merchant, amounts[0]) if amounts else [],
    )


def of_link(merchant: Merchant, link: PaymentLink, look_form: LookForm) -> Sketch:
    """A link that exists, with another look."""
    if look_form.is_bound:
        look_form.is_valid()
    draft = _dressed(merchant, link.ask, link.reason, look_form, "")
    return Sketch(preview_url(draft), "", [], methods(merchant, payable(link.ask)), True)


def preview_url(draft: Draft) -> str:
    """Empty where nobody serves the payer's page."""
    try:
        return reverse("checkout-preview", args=[drafts.seal(draft)])
    except NoReverseMatch:
        return ""


def payable(ask: Ask) -> list[Money]:
    """The least and the most that one payer pays."""
    amount = ask.amount or 0
    bounds = {
        AmountKind.FIXED: [amount],
        AmountKind.OPEN: [ask.minimum or 0, ask.maximum or 0],
        AmountKind.QUANTITY: [amount, amount * (ask.quantity_max or 1)],
    }[ask.kind]
    return [Money(minor, ask.currency) for minor in bounds if minor]


def quotes(merchant: Merchant, money: Money) -> list[Quote]:
    """The amount as the merchant counts, and as payers abroad do, as far as there are rates."""
    at_home = get_territory_currencies(merchant.country)
    wanted = dict.fromkeys([*at_home[:1], merchant.default_currency, *_ABROAD])
    found = (fx.convert(money, currency) for currency in wanted if currency != money.currency)
    return [quote for quote in found if quote][:QUOTES]


def methods(merchant: Merchant, amounts: list[Money]) -> list[str]:
    """How the amounts can be paid, on a computer or a phone."""
    offers = (
        offer
        for money in amounts
        for device in (Device.DESKTOP, Device.PHONE)
        for offer in payments.offers(merchant.pk, money, device=device)
    )
    return list(dict.fromkeys(offer.method for offer in offers))


def reads_well(color: str) -> tuple[float, bool]:
    """How far text in this colour stands out from our pages, and whether that is enough.

    What does not is shown in our own colour: see `web.checkout.brand`.
    """
    ratio = contrast(color, _OUR_GROUND)
    return ratio, ratio >= READABLE


def _draft(merchant: Merchant, ask_form: AskForm, look_form: LookForm, logo: str) -> Draft:
    currency = str(ask_form["currency"].value() or merchant.default_currency)
    kind = str(ask_form["kind"].value() or AmountKind.FIXED)
    known = ask_form.ask if ask_form.is_bound else None
    ask = known or Ask(AmountKind(kind) if kind in set(AmountKind) else AmountKind.FIXED, currency)
    return _dressed(merchant, ask, str(ask_form["reason"].value() or ""), look_form, logo)


def _dressed(merchant: Merchant, ask: Ask, reason: str, look_form: LookForm, logo: str) -> Draft:
    brand = look_form.chosen_brand
    cleaned = look_form.cleaned_data if look_form.is_bound else {}
    fields = cleaned.get("field_list", [])
    return Draft(
        merchant=merchant.public_id,
        kind=ask.kind,
        currency=ask.currency,
        amount=ask.amount,
        minimum=ask.minimum,
        maximum=ask.maximum,
        quantity_max=ask.quantity_max,
        reason=" ".join(reason.split())[:140],
        description=str(look_form["description"].value() or "")[:2000],
        brand_name=brand.display_name if brand else cleaned.get("brand_name") or merchant.name,
        accent_color=brand.accent_color if brand else cleaned.get("brand_color") or "#0f5c73",
        logo=(brand.logo.public_id if brand.logo else "") if brand else logo,
        pictures=[picture.public_id for picture in look_form.pictures],
        fields=[field.pack() for field in fields],
        asks_terms=bool(look_form["asks_terms"].value()) and look_form.terms is not None,
        language=get_language() or "",
    )
