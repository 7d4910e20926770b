"""Sending a bill by mail, reminding of it, and noticing that it was looked at. What was sent stays
on record, paper and words; the letter itself is written by whoever follows the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.invoices import rules
from sleek.invoices.actions.drafting import lock, record
from sleek.invoices.models import Invoice, Sending, Views
from sleek.invoices.rules import InvoiceStatus
from sleek.merchants.models import User
from sleek.papers import queries as papers
from sleek.papers.models import Paper

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
    """This bill, or all of the merchant's, went out as often as they may within an hour. Of all of
    the merchant's the next may go `again_at`.
    """

    code = "too_many_sendings"

    def __init__(self, message: str, *, again_at: datetime | None = None) -> None:
        super().__init__(message)
        self.again_at = again_at


class RemindedToday(SleekError):
    """The payer was reminded of this bill today; once a day is enough."""

    code = "reminded_today"


@dataclass(frozen=True, slots=True)
class _Mail:
    to: str
    language: str
    message: str = ""
    reminded_on: date | None = None


@transaction.atomic
def send(
    invoice: Invoice, to: str, message: str = "", *, language: str = "", by: User | None
) -> Sending:
    """Raises `NotSendable`, `TooManySendings`."""
    invoice = lock(invoice)
    if invoice.status in rules.UNISSUED or invoice.status == InvoiceStatus.VOID:
        raise NotSendable(_("Only a bill that is issued and not void can be sent."))
    to, message = to.strip(), message.replace("\r\n", "\n").strip()
    sending = _post(invoice, _Mail(to, language or invoice.language, message), by)
    _record(sending, "invoice.sent", by)
    return sending


@transaction.atomic
def remind(invoice: Invoice, *, by: User) -> Sending:
    """Ask again, politely, for what is still to be paid: to where it was sent last, or else to the
    payer's address. Raises `NotSendable`, `RemindedToday`, `TooManySendings`.
    """
    invoice = lock(invoice)
    if invoice.status != InvoiceStatus.OPEN or not invoice.due.minor:
        raise NotSendable(_("Only a bill that is still to be paid can be reminded of."))
    today = clock.now().astimezone(invoice.merchant.zone).date()
    if invoice.sendings.filter(reminded_on=today).exists():
        raise RemindedToday(_("They were reminded of this bill today. Once a day is enough."))
    last = invoice.sendings.order_by("-pk").first()
    mail = _Mail(
        last.to if last else invoice.payer_email,
        last.language if last else invoice.language,
        reminded_on=today,
    )
    sending = _post(invoice, mail, by)
    _record(sending, "invoice.reminded", by)
    return sending


def _post(invoice: Invoice, mail: _Mail, by: User | None) -> Sending:
    _refuse_words(mail.to, mail.message)
    _refuse_flood(invoice)
    now = clock.now()
    sending = Sending.objects.create(
        merchant_id=invoice.merchant_id,
        invoice=invoice,
        paper=_paper(invoice),
        to=mail.to,
        language=mail.language,
        message=mail.message,
        reminded_on=mail.reminded_on,
        by=by,
        created_at=now,
    )
    if not mail.reminded_on or invoice.sent_at is None:
        invoice.sent_at = now
    invoice.updated_at = now
    invoice.save(update_fields=["sent_at", "updated_at"])
    return sending


def _paper(invoice: Invoice) -> Paper:
    paper = papers.newest(invoice.public_id)
    if paper is None:
        raise NotSendable(_("This bill has no paper that could be sent."))
    return paper


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
    newest = lately.order_by("-created_at").values_list("created_at", flat=True)
    if full := list(newest[MOST_PER_MERCHANT - 1 : MOST_PER_MERCHANT]):
        raise TooManySendings(
            _("%(most)s bills went out within an hour, which is as many as may. Wait a little.")
            % {"most": MOST_PER_MERCHANT},
            again_at=full[0] + AN_HOUR,
        )


def _record(sending: Sending, kind: str, by: User | None) -> None:
    """Addresses stay out of what is kept for ever."""
    record(sending.invoice, kind, by, number=sending.invoice.number, sending=sending.public_id)


@transaction.atomic
def note_view(invoice: Invoice, *, on: date) -> None:
    """Somebody opened its page; whose eyes they were is not kept. The caller has sorted out bots,
    colleagues and repeated looks.
    """
    views, is_new = Views.objects.get_or_create(invoice=invoice, on=on)
    if not is_new:
        Views.objects.filter(pk=views.pk).update(count=F("count") + 1)
    if invoice.viewed_at is None:
        _note_first(invoice)


def _note_first(invoice: Invoice) -> None:
    invoice = lock(invoice)
    if invoice.viewed_at is not None:
        return
    invoice.viewed_at = clock.now()
    invoice.save(update_fields=["viewed_at"])
    data: dict[str, object] = {"number": invoice.number}
    events.record([Fact("invoice.viewed", invoice.public_id, invoice.merchant_id, data)])
