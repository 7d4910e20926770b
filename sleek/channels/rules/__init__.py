"""Pure decisions on connections: what they cost (`prices`), whether they are well (`breaker`)."""

from sleek.channels.rules.breaker import Health, State
from sleek.channels.rules.prices import MOST_CHARGES, Charge, Fit, Grade, PriceSource, fit

__all__ = [
    "MOST_CHARGES",
    "Charge",
    "Fit",
    "Grade",
    "Health",
    "PriceSource",
    "State",
    "fit",
]
