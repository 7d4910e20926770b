"""What may be done with a bill. Each is one press; what is refused says why."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sleek.core.errors import SleekError
from sleek.invoices import actions as invoices
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import Answer
from sleek.merchants.rules import Right
from sleek.payments.actions import billing
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.bills import flaws
from sleek.web.dashboard.forms.bills.acting import (
    CreditForm,
    FollowUpForm,
    NoteForm,
    ReasonForm,
    SendForm,
)
from sleek.web.dashboard.views.bills import mine, pages
from sleek.web.dashboard.views.bills.pages import Forms


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def submit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    done = _("Handed in. A second person has to approve it before it is issued.")
    return _do(request, public_id, lambda bill: invoices.submit(bill, by=request.membership), done)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def issue(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """What the page showed, if it says so."""
    seen = request.POST.get("seen_hash", "")

    def act(bill: Invoice) -> object:
        return invoices.issue(bill, by=request.membership, seen_hash=seen)

    return _do(request, public_id, act, _("Issued. Send it to your customer."))


@access.allowed(Right.APPROVE)
@require_POST
def approve(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """Of exactly what the page showed."""
    seen = request.POST.get("seen_hash", "")

    def act(bill: Invoice) -> object:
        return invoices.approve(bill, seen_hash=seen, by=request.membership)

    return _do(request, public_id, act, _("Approved and issued."))


@access.allowed(Right.APPROVE)
@require_POST
def send_back(request: access.MemberRequest, public_id: str) -> HttpResponse:
    form = ReasonForm(request.POST)

    def act(bill: Invoice) -> object:
        return invoices.send_back(bill, form.cleaned_data["reason"], by=request.membership)

    if not form.is_valid():
        return pages.page(request, _get(request, public_id), Forms(send_back=form), 422)
    return _do(request, public_id, act, _("Returned. Its author reads your reason."))


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def withdraw(request: access.MemberRequest, public_id: str) -> HttpResponse:
    done = _("Taken back. It is a draft again.")
    return _do(
        request, public_id, lambda bill: invoices.withdraw(bill, by=request.membership), done
    )


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def copy(request: access.MemberRequest, public_id: str) -> HttpResponse:
    fresh = invoices.copy(_get(request, public_id), by=request.user)
    messages.success(request, _("This is a copy, as a draft. Check its days before you issue it."))
    return redirect("bill-edit", fresh.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def discard(request: access.MemberRequest, public_id: str) -> HttpResponse:
    bill = _get(request, public_id)
    try:
        invoices.discard(bill, by=request.user)
    except SleekError as error:
        messages.error(request, error.message)
        return redirect("bill-show", public_id)
    messages.success(request, _("The draft is deleted."))
    return redirect("bill-index")


@access.sensitive
@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def void(request: access.MemberRequest, public_id: str) -> HttpResponse:
    form = ReasonForm(request.POST)

    def act(bill: Invoice) -> object:
        return invoices.void(bill, form.cleaned_data["reason"], by=request.user)

    if not form.is_valid():
        return pages.page(request, _get(request, public_id), Forms(void=form), 422)
    return _do(request, public_id, act, _("Void. It keeps its number, and nobody can pay it."))


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def replace_by(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """A corrected draft; this bill is void once that one is issued."""
    bill = _get(request, public_id)
    try:
        fresh = invoices.replacement(bill, by=request.user)
    except SleekError as error:
        messages.error(request, flaws.sentence(error, currency=bill.currency))
        return redirect("bill-show", public_id)
    messages.success(
        request, _("Correct it and issue it: the old one is void from that moment, not before.")
    )
    return redirect("bill-edit" if fresh.number == "" else "bill-show", fresh.public_id)


@access.sensitive
@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def credit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    bill = _get(request, public_id)
    form = CreditForm(request.POST, owed=bill.due)
    if not form.is_valid():
        return pages.page(request, bill, Forms(credit=form), 422)
    amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
    seen = form.cleaned_data["seen"]
    return _do(
        request,
        public_id,
        lambda bill: billing.credit(bill, amount, reason, by=request.user, seen=seen),
        _("The credit note is issued."),
    )


@access.sensitive
@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def write_off(request: access.MemberRequest, public_id: str) -> HttpResponse:
    form = ReasonForm(request.POST)

    def act(bill: Invoice) -> object:
        return invoices.write_off(bill, form.cleaned_data["reason"], by=request.user)

    if not form.is_valid():
        return pages.page(request, _get(request, public_id), Forms(write_off=form), 422)
    return _do(request, public_id, act, _("Written off. Should the money come, the bill is paid."))


@access.sensitive
@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def forfeit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """Keep what is left of a deposit whose payer has cancelled."""
    form = ReasonForm(request.POST)

    def act(bill: Invoice) -> object:
        promise = Entitlement.objects.filter(invoice=bill).first()
        if promise is None:
            raise invoices.NotForfeitable(_("This bill is no deposit."))
        return invoices.forfeit(promise, form.cleaned_data["reason"], by=request.user)

    if not form.is_valid():
        return pages.page(request, _get(request, public_id), Forms(forfeit=form), 422)
    return _do(request, public_id, act, _("Kept. The payer is told by mail, with your reason."))


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def note(request: access.MemberRequest, public_id: str) -> HttpResponse:
    form = NoteForm(request.POST)

    def act(bill: Invoice) -> object:
        memo = form.cleaned_data["memo"]
        return invoices.note(bill, memo=memo, tags=form.tags, by=request.user)

    if not form.is_valid():
        return pages.page(request, _get(request, public_id), Forms(note=form), 422)
    return _do(request, public_id, act, _("Saved. Only colleagues read it."))


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def send(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """By mail, with the paper."""
    form = SendForm(request.POST)

    def act(bill: Invoice) -> object:
        said = form.cleaned_data
        return invoices.send(
            bill, said["to"], said["message"], language=said["language"], by=request.user
        )

    if not form.is_valid():
        return pages.page(request, _get(request, public_id), Forms(send=form), 422)
    done = _("On its way. You are reminded to ask after it on the next working day.")
    return _do(request, public_id, act, done)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def remind(request: access.MemberRequest, public_id: str) -> HttpResponse:
    done = _("The reminder is on its way.")
    return _do(request, public_id, lambda bill: invoices.remind(bill, by=request.user), done)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def mark_sent(request: access.MemberRequest, public_id: str) -> HttpResponse:
    done = _("Marked as sent. You are reminded to ask after it on the next working day.")
    return _do(request, public_id, lambda bill: invoices.mark_sent(bill, by=request.user), done)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def follow_up(request: access.MemberRequest, public_id: str) -> HttpResponse:
    form = FollowUpForm(request.POST)

    def act(bill: Invoice) -> object:
        said = form.cleaned_data
        return invoices.answer(
            bill,
            Answer(said["outcome"]),
            note=said["note"],
            promised_on=said["promised_on"],
            by=request.user,
        )

    if not form.is_valid():
        return pages.page(request, _get(request, public_id), Forms(follow_up=form), 422)
    return _do(request, public_id, act, _("Noted. It stands on the bill."))


def _do(
    request: access.MemberRequest, public_id: str, act: Callable[[Invoice], object], done: str
) -> HttpResponse:
    bill = _get(request, public_id)
    try:
        act(bill)
        messages.success(request, done)
    except SleekError as error:
        said = flaws.sentence(error, currency=bill.currency, asked=bill.asked)
        messages.error(request, said, extra_tags="bad")
    return redirect("bill-show", bill.public_id)


def _get(request: access.MemberRequest, public_id: str) -> Invoice:
    return access.get(request, mine.bills(), public_id)
