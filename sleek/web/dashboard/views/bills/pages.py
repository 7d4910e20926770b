"""One bill: its paper, what happened to it, what is owed, and all that may be done with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import queries, rules
from sleek.invoices.models import CreditNote, Instalment, Invoice
from sleek.invoices.rules import InvoiceStatus
from sleek.merchants.rules import Right
from sleek.papers import actions as papers
from sleek.papers import drawing
from sleek.papers import queries as kept
from sleek.reports.queries import bills as reports
from sleek.reports.queries.bills import History
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.bills.acting import (
    CreditForm,
    FollowUpForm,
    NoteForm,
    ReasonForm,
    SendForm,
)
from sleek.web.dashboard.telling.bills import badges, money, paper, promise, sharing, story, words
from sleek.web.dashboard.telling.bills.sources import differences
from sleek.web.dashboard.telling.share import codes
from sleek.web.dashboard.views.bills import mine

SENDINGS = 5  # mails told on the page
VERSION_DIGITS = 4  # of which paper of several is wanted


@dataclass(frozen=True, slots=True)
class Acts:
    """What this person may do with this bill as it stands."""

    edit: bool = False
    submit: bool = False
    issue: bool = False
    approve: bool = False
    send_back: bool = False
    withdraw: bool = False
    discard: bool = False
    copy: bool = False
    share: bool = False
    remind: bool = False
    void: bool = False
    replace: bool = False
    credit: bool = False
    write_off: bool = False
    divide: bool = False
    follow_up: bool = False
    note: bool = False

    @property
    def has_more(self) -> bool:
        """Whether the menu of what is seldom done has anything in it."""
        return any((self.discard, self.void, self.credit, self.write_off, self.replace))


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms that stand folded on the page; the one that was sent and refused stands open."""

    void: ReasonForm = field(default_factory=ReasonForm)
    write_off: ReasonForm = field(default_factory=ReasonForm)
    send_back: ReasonForm = field(default_factory=ReasonForm)
    forfeit: ReasonForm = field(default_factory=ReasonForm)
    credit: CreditForm | None = None
    note: NoteForm | None = None
    send: SendForm | None = None
    follow_up: FollowUpForm = field(default_factory=FollowUpForm)

    def __post_init__(self) -> None:
        """Four of them ask for a reason: under one id, a label would lead into another form."""
        for name in ("void", "write_off", "send_back", "forfeit"):
            getattr(self, name).auto_id = f"{name}_%s"


@dataclass(frozen=True, slots=True)
class StageRow:
    stage: Instalment
    url: str
    qr: SafeString


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    return page(request, access.get(request, mine.bills(), public_id), Forms())


