"""What payers read about bills: the bill itself, a reminder of it, and thanks with the receipt.

Both are written as things stand now: a bill that was paid meanwhile is not asked for again.
"""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.amounts import plain_money
from sleek.core.money import Money
from sleek.invoices import queries as bills
from sleek.invoices.models import CreditNote, Invoice, Sending
from sleek.merchants.models import Brand
from sleek.notifications.rules import Letter
from sleek.receipts.models import Receipt


def sent(sending: Sending) -> Letter:
    """Amount and day first: whoever reads no more knows what is wanted."""
    bill = sending.invoice
    with translation.override(sending.language):
        words = _words(bill)
        lines = [*_asked(bill), _("For: %(subject)s")]
        text = "\n".join(lines) % words
        if sending.message:
            text += "\n\n" + _("They write: %(note)s") % {"note": sending.message}
        text += "\n\n" + _("The bill is attached as a PDF. It is not a tax invoice (发票).")
        return Letter(
            subject=_("[%(payee)s] Bill %(number)s is ready") % words,
            text=text,
            button=_("Open the bill and pay") if bill.due.minor else _("Open the bill"),
            url=bills.pay_url(bill),
        )


def reminded(sending: Sending) -> Letter:
    """Polite, and by how it stands on the day it is written: due soon, due today, or late."""
    bill = sending.invoice
    with translation.override(sending.language):
        first, day = bills.next_due(bill, list(bill.instalments.all()))
        today = clock.now().astimezone(bill.merchant.zone).date()
        subject, sentence = _reminder(day, today)
        words = _words(bill)
        lines = [sentence]
        if first != bill.due:
            lines.append(_("The rest is due later; in all it is %(due)s."))
        text = "\n".join([*lines, _("For: %(subject)s")]) % words
        text += "\n\n" + _("If you have just paid, thank you; there is nothing left to do.")
        text += "\n\n" + _("The bill is attached as a PDF. It is not a tax invoice (发票).")
        return Letter(
            subject=subject % words,
            text=text,
            button=_("Open the bill and pay"),
            url=bills.pay_url(bill),
        )


def _reminder(day: date | None, today: date) -> tuple[str, str]:
    """Subject and first sentence."""
    if day is None or day > today:
        return (
            _("[%(payee)s] A reminder: bill %(number)s is due on %(day)s"),
            _("This is a friendly reminder. For bill %(number)s, %(next)s is due on %(day)s."),
        )
    if day == today:
        return (
            _("[%(payee)s] A reminder: bill %(number)s is due today"),
            _("This is a friendly reminder. For bill %(number)s, %(next)s is due today."),
        )
    return (
        _("[%(payee)s] A reminder: bill %(number)s was due on %(day)s"),
        _(
            "Perhaps it has slipped your mind: for bill %(number)s, %(next)s was due on %(day)s"
            " and has not arrived yet."
        ),
    )


def credited(note: CreditNote, language: str) -> Letter:
    """What is less to pay comes first, then what is left."""
    bill = note.invoice
    with translation.override(language):
        words = _words(bill) | {"amount": plain_money(note.money), "note": note.number}
        lines = [
            _("%(payee)s takes %(amount)s off bill %(number)s. You need not pay that any more.")
        ]
        lines += _left(bill)
        text = "\n".join(lines) % words
        text += "\n\n" + _("They write: %(note)s") % {"note": note.reason}
        text += "\n\n" + _("The credit note is attached as a PDF. It is not a tax invoice (发票).")
        return Letter(
            subject=_("[%(payee)s] Credit note %(note)s: %(amount)s less to pay") % words,
            text=text,
            button=_("Open the bill"),
            url=bills.pay_url(bill),
        )


def received(receipt: Receipt, bill: Invoice) -> Letter:
    with translation.override(receipt.payment.language):
        words = _words(bill) | {
            "amount": plain_money(receipt.money),
            "receipt": receipt.number,
            "bills": ", ".join(receipt.bills),
        }
        lines = [_("Thank you. %(payee)s has received %(amount)s for bill %(bills)s.")]
        lines += _asked(bill) if bill.due.minor else []
        text = "\n".join(lines) % words
        text += "\n\n" + _("The receipt is attached as a PDF. It is not a tax invoice (发票).")
        return Letter(
            subject=_("[%(payee)s] Receipt %(receipt)s for %(amount)s") % words,
            text=text,
            button=_("Open the bill"),
            url=bills.pay_url(bill),
        )


def forfeited(bill: Invoice, amount: Money, reason: str) -> Letter:
    """Said plainly: what is kept, why, and whom to ask."""
    with translation.override(bill.language):
        words = _words(bill) | {"amount": plain_money(amount), "reason": reason}
        text = _("%(payee)s keeps %(amount)s of your deposit (bill %(number)s).") % words
        text += "\n\n" + _("They write: %(note)s") % {"note": reason}
        text += "\n\n" + _("If you think that this is wrong, please answer them directly.")
        return Letter(
            subject=_("[%(payee)s] Your deposit of bill %(number)s is kept") % words,
            text=text,
            button=_("Open the bill"),
            url=bills.pay_url(bill),
        )


def payee(bill: Invoice) -> str:
    brand = bill.brand or Brand.objects.get(merchant_id=bill.merchant_id, is_default=True)
    return brand.display_name


def _asked(bill: Invoice) -> list[str]:
    if not bill.due.minor:
        return [_("This bill is paid. There is nothing left to do.")]
    lines = [_("To pay: %(next)s, due on %(day)s.")]
    if bills.next_due(bill, list(bill.instalments.all()))[0] != bill.due:
        lines.append(_("The rest is due later; in all it is %(due)s."))
    return lines


def _left(bill: Invoice) -> list[str]:
    return _asked(bill) if bill.due.minor else [_("Nothing is left to pay.")]


def _words(bill: Invoice) -> dict[str, str]:
    first, day = bills.next_due(bill, list(bill.instalments.all()))
    return {
        "payee": payee(bill),
        "number": bill.number,
        "subject": bill.title or str(bills.NATURES[bill.nature]),
        "due": plain_money(bill.due),
        "next": plain_money(first),
        "day": _day(day),
    }


def _day(day: date | None) -> str:
    locale = to_locale(get_language() or "en")
    return format_date(day, "long", locale=locale) if day else ""
