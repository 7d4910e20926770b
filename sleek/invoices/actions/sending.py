"""Sending a bill by mail. What was sent stays on record, paper and words; the letter itself is
written by whoever follows the event.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.invoices import rules
from sleek.invoices.actions.drafting import lock
from sleek.invoices.models import Invoice, Sending
from sleek.invoices.rules import InvoiceStatus
from sleek.merchants.models import User
from sleek.papers import queries as papers

AN_HOUR = timedelta(hours=1)
MOST_PER_BILL = 5  # mails an hour with one bill
MOST_PER_MERCHANT = 500  # and with all of a merchant's
MAX_MESSAGE = 2000  # characters


class NotSendable(SleekError):
    """A draft or void bill, an address that is none, or too many words with it; the message says
    which.
    """

    code = "not_sendable"


class TooManySendings(SleekError):
    """This bill, or all of the merchant's, went out as often as they may within an hour."""

    code = "too_many_sendings"


@transaction.atomic
def send(
    invoice: Invoice, to: str, message: str = "", *, language: str = "", by: User | None
) -> Sending:
    """Raises `NotSendable`, `TooManySendings`."""
    invoice = lock(invoice)
    paper = papers.newest(invoice.public_id)
    if invoice.status in rules.UNISSUED or invoice.status == InvoiceStatus.VOID or paper is None:
        raise NotSendable(_("Only a bill that is issued and not void can be sent."))
    to, message = to.strip(), message.replace("\r\n", "\n").strip()
    _refuse_words(to, message)
    _refuse_flood(invoice)
    now = clock.now()
    sending = Sending.objects.create(
        merchant_id=invoice.merchant_id,
        invoice=invoice,
        paper=paper,
        to=to,
        language=language or invoice.language,
        message=message,
        by=by,
        created_at=now,
    )
    invoice.sent_at, invoice.updated_at = now, now
    invoice.save(update_fields=["sent_at", "updated_at"])
    _record(sending, by)
    return sending


def _refuse_words(to: str, message: str) -> None:
    try:
        validate_email(to)
    except ValidationError as error:
        raise NotSendable(_("Please enter an e-mail address such as name@example.com.")) from error
    if len(message) > MAX_MESSAGE:
        raise NotSendable(
            _("This is too long: at most %(most)s characters.") % {"most": MAX_MESSAGE}
        )


def _refuse_flood(invoice: Invoice) -> None:
    """The bill's row is locked, so its own count is exact; the merchant's may be a few more."""
    lately = Sending.objects.filter(
        merchant_id=invoice.merchant_id, created_at__gt=clock.now() - AN_HOUR
    )
    if lately.filter(invoice=invoice).count() >= MOST_PER_BILL:
        raise TooManySendings(
            _("This bill went out %(most)s times within an hour. Wait a little.")
            % {"most": MOST_PER_BILL}
        )
    if lately.count() >= MOST_PER_MERCHANT:
        raise TooManySendings(
            _("%(most)s bills went out within an hour, which is as many as may. Wait a little.")
            % {"most": MOST_PER_MERCHANT}
        )


def _record(sending: Sending, by: User | None) -> None:
    """Addresses stay out of what is kept for ever."""
    invoice = sending.invoice
    data: dict[str, object] = {"number": invoice.number, "sending": sending.public_id}
    if by is not None:
        scope = invoice.merchant.public_id
        audit.record(
            "invoice.sent",
            invoice.public_id,
            scope=scope,
            actor=by.public_id,
            data=dict(data),
        )
    events.record([Fact("invoice.sent", invoice.public_id, invoice.merchant_id, data)])
