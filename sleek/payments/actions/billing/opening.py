"""Opening the payment for what bills ask, in whole or in part, one or several together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import queries as bills
from sleek.invoices import rules as billing
from sleek.invoices.models import Instalment, Invoice
from sleek.payments import queries, rules
from sleek.payments.actions.attempts import NotPayable
from sleek.payments.actions.opening import PAYMENT_LIFETIME
from sleek.payments.actions.payers import Answers, note_payer
from sleek.payments.models import Allocation, Payment


@dataclass(frozen=True, slots=True)
class Share:
    """How much of one instalment somebody is about to pay."""

    instalment: Instalment
    amount: Money


@transaction.atomic
def open_for_bills(shares: Sequence[Share], *, language: str) -> Payment:
    """The payment for these shares; whoever comes for the same finds the same one, while nobody has
    paid it. Raises `NotPayable` for more than is owed, and for bills that are not one payee's, or
    not in one currency.
    """
    keys = sorted(share.instalment.pk for share in shares)
    rows = Instalment.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    locked = {row.pk: row for row in rows.select_related("invoice").filter(pk__in=keys)}
    if len(locked) < len(set(keys)):
        raise NotPayable(_("This bill is divided otherwise now. Please look at it again."))
    shares = [Share(locked[share.instalment.pk], share.amount) for share in shares]
    _refuse(shares)
    known = _known(shares)
    if known is not None:
        return known
    first = shares[0].instalment.invoice
    payment = Payment.objects.create(
        merchant_id=first.merchant_id,
        is_for_bills=True,
        amount=sum(share.amount.minor for share in shares),
        currency=first.currency,
        description=_description(shares, language),
        language=language,
        expires_at=clock.now() + PAYMENT_LIFETIME,
    )
    Allocation.objects.bulk_create(
        Allocation(payment=payment, instalment=share.instalment, amount=share.amount.minor)
        for share in shares
    )
    note_payer(
        payment,
        Answers(
            name=first.payer_contact,
            company=first.payer_name,
            email=first.payer_email,
            phone=first.payer_phone,
            address=first.payer_address,
        ),
    )
    return payment


def _refuse(shares: Sequence[Share]) -> None:
    invoices_asked = {share.instalment.invoice for share in shares}
    payees = {(each.merchant_id, each.currency) for each in invoices_asked}
    keys = {share.instalment.pk for share in shares}
    if not shares or len(payees) > 1 or len(keys) < len(shares):
        raise NotPayable(_("These bills can't be paid together."))
    if not queries.agree_on_methods(list(invoices_asked)):
        raise NotPayable(_("These bills name no common way to pay. Pay them one by one."))
    if any(each.status not in billing.PAYABLE for each in invoices_asked):
        raise NotPayable(_("This bill is no longer to be paid."))
    for bill in invoices_asked:
        _refuse_more_than_owed(bill, [each for each in shares if each.instalment.invoice == bill])


def _refuse_more_than_owed(bill: Invoice, shares: Sequence[Share]) -> None:
    paid = queries.paid_of(bill)
    left = _left(bill, paid)
    for share in shares:
        owed = min(share.instalment.amount - paid.get(share.instalment.pk, 0), left)
        if not 0 < share.amount.minor <= owed:
            raise NotPayable(_("That is more than is owed. Please look at the bill again."))
        left -= share.amount.minor


def _known(shares: Sequence[Share]) -> Payment | None:
    wanted = {(share.instalment.pk, share.amount.minor) for share in shares}
    near = Payment.objects.filter(
        allocations__instalment=shares[0].instalment, status__in=rules.PAYABLE
    )
    for payment in near.prefetch_related("allocations").order_by("-pk"):
        is_over = payment.expires_at is not None and payment.expires_at <= clock.now()
        meant = {(each.instalment_id, each.amount) for each in payment.allocations.all()}
        if meant == wanted and not is_over:
            return payment
    return None


def _description(shares: Sequence[Share], language: str) -> str:
    """Numbers first: that is what the payer's statement and bookkeeper look for."""
    numbers = dict.fromkeys(share.instalment.invoice.number for share in shares)
    first = shares[0].instalment.invoice
    said = ", ".join(numbers)
    if len(numbers) == 1:
        with translation.override(language):
            said += f" · {first.title or bills.NATURES[first.nature]}"
    return said if len(said) <= 140 else f"{said[:137]}…"


def open_up_to(bill: Invoice, most: Money, *, language: str) -> Payment:
    """The payment for what the bill still asks, as far as some money goes. Raises `NotPayable`."""
    if most.currency != bill.currency or bill.status not in billing.PAYABLE:
        raise NotPayable(_("This bill can't take this money: it is paid, over or asks another."))
    left, shares = most.minor, []
    for share in _owed(bill):
        part = min(share.amount.minor, left)
        if part > 0:
            shares.append(Share(share.instalment, Money(part, bill.currency)))
            left -= part
    return open_for_bills(shares, language=language)


def next_for(payment: Payment) -> Payment | None:
    """For money that came after a bill's payment was paid or over: the payment for what the same
    bills still ask, if they do.
    """
    asking = Invoice.objects.filter(
        instalments__allocations__payment=payment, status__in=billing.PAYABLE
    )
    shares = [share for bill in asking.distinct().order_by("pk") for share in _owed(bill)]
    if not shares:
        return None
    try:
        with transaction.atomic():
            return open_for_bills(shares, language=payment.language)
    except NotPayable:
        return None


def _owed(bill: Invoice) -> list[Share]:
    """All that the bill still asks, instalment by instalment."""
    paid = queries.paid_of(bill)
    left, shares = _left(bill, paid), []
    for stage in bill.instalments.all():
        part = min(stage.amount - paid.get(stage.pk, 0), left)
        if part > 0:
            shares.append(Share(stage, Money(part, bill.currency)))
            left -= part
    return shares


def _left(bill: Invoice, paid: Mapping[int, int]) -> int:
    """By the payments as they are, since a bill hears of them a moment later. A credit note takes
    from the bill, and from no instalment.
    """
    return bill.asked.minor - bill.amount_credited - sum(paid.values())