@access.allowed(Right.READ)
@require_GET
def pdf(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """The paper as it was issued, byte for byte; of a draft what would be printed. Of several the
    newest, or the `version` that is asked for.
    """
    invoice = access.get(request, mine.bills(), public_id)
    asked = request.GET.get("version", "")
    if asked.isascii() and asked.isdecimal() and len(asked) <= VERSION_DIGITS:
        found = kept.version(invoice.public_id, int(asked))
    else:
        found = kept.newest(invoice.public_id)
    if found is not None:
        content, name = bytes(found.content), f"{found.number}.pdf"
    else:
        content, name = _drawn(invoice), "draft.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@access.allowed(Right.READ)
@require_GET
def credit_note(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """Its paper, as it was issued."""
    note = access.get(request, CreditNote.objects.all(), public_id)
    found = kept.newest(note.public_id)
    if found is None:
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="{found.file_name}"'}
    return HttpResponse(bytes(found.content), content_type="application/pdf", headers=headers)


def page(
    request: access.MemberRequest, invoice: Invoice, forms: Forms, status: int = 200
) -> HttpResponse:
    """The page with one of its forms as it was sent, where that was refused."""
    prefetch_related_objects([invoice], "instalments")  # which all that follows asks for
    today = clock.now().astimezone(request.merchant.zone).date()
    history = reports.history(invoice)
    acts = acts_of(request, invoice)
    context: dict[str, object] = {
        "bill": invoice,
        "name": words.name(invoice),
        "nature": queries.NATURES[invoice.nature],
        "badges": badges.of(invoice, today),
        "paper": paper.of(invoice),
        "chapters": story.tell(history, request.rights),
        "acts": acts,
        "may_export": access.may(request, Right.EXPORT),
        "forms": forms,
        "credit_form": forms.credit or CreditForm(owed=invoice.due),
        "note_form": forms.note or _note_form(invoice),
        "send_form": forms.send or _send_form(invoice),
        "seen_hash": queries.content_hash(invoice) if acts.approve else "",
        **_around(request, invoice, history, acts),
    }
    return render(request, "dashboard/bills/show.html", context, status=status)


def acts_of(request: access.MemberRequest, invoice: Invoice) -> Acts:
    writes = access.may(request, Right.ASK_FOR_MONEY)
    judges = access.may(request, Right.APPROVE)
    status = InvoiceStatus(invoice.status)
    is_draft, waits = status == InvoiceStatus.DRAFT, status == InvoiceStatus.IN_REVIEW
    is_issued = status not in rules.UNISSUED
    is_open = status == InvoiceStatus.OPEN
    keeps_money = invoice.amount_paid > invoice.amount_refunded
    needs_review = not is_issued and queries.needs_review(invoice)
    approves = judges and waits and queries.may_approve(invoice, request.user)
    return Acts(
        edit=writes and not is_issued,
        submit=writes and is_draft and needs_review,
        # Who approves issues by it.
        issue=writes and not is_issued and not needs_review and not approves,
        approve=approves,
        send_back=judges and waits,
        withdraw=writes and waits,
        discard=writes and is_draft,
        copy=writes,
        share=writes and status in rules.PAYABLE,
        remind=writes and is_open and bool(invoice.due.minor) and invoice.sent_at is not None,
        void=writes and rules.may_be_void(status, invoice.asked.minor) and not keeps_money,
        replace=writes and is_issued and not keeps_money,
        credit=writes and status in rules.PAYABLE and bool(invoice.due.minor),
        write_off=writes and is_open,
        divide=writes and status in rules.PAYABLE and _may_divide(request, invoice),
        follow_up=writes and status in rules.PAYABLE,
        note=writes,
    )


def _may_divide(request: access.MemberRequest, invoice: Invoice) -> bool:
    """As the verb decides: what needed a second person is changed by one who may approve."""
    return access.may(request, Right.APPROVE) or not queries.needs_review(invoice)


def _around(
    request: access.MemberRequest, invoice: Invoice, history: History, acts: Acts
) -> dict[str, object]:
    documents = list(invoice.documents.order_by("pk"))
    numbers = [document.number for document in documents]
    paid = money.paid(history)
    return {
        "documents": [(queries.DOCUMENTS[each.kind], each.number) for each in documents],
        "others": reports.naming(request.merchant, numbers, but=invoice),
        "stages": _stages(invoice, history) if acts.share else [],
        "instalments": history.instalments,
        "due_on": queries.due_day(invoice),
        "paid": paid,
        "exchanged": money.exchanged(paid),
        "promised": promise.of(invoice, history, request.rights),
        "claims": [
            (each, Money(each.amount, invoice.currency), words.CLAIMS[each.status])
            for each in invoice.deductions.select_related("entitlement__invoice").order_by("pk")
        ],
        "differs": differences.listed(queries.compared(queries.draft_of(invoice), invoice)),
        "reviews": [
            (review, words.VERDICTS[review.verdict])
            for review in invoice.reviews.select_related("by").order_by("pk")
        ],
        "notes": money.notes(invoice),
        "replacement": Invoice.objects.filter(replaces=invoice).first(),
        "sendings": list(invoice.sendings.select_related("by").order_by("-pk")[:SENDINGS]),
        "open_follow_up": invoice.follow_ups.filter(done_at=None).first(),
        "answers": [
            (each, words.OUTCOMES[each.outcome])
            for each in invoice.follow_ups.exclude(done_at=None).select_related("done_by")
        ],
        "older_papers": paper.older(invoice),
        "shared": sharing.of(invoice, request.GET.get("to", "")) if acts.share else None,
    }


def _stages(invoice: Invoice, history: History) -> list[StageRow]:
    """Each with its own address, where there are several."""
    if len(history.instalments) < 2:
        return []
    rows = []
    for stage in history.instalments:
        url = sharing.stage_url(stage)
        rows.append(StageRow(stage, url, codes.drawing(url)))
    return rows


def _send_form(invoice: Invoice) -> SendForm:
    return SendForm(initial={"to": invoice.payer_email, "language": invoice.language})


def _note_form(invoice: Invoice) -> NoteForm:
    return NoteForm(initial={"memo": invoice.memo, "tag_list": ", ".join(invoice.tags)})


def _drawn(invoice: Invoice) -> bytes:
    sheet = paper.sketched(invoice)
    try:
        papers.require_letters(sheet)
        return drawing.draw(sheet, kept.pictures_of(invoice.merchant, sheet))
    except (papers.NotPrintable, drawing.Undrawable):
        raise Http404 from None
