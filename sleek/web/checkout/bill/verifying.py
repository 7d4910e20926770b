"""Whether a paper that somebody holds is genuine, what became of it since, and whether a file is
byte for byte the one that was issued.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from sleek.core import clock
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice
from sleek.invoices.rules import InvoiceStatus
from sleek.merchants.rules import mask
from sleek.papers import queries as papers
from sleek.papers import signing
from sleek.papers.models import Paper
from sleek.papers.rules import Kind
from sleek.papers.signing import Condition
from sleek.receipts.models import Receipt
from sleek.web.checkout.wording import Text

KINDS: dict[str, Text] = {
    Kind.BILL: _("Bill"),
    Kind.RECEIPT: _("Receipt"),
    Kind.CREDIT_NOTE: _("Credit note"),
}


class Standing(StrEnum):
    """What became of a genuine paper."""

    OPEN = "open"
    LATE = "late"
    PART_PAID = "part_paid"
    PAID = "paid"
    VOID = "void"
    REPLACED = "replaced"
    SUPERSEDED = "superseded"  # there is a newer paper of the same thing
    IN_FORCE = "in_force"  # a receipt, or a credit note
    BILL_VOID = "bill_void"  # that a credit note corrects
    PART_GIVEN_BACK = "part_given_back"
    GIVEN_BACK = "given_back"


class Match(StrEnum):
    """What a look at somebody's file tells."""

    SAME = "same"  # byte for byte
    OTHER = "other"  # whole and signed by the payee, but not this paper's file
    CHANGED = "changed"  # since it was signed
    FOREIGN = "foreign"  # signed by somebody else
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Verified:
    """What its holder may know: nothing that is not on the paper, and the payer veiled."""

    paper: Paper
    kind: Text
    payee: str
    payer: str
    amount: str
    day: date
    standing: Standing
    replaced_by: str = ""
    newer: Paper | None = None  # of the same bill

    @property
    def newer_day(self) -> date | None:
        if self.newer is None:
            return None
        return self.newer.created_at.astimezone(self.paper.merchant.zone).date()

    @property
    def is_good(self) -> bool:
        """Whether somebody may rely on what it says."""
        bad = (Standing.VOID, Standing.REPLACED, Standing.SUPERSEDED, Standing.GIVEN_BACK)
        return self.standing not in bad

    @property
    def groups(self) -> str:
        """The file's hash, to be read aloud."""
        text = self.paper.content_hash
        return " ".join(text[place : place + 8] for place in range(0, len(text), 8))


def read(paper: Paper) -> Verified:
    standing, replaced_by = _standing(paper)
    said: dict[str, Any] = paper.sheet
    totals = said["totals"]
    return Verified(
        paper=paper,
        kind=KINDS[paper.kind],
        payee=said["payee"]["name"],
        payer=mask("name", said["payer"]["name"]),
        amount=next((each["amount"] for each in reversed(totals) if each["is_strong"]), ""),
        day=paper.created_at.astimezone(paper.merchant.zone).date(),
        standing=standing,
        replaced_by=replaced_by,
        newer=papers.newest(paper.subject) if standing == Standing.SUPERSEDED else None,
    )


def compare(paper: Paper, content: bytes) -> Match:
    if hashlib.sha256(content).hexdigest() == paper.content_hash:
        return Match.SAME
    found = signing.check(content)
    if found.condition == Condition.UNSIGNED:
        return Match.UNSIGNED
    if found.condition != Condition.INTACT:
        return Match.CHANGED
    known = paper.merchant.certificates.filter(fingerprint=found.fingerprint).exists()
    return Match.OTHER if known else Match.FOREIGN


def _standing(paper: Paper) -> tuple[Standing, str]:
    if paper.kind == Kind.BILL:
        return _of_bill(paper)
    if paper.kind == Kind.RECEIPT:
        return _of_receipt(paper), ""
    return _of_note(paper), ""


def _of_bill(paper: Paper) -> tuple[Standing, str]:
    bill = Invoice.objects.select_related("merchant").get(public_id=paper.subject)
    if bill.status == InvoiceStatus.VOID:
        heir = Invoice.objects.filter(replaces=bill).exclude(number="").first()
        return (Standing.REPLACED, heir.number) if heir else (Standing.VOID, "")
    newest = papers.newest(paper.subject)
    if newest is not None and newest.pk != paper.pk:
        return Standing.SUPERSEDED, ""
    if bill.status == InvoiceStatus.PAID:
        return Standing.PAID, ""
    today = clock.now().astimezone(bill.merchant.zone).date()
    if bills.overdue_days(bill, today):
        return Standing.LATE, ""
    return (Standing.PART_PAID if bill.amount_paid else Standing.OPEN), ""


def _of_note(paper: Paper) -> Standing:
    bill = Invoice.objects.get(credit_notes__public_id=paper.subject)
    return Standing.BILL_VOID if bill.status == InvoiceStatus.VOID else Standing.IN_FORCE


def _of_receipt(paper: Paper) -> Standing:
    payment = Receipt.objects.select_related("payment").get(public_id=paper.subject).payment
    if not payment.amount_refunded:
        return Standing.IN_FORCE
    is_whole = payment.amount_refunded >= payment.amount_paid
    return Standing.GIVEN_BACK if is_whole else Standing.PART_GIVEN_BACK
