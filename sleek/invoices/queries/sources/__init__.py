"""Where lines come from: tables that are taken over, and what a bill is compared with later."""

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
    "Comparison",
    "Intake",
    "Mode",
    "Obstacle",
    "Wish",
    "assessed",
    "compared",
    "intake",
    "listings_of",
    "obstacle_in_words",
    "quoted",
    "wish_for",
]
