"""What a payer would see of a link still being typed, and what its amount is worth elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sleek.core.money import Money
from sleek.fx import queries as fx
from sleek.fx.queries import Quote
from sleek.merchants.models import Merchant
from sleek.merchants.rules import reads_on
from sleek.payments import queries as payments
from sleek.web.dashboard.forms.links import LinkForm

HOME_CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Sketch:
    merchant: Merchant
    money: Money | None
    currency: str
    reason: str
    problem: str
    quotes: list[Quote]
    methods: list[str]

    @property
    def is_unpayable(self) -> bool:
        """An amount that no channel takes, or no channel at all."""
        return self.money is not None and not self.methods

    @property
    def on_accent(self) -> str:
        return reads_on(self.merchant.accent_color)


def of(merchant: Merchant, form: LinkForm) -> Sketch:
    """From what has been typed so far; a wrong amount is said, a missing one is not."""
    money, problem = None, ""
    if form.is_bound:
        form.is_valid()
        money = form.money
        if form["amount"].value() and form.errors.get("amount"):
            problem = str(form.errors["amount"][0])
    currency = str(form["currency"].value() or merchant.default_currency)
    return Sketch(
        merchant=merchant,
        money=money,
        currency=currency,
        reason=str(form["reason"].value() or "").strip(),
        problem=problem,
        quotes=quotes(merchant, money) if money else [],
        methods=methods(merchant, money) if money else [],
    )


def quotes(merchant: Merchant, money: Money) -> list[Quote]:
    """The amount in the merchant's own currency and in CNY, as far as there are rates."""
    wanted = dict.fromkeys([merchant.default_currency, HOME_CURRENCY])
    found = (fx.convert(money, currency) for currency in wanted if currency != money.currency)
    return [quote for quote in found if quote]


def methods(merchant: Merchant, money: Money) -> list[str]:
    """How the amount can be paid, on a computer or a phone."""
    offers = (
        offer
        for is_mobile in (False, True)
        for offer in payments.offers(merchant.pk, money, is_mobile=is_mobile)
    )
    return list(dict.fromkeys(offer.method for offer in offers))
