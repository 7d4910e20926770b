"""What all papers of bills have in common: their languages, the payee, the seal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

from sleek.core import amounts
from sleek.core.money import Money
from sleek.invoices.rules import words
from sleek.merchants.models import Merchant
from sleek.merchants.rules import phone_abroad
from sleek.papers.models import Design
from sleek.papers.rules import Block, Stamp, Tongue
from sleek.papers.rules.sheet import Label

Word = str | Promise


class Speech:
    """The languages that one paper speaks, and how it says days and amounts."""

    def __init__(self, tongue: str) -> None:
        both = (Tongue.CHINESE.value, Tongue.ENGLISH.value)
        self.languages = both if tongue == Tongue.BOTH else (tongue,)

    def label(self, word: Word) -> Label:
        return tuple(dict.fromkeys(self._in_each(lambda: str(word))))

    def text(self, say: Callable[[], str]) -> str:
        """A sentence in each of them, one below the other."""
        return "\n".join(dict.fromkeys(self._in_each(say)))

    def day(self, day: date | None) -> str:
        if day is None:
            return ""
        if len(self.languages) > 1:
            return day.isoformat()
        return format_date(day, "long", locale=to_locale(self.languages[0]))

    def money(self, money: Money) -> str:
        with translation.override(self.languages[-1]):
            return amounts.plain_money(money)

    def amount(self, money: Money) -> str:
        with translation.override(self.languages[-1]):
            return amounts.amount(money)

    def number(self, number: Decimal, places: int = 0) -> str:
        pattern = f"#,##0.{'0' * places}######"
        return format_decimal(number, pattern, locale=to_locale(self.languages[-1]))

    def _in_each(self, say: Callable[[], str]) -> list[str]:
        said = []
        for language in self.languages:
            with translation.override(language):
                said.append(say())
        return said


def payee(merchant: Merchant, speech: Speech) -> Block:
    known = [
        (_("Credit code"), merchant.credit_code),
        (_("Tax number"), merchant.tax_number),
        (_("Address"), merchant.address),
        (_("Phone"), phone_abroad(merchant.phone)),
        (_("Account holder"), merchant.bank_holder),
        (_("Bank"), merchant.bank_name),
        (_("Account"), merchant.bank_account),
        (_("SWIFT/BIC or CNAPS"), merchant.bank_code),
    ]
    return Block(
        speech.label(_("Payee")), merchant.legal_name or merchant.name, filled(known, speech)
    )


def filled(known: Sequence[tuple[Word, str]], speech: Speech) -> tuple[tuple[Label, str], ...]:
    return tuple((speech.label(word), text) for word, text in known if text)


def stamp(design: Design) -> Stamp | None:
    seal = design.seal
    if seal is None or seal.archived_at:
        return None
    return Stamp(seal.picture.public_id, seal.width_mm, design.seal_place, design.straddles)


def in_words(amount: Money, speech: Speech) -> tuple[tuple[Label, str], ...]:
    """In Chinese for Chinese papers, in English for English ones."""
    label = speech.label(_("In words"))
    said = {Tongue.CHINESE: words.in_chinese, Tongue.ENGLISH: words.in_english}
    texts = [said[Tongue(language)](amount) for language in speech.languages]
    if not amount.minor:
        return ()
    return tuple(((label if not place else ()), text) for place, text in enumerate(texts) if text)
