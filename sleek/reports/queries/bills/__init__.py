"""Bills to look at: the list, what is outstanding by age, and what is around one bill."""

from sleek.reports.queries.bills.aging import Aged, aging
from sleek.reports.queries.bills.archive import ZIP, archive
from sleek.reports.queries.bills.around import History, history, naming, promises
from sleek.reports.queries.bills.listing import (
    EXPORT_LIMIT,
    STATES,
    Filters,
    Order,
    State,
    export,
    matching,
    ordered,
    tags_of,
)

__all__ = [
    "EXPORT_LIMIT",
    "STATES",
    "ZIP",
    "Aged",
    "Filters",
    "History",
    "Order",
    "State",
    "aging",
    "archive",
    "export",
    "history",
    "matching",
    "naming",
    "ordered",
    "promises",
    "tags_of",
]
