"""Customers and their tables in words: fields, what is wrong with a cell, why a file is refused."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sleek.core.tables import TableFlaw, UnreadableTable
from sleek.customers.rules import CellFlaw, Fault, Purpose

FIELDS: dict[str, Promise] = {
    "name": _("Company name"),
    "contact": pgettext_lazy("person", "Contact"),
    "email": _("E-mail address"),
    "phone": _("Phone"),
    "country": _("Country or region"),
    "address": _("Registered address"),
    "credit_code": _("Unified social credit code"),
    "tax_number": _("Tax number"),
    "language": _("Language"),
    "currency": _("Usual currency"),
    "method": _("Preferred method"),
    "terms_days": _("Days to pay"),
    "tags": _("Tags"),
    "memo": _("Note for colleagues"),
}
LINE_FIELDS: dict[str, Promise] = {
    "item": pgettext_lazy("bill", "Item"),
    "spec": _("Model or specification"),
    "quantity": _("Quantity"),
    "unit": pgettext_lazy("bill", "Unit"),
    "price": _("Unit price"),
    "tax_rate": _("Tax rate in %"),
    "hours": _("Hours"),
    "amount": _("Amount"),
    "note": _("Remark"),
}
BILL_FIELDS: dict[str, Promise] = {
    "name": pgettext_lazy("who is to pay", "Customer"),
    "email": FIELDS["email"],
    "nature": _("Nature of the fee"),
    **{name: label for name, label in LINE_FIELDS.items() if name != "note"},
    "currency": _("Currency"),
    "due": _("To be paid by"),
    "po_number": _("PO number"),
    "key": _("Rows of one bill"),
    "title": _("Subject"),
    "remarks": _("Remarks on the paper"),
    **{
        name: FIELDS[name]
        for name in (
            *("contact", "phone", "country", "address", "credit_code", "tax_number", "language"),
        )
    },
}
_LABELS = {
    Purpose.CUSTOMERS: FIELDS,
    Purpose.LINES: LINE_FIELDS,
    Purpose.BILLS: BILL_FIELDS,
}

# What stands behind a flaw of a cell is filled in, in this order.
_FLAWS: dict[CellFlaw, tuple[Promise, tuple[str, ...]]] = {
    CellFlaw.MISSING: (_("Please fill this in."), ()),
    CellFlaw.TOO_LONG: (_("This is longer than %(most)s letters. Shorten it."), ("most",)),
    CellFlaw.FORMULA: (
        _("The formula's result is not in the file. Open it in a spreadsheet and save it again."),
        (),
    ),
    CellFlaw.EMAIL: (_("This is no e-mail address. It looks like anna@example.com."), ()),
    CellFlaw.PHONE: (
        _(
            "Nobody can be called by this number. Begin with + and the country code, or say the "
            "country; leave extensions out."
        ),
        ("example",),
    ),
    CellFlaw.COUNTRY: (_("No country has this name or code."), ()),
    CellFlaw.CREDIT_CODE: (
        _("This is no valid unified social credit code. Compare it with the business licence."),
        (),
    ),
    CellFlaw.TAX_NUMBER: (
        _("This is not a valid %(kinds)s. It looks like %(example)s."),
        ("kinds", "example"),
    ),
    CellFlaw.LANGUAGE: (_("Payment pages do not speak this language."), ()),
    CellFlaw.CURRENCY: (_("No currency has this name or code. Write USD, EUR or CNY."), ()),
    CellFlaw.METHOD: (_("No way to pay has this name."), ()),
    CellFlaw.DAYS: (_("Enter one number of days, %(most)s at most."), ("most",)),
    CellFlaw.TAGS: (
        _("At most %(most)s tags of %(letters)s letters each."),
        ("most", "letters"),
    ),
    CellFlaw.NUMBER: (_("This is no number that can be read exactly."), ()),
    CellFlaw.NOT_POSITIVE: (_("This must be more than nothing."), ()),
    CellFlaw.TOO_LARGE: (_("This number is too large."), ()),
    CellFlaw.TOO_FINE: (_("At most %(places)s decimals."), ("places",)),
    CellFlaw.TAX_RATE: (_("A tax rate is between 0 and 100 per cent."), ()),
    CellFlaw.SUM: (_("This is a total, not a line: the bill adds up by itself."), ()),
    CellFlaw.NOTE: (_("This is a title or a remark, not a line: it has no price."), ()),
    CellFlaw.AMOUNT: (_("The table says %(said)s, but %(counted)s."), ("said", "counted")),
    CellFlaw.OTHER_MONEY: (
        _("This price is in %(told)s, the bill in %(currency)s."),
        ("told", "currency"),
    ),
    CellFlaw.NATURE: (
        _("This is no nature of a fee. Write sample fee, tooling fee, deposit, goods or other."),
        (),
    ),
    CellFlaw.DUE: (
        _("This is no day that can be read. Write 2026-12-31, or a number of days such as 30."),
        (),
    ),
    CellFlaw.PAST: (_("This day is over. Write a later one."), ()),
    CellFlaw.UNKNOWN: (
        _("Nobody in the address book goes by this. Write the company's name as well."),
        (),
    ),
    CellFlaw.SEVERAL: (
        _("Several customers bear this name. Write the e-mail address or the number as well."),
        (),
    ),
    CellFlaw.OTHER_CUSTOMER: (
        _(
            "This address belongs to a customer of another name. Write that name, or another "
            "address."
        ),
        (),
    ),
    CellFlaw.ARCHIVED: (_("This customer is archived. Take them back onto the list first."), ()),
    CellFlaw.TORN: (
        _("Row %(row)s is on the same bill and cannot be read, so none of its rows comes in."),
        ("row",),
    ),
    CellFlaw.DISAGREES: (
        _("Rows %(first)s and %(second)s are of one bill and say different things here."),
        ("first", "second"),
    ),
    CellFlaw.TOO_MANY: (_("A bill has %(most)s lines at most."), ("most",)),
    CellFlaw.NOTHING_TO_PAY: (_("The bill comes to nothing, or to less than nothing."), ()),
}
_FILES: dict[TableFlaw, Promise] = {
    TableFlaw.EMPTY: _("The file is empty."),
    TableFlaw.TOO_HEAVY: _("The file is larger than 10 MB. Split it, or leave pictures out."),
    TableFlaw.TOO_MANY_ROWS: _("The table has more than 10,000 rows. Split it."),
    TableFlaw.TOO_MANY_COLUMNS: _(
        "Row %(row)s goes beyond the 60th column. Leave out the columns that are not needed."
    ),
    TableFlaw.CELL_TOO_LONG: _("A cell of row %(row)s has more than 5,000 letters. Shorten it."),
    TableFlaw.BOMB: _(
        "The file unpacks to far more than a table of 10,000 rows. Copy the rows into a new "
        "workbook and save that."
    ),
    TableFlaw.FORBIDDEN: _("The file declares entities, as no spreadsheet does. It is not opened."),
    TableFlaw.OLD_OR_LOCKED: _(
        "This is an old .xls file, or it has a password. Save it as .xlsx without a password."
    ),
    TableFlaw.OTHER_FORMAT: _("This is no table. Save it as .xlsx or CSV."),
    TableFlaw.ENCODING: _(
        "The file's letters can't be read. Save it as CSV in UTF-8, or as .xlsx."
    ),
    TableFlaw.BROKEN: _("The file is damaged. Open it in a spreadsheet and save it again."),
}


def label(purpose: str, field: str) -> str:
    return str(_LABELS[Purpose(purpose)][field])


def fault(told: Fault) -> str:
    """One sentence."""
    words, names = _FLAWS[told.flaw]
    return str(words) % dict(zip(names, told.about, strict=False))


def reason(purpose: str, told: Fault) -> str:
    """The sentence with the field that it is about."""
    said = {"field": label(purpose, told.field), "sentence": fault(told)}
    return gettext("%(field)s: %(sentence)s") % said


def refusal(error: UnreadableTable) -> str:
    return str(_FILES[error.flaw]) % {"row": error.row or "?"}
