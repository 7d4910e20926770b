"""A merchant's own prices of one connection: a line each for a method and a currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.translation import gettext as _

from sleek.channels.actions import Tariff
from sleek.channels.models import Price
from sleek.core.money import InvalidAmount, Money, exponent
from sleek.web.dashboard.forms import amounts

SPARE = 1  # empty line
MOST = 20
MOST_PERCENT = Decimal(20)  # more is a slip of the pen
STEP = Decimal("0.0001")  # of a percent


@dataclass(slots=True)
class Line:
    method: str = ""
    currency: str = ""
    percent: str = ""
    fixed: str = ""
    error: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.percent or self.fixed)


class TariffForm:
    """Lines of four texts, as the page posts them side by side."""

    def __init__(self, data: QueryDict | None, methods: Sequence[str], prices: Sequence[Price]):
        self._methods = methods
        self.is_bound = data is not None
        self.lines = _posted(data) if data is not None else [_line(price) for price in prices]
        self.tariffs: list[Tariff] = []

    def is_valid(self) -> bool:
        if not self.is_bound:
            return False
        filled = [line for line in self.lines if not line.is_empty]
        self.tariffs = [tariff for line in filled if (tariff := self._read(line))]
        places = [(line.method, line.currency) for line in filled]
        for line in filled:
            if not line.error and places.count((line.method, line.currency)) > 1:
                line.error = _("This method and currency have two lines. Keep one.")
        return not any(line.error for line in filled)

    @property
    def shown(self) -> list[Line]:
        spare = [Line() for _ in range(SPARE)]
        return [*(line for line in self.lines if not line.is_empty), *spare]

    def _read(self, line: Line) -> Tariff | None:
        line.error = self._flaw(line)
        if line.error:
            return None
        share = _percent(line.percent or "0") / 100
        fixed = amounts.parse(line.fixed, line.currency).minor if line.fixed else 0
        return Tariff(line.method, share, fixed, line.currency)

    def _flaw(self, line: Line) -> str:
        if line.method not in self._methods:
            return _("Choose the method.")
        try:
            percent = _percent(line.percent or "0")
        except InvalidOperation:
            return _("Write the share in percent, like 2.9.")
        if not 0 <= percent <= MOST_PERCENT or percent != percent.quantize(STEP):
            return _("A share is between 0 and 20 percent, with at most four decimals.")
        return _currency_flaw(line)


def _currency_flaw(line: Line) -> str:
    if line.fixed and not line.currency:
        return _("A fixed sum needs its currency.")
    if not line.currency:
        return ""
    try:
        exponent(line.currency)
        fixed = amounts.parse(line.fixed, line.currency) if line.fixed else Money(0, line.currency)
    except InvalidAmount:
        return _("Write the currency in three letters and the fixed sum in digits, like 0.30.")
    return _("A fixed sum is not negative.") if fixed.minor < 0 else ""


def _percent(text: str) -> Decimal:
    value = Decimal(text.replace("%", "").replace(",", ".").strip())
    if not value.is_finite():
        raise InvalidOperation
    return value


def _posted(data: QueryDict) -> list[Line]:
    names = ("method", "currency", "percent", "fixed")
    columns = [[text.strip()[:20] for text in data.getlist(name)[:MOST]] for name in names]
    lines = [Line(*texts) for texts in zip(*columns, strict=False)]
    for line in lines:
        line.currency = line.currency.upper()
    return lines


def _line(price: Price) -> Line:
    fixed = ""
    if price.fixed:
        fixed = f"{Money(price.fixed, price.currency).decimal:f}"
    percent = f"{(price.share * 100).normalize():f}"
    return Line(price.method, price.currency, percent, fixed)
