"""What payers read about bills: the bill itself, and thanks with the receipt.

Both are written as things stand now: a bill that was paid meanwhile is not asked for again.
"""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from sleek.core.amounts import plain_money
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice, Sending
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
