"""What is known of a customer and how it is read from a form or a table; which column of a table
says what; and the lines of a quotation, and rows that make a bill each, which are read alike. Pure.
"""

from sleek.customers.rules.bills import BILLS, BillRow
from sleek.customers.rules.book import (
    LANGUAGES,
    LETTERS,
    MAX_CUSTOMERS,
    MAX_TAGS,
    METHODS,
    TAG_LETTERS,
    TERMS_DAYS_MAX,
    Details,
    folded,
    same_keys,
)
from sleek.customers.rules.columns import Layout, guess, head_hash, headings, joined, remembered
from sleek.customers.rules.entries import CUSTOMERS, read_customer
from sleek.customers.rules.grouping import Group, group
from sleek.customers.rules.lines import LINES, LineRow, read_line
from sleek.customers.rules.numbers import means
from sleek.customers.rules.purposes import (
    CellFlaw,
    Fault,
    Field,
    Found,
    Kind,
    Misread,
    Purpose,
    Rejected,
    Unfit,
    read_rows,
)
from sleek.customers.rules.quotations import Around, around

__all__ = [
    "BILLS",
    "CUSTOMERS",
    "LANGUAGES",
    "LETTERS",
    "LINES",
    "MAX_CUSTOMERS",
    "MAX_TAGS",
    "METHODS",
    "TAG_LETTERS",
    "TERMS_DAYS_MAX",
    "Around",
    "BillRow",
    "CellFlaw",
    "Details",
    "Fault",
    "Field",
    "Found",
    "Group",
    "Kind",
    "Layout",
    "LineRow",
    "Misread",
    "Purpose",
    "Rejected",
    "Unfit",
    "around",
    "folded",
    "group",
    "guess",
    "head_hash",
    "headings",
    "joined",
    "means",
    "read_customer",
    "read_line",
    "read_rows",
    "remembered",
    "same_keys",
]
