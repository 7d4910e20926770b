"""What this payer pays, where the link lets them choose: an amount, or how many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from django.http import QueryDict
from django.utils.translation import gettext as _

from sleek.core.money import InvalidAmount, Money, exponent
from sleek.links import rules
from sleek.links.models import PaymentLink
from sleek.links.queries import Prefill
from sleek.links.rules import AmountKind, Wish, WishFlaw
from sleek.web.checkout.forms import amounts
from sleek.web.ui.templatetags.sleek_ui import amount, plain_money

AMOUNT, QUANTITY, STEP, SHOWN = "amount", "quantity", "step", "shown"
LESS, MORE = "less", "more"
MAX_DIGITS = 6  # of a quantity

Text: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Choosing:
    """`total` is what is to be paid, once it is known; `typed` what stands in the field."""

    link: PaymentLink
    wish: Wish
    total: Money | None
    typed: str = ""
    error: Text = ""
    is_locked: bool = False  # an amount that the merchant chose for this payer

    @property
    def quantity(self) -> int:
        return self.wish.quantity or 1

    @property
    def below(self) -> Text:
        """What a script says of a choice that is too small."""
        return explain(self.link, WishFlaw.AMOUNT_BELOW)

    @property
    def above(self) -> Text:
        is_counted = self.link.amount_kind == AmountKind.QUANTITY
        return explain(self.link, WishFlaw.QUANTITY_ABOVE if is_counted else WishFlaw.AMOUNT_ABOVE)

    @property
    def money(self) -> Money:
        """What the list of methods goes by while nothing is chosen: the most that may be."""
        most = self.link.amount_max or self.link.amount or 1
        return self.total or Money(most, self.link.currency)


def first(link: PaymentLink, prefill: Prefill | None) -> Choosing:
    """Before the payer has chosen anything."""
    if link.amount_kind == AmountKind.QUANTITY:
        return _counted(link, "1")
    if link.amount_kind == AmountKind.FIXED:
        return Choosing(link, Wish(), link.money)
    if prefill and prefill.amount:
        return _locked(link, prefill.amount)
    if link.amount is None:
        return Choosing(link, Wish(), None)
    return _chosen(link, Money(link.amount, link.currency))


def entered(link: PaymentLink, data: QueryDict, prefill: Prefill | None) -> Choosing:
    """What the form says. On a fixed link it has no say."""
    if link.amount_kind == AmountKind.FIXED or (prefill and prefill.amount):
        return first(link, prefill)
    if link.amount_kind == AmountKind.QUANTITY:
        return _counted(link, data.get(QUANTITY, ""))
    typed = data.get(AMOUNT, "").strip()
    if not typed:
        return _refused(link, typed, WishFlaw.AMOUNT_MISSING)
    try:
        return replace(_chosen(link, amounts.parse(typed, link.currency)), typed=typed[:24])
    except InvalidAmount:
        example = "1234.50" if exponent(link.currency) else "1234"
        error = _("Please write the amount in plain digits, like %(example)s.")
        return Choosing(link, Wish(), None, typed[:24], error % {"example": example})


def stepped(link: PaymentLink, data: QueryDict) -> Choosing:
    """After a press on plus or minus, which works without a script."""
    now = _number(data.get(QUANTITY, "")) or 1
    then = now + 1 if data.get(STEP) == MORE else now - 1
    return _counted(link, str(min(max(then, 1), link.quantity_max or 1)))


def was_shown(choosing: Choosing, data: QueryDict) -> bool:
    """Whether the page said the total that is asked for now. Without a script, a number typed
    over the first one changes it unseen.
    """
    if choosing.link.amount_kind != AmountKind.QUANTITY or choosing.total is None:
        return True
    return data.get(SHOWN) == str(choosing.total.minor)


def bounds(link: PaymentLink) -> tuple[Money, Money]:
    return Money(link.amount_min or 1, link.currency), Money(
        link.amount_max or rules.MAX_MINOR, link.currency
    )


def _locked(link: PaymentLink, money: Money) -> Choosing:
    return replace(_chosen(link, money), is_locked=True)


def _chosen(link: PaymentLink, money: Money) -> Choosing:
    wish = Wish(amount=money)
    total = rules.total(link.ask, wish)
    plain = amount(money).replace("\N{NO-BREAK SPACE}", " ")
    if isinstance(total, WishFlaw):
        return _refused(link, plain, total)
    return Choosing(link, wish, total, plain)


def _counted(link: PaymentLink, typed: str) -> Choosing:
    wish = Wish(quantity=_number(typed))
    total = rules.total(link.ask, wish)
    if isinstance(total, WishFlaw):
        return _refused(link, typed[:MAX_DIGITS], total)
    return Choosing(link, wish, total, str(wish.quantity))


def _number(typed: str) -> int | None:
    text = typed.strip()
    return int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else None


def _refused(link: PaymentLink, typed: str, flaw: WishFlaw) -> Choosing:
    return Choosing(link, Wish(), None, typed, explain(link, flaw))


def explain(link: PaymentLink, flaw: WishFlaw) -> Text:
    match flaw:
        case WishFlaw.AMOUNT_BELOW:
            least, _most = bounds(link)
            return _("Please choose %(least)s or more.") % {"least": plain_money(least)}
        case WishFlaw.AMOUNT_ABOVE:
            _least, most = bounds(link)
            return _("Please choose %(most)s or less.") % {"most": plain_money(most)}
        case WishFlaw.QUANTITY_MISSING:
            return _("Please enter how many you would like, in digits.")
        case WishFlaw.QUANTITY_ABOVE:
            return _("At most %(most)s at a time.") % {"most": link.quantity_max}
    return _("Please enter the amount that you would like to pay.")
