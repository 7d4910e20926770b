"""Where lines come from: tables that are taken over, and what a bill is compared with later."""

from sleek.invoices.queries.sources.bills import MOST_BILLS, Drawn, Sheaf, Usual, sheaf, usual_for
from sleek.invoices.queries.sources.comparing import Comparison, compared, listings_of, quoted
from sleek.invoices.queries.sources.intake import (
    Intake,
    Mode,
    Obstacle,
    Wish,
    assessed,
    intake,
    obstacle_in_words,
    wish_for,
)

__all__ = [
    "MOST_BILLS",
    "Comparison",
    "Drawn",
    "Intake",
    "Mode",
    "Obstacle",
    "Sheaf",
    "Usual",
    "Wish",
    "assessed",
    "compared",
    "intake",
    "listings_of",
    "obstacle_in_words",
    "quoted",
    "sheaf",
    "usual_for",
    "wish_for",
]
