"""Keeping the address book, and tables that are looked at before they are imported."""

from sleek.customers.actions.book import (
    TooManyCustomers,
    add,
    add_many,
    archive,
    change,
    restore,
)
from sleek.customers.actions.tables import (
    Contents,
    TableRefused,
    import_customers,
    keep_table,
    look_into,
    read,
    set_layout,
    take,
    tell_made,
    tie,
)
from sleek.customers.rules import Details

__all__ = [
    "Contents",
    "Details",
    "TableRefused",
    "TooManyCustomers",
    "add",
    "add_many",
    "archive",
    "change",
    "import_customers",
    "keep_table",
    "look_into",
    "read",
    "restore",
    "set_layout",
    "take",
    "tell_made",
    "tie",
]
