"""Tables of lines: a quotation that becomes a bill, or comes to a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from sleek.core.errors import SleekError
from sleek.customers import actions as customers
from sleek.customers.actions import TableRefused
from sleek.customers.models import TableFile
from sleek.customers.rules import LINES, Rejected
from sleek.invoices import actions as invoices
from sleek.invoices import queries, rules
from sleek.invoices.actions import ChangedMeanwhile, NotADraft, Page
from sleek.invoices.models import Invoice
from sleek.merchants.rules import Right
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.bills import flaws, prefilling
from sleek.web.dashboard.forms.bills.editor import opened
from sleek.web.dashboard.forms.bills.intake import IntakeForm
from sleek.web.dashboard.telling.bills.sources import intake as telling
from sleek.web.dashboard.telling.customers import previews
from sleek.web.dashboard.views.bills import mine
from sleek.web.dashboard.views.tables.desks import SHOWN, Desk, kept, upload_page
from sleek.web.ui import files as saved

PAGE = "dashboard/bills/tables/upload.html"
IMPORT = "import"


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """To a draft."""
    invoice = access.get(request, mine.bills(), public_id)
    if invoice.status not in rules.UNISSUED:
        messages.error(request, _issued())
        return redirect("bill-show", invoice.public_id)
    return _upload(request, invoice)


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: access.MemberRequest) -> HttpResponse:
    """To a bill that will be made of it."""
    return _upload(request, None)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def template(request: access.MemberRequest) -> HttpResponse:
    return saved.xlsx("lines-template", _("Lines"), telling.template())


def _upload(request: access.MemberRequest, invoice: Invoice | None) -> HttpResponse:
    if request.method != "POST":
        return upload_page(request, PAGE, "", bill=invoice)
    file = kept(request, LINES, subject=invoice.public_id if invoice else "")
    if isinstance(file, str):
        return upload_page(request, PAGE, file, bill=invoice)
    return redirect("table-show", file.public_id)


def _rejected(file: TableFile) -> Sequence[Rejected]:
    wish = queries.wish_for(file, queries.Draft(file.merchant.default_currency))
    return queries.assessed(file, wish).rejected


def _around(request: access.MemberRequest, file: TableFile) -> dict[str, object]:
    """The bill that its rows go into, or went into."""
    return {"bill": _bill(request, file)}


def _preview(request: access.MemberRequest, file: TableFile) -> dict[str, object]:
    page = _held(request, file)
    found = queries.intake(file, page.draft)
    return {
        "options": IntakeForm(None, wish=found.wish),
        "has_lines": bool(page.draft.lines),
        "revision": page.revision,
        "missing": found.missing,
        "shown": SHOWN,
        **telling.preview(found, page, by=request.membership, shown=SHOWN),
        **previews.left_out(file.purpose, found.found.rejected, SHOWN),
    }


def _take_in(request: access.MemberRequest, file: TableFile) -> HttpResponse:
    """What was chosen beside the table holds from now on; `import` takes it over like that."""
    page = _held(request, file)
    form = IntakeForm(request.POST, wish=queries.wish_for(file, page.draft))
    if not form.is_valid():
        messages.error(
            request, _("Choose the currency, tax and kind of document that are offered.")
        )
        return redirect("table-show", file.public_id)
    try:
        layout = replace(file.read_as, options=form.wish().pack())
        file = customers.set_layout(file, LINES, layout)
        if request.POST.get("do") == IMPORT:
            return _import(request, file, replace(page, revision=_revision(request)))
    except ChangedMeanwhile:
        messages.error(
            request,
            _("Somebody saved the draft meanwhile, so nothing was taken over. Look at it again."),
        )
    except NotADraft:
        messages.error(request, _issued())
    except TableRefused as error:
        messages.error(request, error.message)
    except SleekError as error:
        messages.error(request, flaws.sentence(error, currency=page.draft.currency))
    return redirect("table-show", file.public_id)


def _import(request: access.MemberRequest, file: TableFile, page: Page) -> HttpResponse:
    leaves_out = bool(request.POST.get("leaves_out"))
    invoice = invoices.take_lines(file, page, leaves_out=leaves_out, by=request.membership)
    file.refresh_from_db(fields=["row_count"])
    count = file.row_count
    said = ngettext("%(count)s line is taken over.", "%(count)s lines are taken over.", count)
    messages.success(request, said % {"count": count})
    return redirect("bill-edit", invoice.public_id)


def _held(request: access.MemberRequest, file: TableFile) -> Page:
    """The draft as it is, or one as the last bill was in what seldom changes."""
    invoice = _bill(request, file)
    if invoice is None:
        data = prefilling.fresh(request.merchant)
        draft = opened(request.merchant, data, complains=True).draft
        return Page(replace(draft, policy=None))
    return Page(queries.draft_of(invoice), invoice, invoice.revision)


def _bill(request: access.MemberRequest, file: TableFile) -> Invoice | None:
    if not file.subject:
        return None
    invoice = access.own(request, mine.bills()).filter(public_id=file.subject).first()
    if invoice is None:
        raise Http404
    return invoice


def _revision(request: access.MemberRequest) -> int:
    told = request.POST.get("revision", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0


def _issued() -> str:
    return _("This bill is issued. Void it and issue a corrected one instead.")


DESK = Desk(
    kind=LINES,
    rejected=_rejected,
    preview=_preview,
    around=_around,
    take_in=_take_in,
    page="dashboard/bills/tables/show.html",
    page_imported="dashboard/bills/tables/imported.html",
)
