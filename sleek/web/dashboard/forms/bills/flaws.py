"""Why a bill cannot be saved or issued, in words that say what to do, and at which field."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core.amounts import plain_money
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.actions import InvalidInvoice
from sleek.invoices.rules import PolicyFlaw, StageFlaw
from sleek.invoices.rules.content import BillFlaw
from sleek.invoices.rules.deduction import MAX_VALID_DAYS
from sleek.web.dashboard.forms.bills.editor import Editor

AnyFlaw = BillFlaw | StageFlaw | PolicyFlaw

# The field that a flaw is about; one without belongs to the bill as a whole.
FIELDS: dict[AnyFlaw, str] = {
    BillFlaw.NO_PAYER: "payer_name",
    BillFlaw.DUE_BEFORE_ISSUE: "due_on",
    StageFlaw.TOO_MANY: "split",
    StageFlaw.NOT_ALL_ALIKE: "split",
    StageFlaw.NOT_THE_WHOLE: "split",
    StageFlaw.NOTHING: "split",
    StageFlaw.NOT_IN_ORDER: "split",
    StageFlaw.WITHOUT_DAY: "split",
    StageFlaw.PAST_DAY: "split",
    PolicyFlaw.NOTHING: "policy_amount",
    PolicyFlaw.MORE_THAN_PAID: "policy_amount",
    PolicyFlaw.OTHER_CURRENCY: "policy_amount",
    PolicyFlaw.NO_THRESHOLD: "policy_threshold",
    PolicyFlaw.BELOW_AMOUNT: "policy_threshold",
    PolicyFlaw.TOO_LONG: "policy_days",
}
WORDS: dict[AnyFlaw, Promise] = {
    BillFlaw.TOO_MANY_LINES: gettext_lazy(
        "A bill has at most %(lines)s lines. Make two bills of it."
    ),
    BillFlaw.LINE_WITHOUT_ITEM: gettext_lazy("Say in every line what it is for."),
    BillFlaw.LINE_WITHOUT_QUANTITY: gettext_lazy("Every line counts more than nothing."),
    BillFlaw.LINE_OUT_OF_RANGE: gettext_lazy(
        "A number in the lines is too large, or has too many decimals. Check quantities and prices."
    ),
    BillFlaw.TOO_MUCH: gettext_lazy("A bill asks for at most %(most)s. Divide it into several."),
    BillFlaw.LESS_THAN_NOTHING: gettext_lazy(
        "The discounts are larger than the bill. Lower them, or issue a credit note."
    ),
    BillFlaw.NO_LINES: gettext_lazy("Enter at least one line: what is to be paid for."),
    BillFlaw.NOTHING_TO_PAY: gettext_lazy(
        "Nothing is left to be paid, so there is nothing to ask for. Save it as a draft instead."
    ),
    BillFlaw.NO_PAYER: gettext_lazy("Say who is to pay: the full name as registered."),
    BillFlaw.NO_PAYEE: gettext_lazy("Your workspace has no name yet. Enter it in the settings."),
    BillFlaw.DUE_BEFORE_ISSUE: gettext_lazy("That day has passed. Choose today or a later one."),
    BillFlaw.WORDS_DISAGREE: gettext_lazy(
        "The amount in figures and the one in words disagree, so it was not issued. Nothing is"
        " lost; tell whoever runs this installation."
    ),
    StageFlaw.TOO_MANY: gettext_lazy("A bill has at most %(stages)s stages. Join some."),
    StageFlaw.NOT_ALL_ALIKE: gettext_lazy("Enter all stages by per cent, or all by amount."),
    StageFlaw.NOT_THE_WHOLE: gettext_lazy(
        "The stages do not add up to the bill: it asks for %(asked)s, or 100 per cent."
    ),
    StageFlaw.NOTHING: gettext_lazy("One stage comes to nothing. Leave it out, or raise it."),
    StageFlaw.NOT_IN_ORDER: gettext_lazy(
        "A stage is due before the one above it. Put them in the order in which they are due."
    ),
    StageFlaw.WITHOUT_DAY: gettext_lazy("Say for every stage by which day it is to be paid."),
    StageFlaw.PAST_DAY: gettext_lazy(
        "A stage would be due on a day that has passed. Choose today or a later one."
    ),
    PolicyFlaw.NOTHING: gettext_lazy("More than nothing has to be deducted later."),
    PolicyFlaw.MORE_THAN_PAID: gettext_lazy(
        "No more can be deducted later than this bill asks for: %(asked)s."
    ),
    PolicyFlaw.OTHER_CURRENCY: gettext_lazy("What is deducted is of this bill's currency."),
    PolicyFlaw.NO_THRESHOLD: gettext_lazy("From which amount on is it deducted?"),
    PolicyFlaw.BELOW_AMOUNT: gettext_lazy(
        "The later bill has to be at least as large as what is deducted from it."
    ),
    PolicyFlaw.TOO_LONG: gettext_lazy("Enter 1 to %(days)s days, or nothing for ever."),
}


def explain(flaw: AnyFlaw, *, currency: str = "USD", asked: Money | None = None) -> str:
    return str(WORDS[flaw]) % {
        "lines": rules.MAX_LINES,
        "stages": rules.MAX_INSTALMENTS,
        "most": plain_money(Money(rules.MAX_TOTAL, currency)),
        "asked": plain_money(asked) if asked else currency,
        "days": MAX_VALID_DAYS,
    }


def sentence(error: SleekError, *, currency: str = "USD", asked: Money | None = None) -> str:
    """Any refusal as one text: for a message, or a row of a list."""
    if isinstance(error, InvalidInvoice):
        return " ".join(explain(flaw, currency=currency, asked=asked) for flaw in error.flaws)
    return error.message


def complain(editor: Editor, error: SleekError, *, asked: Money | None = None) -> None:
    """Say it where it can be put right."""
    bill = editor.bill
    if not isinstance(error, InvalidInvoice):
        bill.add_error(None, error.message)
        return
    for flaw in error.flaws:
        said: str | SafeString = explain(flaw, currency=bill.chosen_currency, asked=asked)
        if flaw == BillFlaw.NO_PAYEE:
            said = _with_link(said)
        field = FIELDS.get(flaw)
        is_shown = flaw != BillFlaw.DUE_BEFORE_ISSUE or bill.chosen_day is not None
        bill.add_error(field if is_shown else None, said)


def _with_link(said: str) -> SafeString:
    url = reverse("settings-edit")
    return format_html('{} <a href="{}">{}</a>', said, url, _("Open the settings"))
