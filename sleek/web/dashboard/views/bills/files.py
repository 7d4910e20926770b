"""Bills as files of other programs, and a year of them as one archive."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core import tables
from sleek.invoices import actions as invoices
from sleek.invoices.formats import docx, filling, word_template, xlsx
from sleek.invoices.models import Invoice, WordTemplate
from sleek.merchants.rules import Right
from sleek.reports.queries import bills as reports
from sleek.web.dashboard import access
from sleek.web.dashboard.views.bills import lists, mine

YEARS = range(2000, 2100)


@access.allowed(Right.EXPORT)
@require_GET
def workbook(request: access.MemberRequest, public_id: str) -> HttpResponse:
    bill = access.get(request, mine.bills(), public_id)
    return _saved(xlsx.workbook(bill), tables.XLSX, f"{_name(bill)}.xlsx")


@access.allowed(Right.EXPORT)
@require_GET
def document(request: access.MemberRequest, public_id: str) -> HttpResponse:
    bill = access.get(request, mine.bills(), public_id)
    try:
        content = filling.document(bill)
    except docx.UnusableTemplate:
        messages.error(
            request,
            _("Your template cannot be filled with this bill. Choose another one, or ours."),
        )
        return redirect("bill-show", bill.public_id)
    return _saved(content, docx.DOCX, f"{_name(bill)}.docx")


@access.allowed(Right.EXPORT)
@require_GET
def archive(request: access.MemberRequest, year: int) -> StreamingHttpResponse:
    """Every paper that was issued in a year, with a list of what happened to them."""
    if year not in YEARS:
        raise Http404
    pieces = reports.archive(request.merchant, year)
    headers = {"Content-Disposition": f'attachment; filename="papers-{year}.zip"'}
    return StreamingHttpResponse(pieces, content_type=reports.ZIP, headers=headers)


@access.allowed(Right.EXPORT)
@require_GET
def papers(request: access.MemberRequest) -> HttpResponseBase:
    """Of the ticked bills, or of all that the list shows."""
    bills = lists.chosen(request, request.GET).exclude(number="")
    count = bills.count()
    if not count or count > reports.MOST_PACKED:
        if count:
            said = _("One file holds the papers of at most %(most)s bills. Narrow the list.")
        else:
            said = _("None of these bills is issued, so there is no paper yet.")
        messages.error(request, said % {"most": reports.MOST_PACKED})
        return redirect("bill-index")
    pieces = reports.packed(request.merchant, bills)
    headers = {"Content-Disposition": 'attachment; filename="bills.zip"'}
    return StreamingHttpResponse(pieces, content_type=reports.ZIP, headers=headers)


@access.allowed(Right.EXPORT)
@require_GET
def template(request: access.MemberRequest) -> HttpResponse:
    """The one that is filled in: to be changed in Word and brought back."""
    own = access.own(request, WordTemplate.objects.all()).first()
    content = bytes(own.content) if own else word_template.built_in()
    return _saved(content, docx.DOCX, "template.docx")


@access.allowed(Right.CUSTOMISE)
@require_POST
def keep_template(request: access.MemberRequest) -> HttpResponse:
    file = request.FILES.get("template")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect("design-index")
    content = file.read(docx.MAX_BYTES + 1)
    try:
        invoices.keep_template(request.merchant, file.name or "", content, by=request.user)
    except invoices.TemplateRefused as error:
        messages.error(request, error.message)
        return redirect("design-index")
    messages.success(request, _("From now on bills are filled into your template."))
    return redirect("design-index")


@access.allowed(Right.CUSTOMISE)
@require_POST
def drop_template(request: access.MemberRequest) -> HttpResponse:
    invoices.drop_template(request.merchant, by=request.user)
    messages.success(request, _("From now on bills are filled into our template."))
    return redirect("design-index")


def _name(bill: Invoice) -> str:
    """Its number, as every system takes it."""
    letters = (letter if letter.isalnum() or letter in "._-" else "-" for letter in bill.number)
    return "".join(letters) or "draft"


def _saved(content: bytes, kind: str, name: str) -> HttpResponse:
    told = content_disposition_header(True, name) or ""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": told})
