"""Bills to look at: the list, what is outstanding by age, and what is around one bill."""

from sleek.reports.queries.bills.aging import Aged, aging
from sleek.reports.queries.bills.archive import MOST_PACKED, ZIP, archive, packed
from sleek.reports.queries.bills.around import History, history, naming, promises
from sleek.reports.queries.bills.customers import (
    Contact,
    Habit,
    How,
    by_owed,
    habit,
    last_contact,
    newest,
    owed,
)
from sleek.reports.queries.bills.exchange import exchanges, have_foreign, is_foreign
from sleek.reports.queries.bills.gains import (
    MOST_DAYS,
    Gains,
    Period,
    Realised,
    gains,
    realised,
    together,
)
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
    "MOST_DAYS",
    "MOST_PACKED",
    "STATES",
    "ZIP",
    "Aged",
    "Contact",
    "Filters",
    "Gains",
    "Habit",
    "History",
    "How",
    "Order",
    "Period",
    "Realised",
    "State",
    "aging",
    "archive",
    "by_owed",
    "exchanges",
    "export",
    "gains",
    "habit",
    "have_foreign",
    "history",
    "is_foreign",
    "last_contact",
    "matching",
    "naming",
    "newest",
    "ordered",
    "owed",
    "packed",
    "promises",
    "realised",
    "tags_of",
    "together",
]
