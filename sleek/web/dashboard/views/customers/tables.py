"""A table from a spreadsheet: uploaded, looked at, imported whole.

Tables of all purposes share these pages; what each adds is a `Desk`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sleek.core import tables
from sleek.core.tables import UnreadableTable
from sleek.customers import actions as customers
from sleek.customers.actions import Contents, TableRefused
from sleek.customers.models import TableFile
from sleek.customers.rules import CUSTOMERS, Kind, Purpose
from sleek.merchants.models import Membership
from sleek.merchants.rules import Right
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.customers.layout import LayoutForm
from sleek.web.dashboard.telling import customers as telling
from sleek.web.dashboard.telling.customers import files, previews

SHOWN = 100  # rows of each list of a preview


@dataclass(frozen=True, slots=True)
class Desk:
    """How the tables of one purpose are read and imported, and the page they belong to."""

    kind: Kind[Any]
    look_into: Callable[[TableFile], Contents[Any]]
    take_in: Callable[[TableFile, Membership], TableFile]
    page: str  # its URL name


DESKS: dict[str, Desk] = {
    Purpose.CUSTOMERS: Desk(
        CUSTOMERS, customers.look_into, customers.import_customers, "customer-index"
    ),
}


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: access.MemberRequest) -> HttpResponse:
    """A table of customers."""
    if request.method != "POST":
        return render(request, "dashboard/customers/import.html")
    file = request.FILES.get("table")
    if file is None:
        return _not_read(request, _("Choose a file first."))
    content = file.read(tables.MAX_BYTES + 1)
    try:
        kept = customers.keep_table(request.membership, CUSTOMERS, file.name or "", content)
    except UnreadableTable as error:
        return _not_read(request, telling.refusal(error))
    return redirect("table-show", kept.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def template(request: access.MemberRequest) -> HttpResponse:
    content = tables.workbook(_("Customers"), files.template())
    return _xlsx(content, "customers.xlsx")


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    file, desk = _get(request, public_id)
    if request.method == "POST":
        return _import(request, file, desk)
    return _page(request, file, desk, None)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def columns(request: access.MemberRequest, public_id: str) -> HttpResponse:
    file, desk = _get(request, public_id)
    form = LayoutForm(request.POST, kind=desk.kind, rows=file.grid, layout=file.read_as)
    if not form.is_valid() and not file.imported_at:
        return _page(request, file, desk, form)
    try:
        customers.set_layout(file, desk.kind, form.layout())
    except TableRefused as error:
        messages.error(request, error.message)
    return redirect("table-show", file.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def left_out(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """The rows that are rejected, with the reasons: to be put right and uploaded again."""
    file, desk = _get(request, public_id)
    rejected = customers.read(file, desk.kind).rejected
    rows = files.left_out(file.grid, file.read_as.head_row, file.purpose, rejected)
    return _xlsx(tables.workbook(_("Left out"), rows), "left-out.xlsx")


def _import(request: access.MemberRequest, file: TableFile, desk: Desk) -> HttpResponse:
    try:
        desk.take_in(file, request.membership)
    except (TableRefused, customers.TooManyCustomers) as error:
        messages.error(request, error.message)
    return redirect("table-show", file.public_id)


def _page(
    request: access.MemberRequest, file: TableFile, desk: Desk, form: LayoutForm | None
) -> HttpResponse:
    context: dict[str, object] = {"file": file, "page": desk.page}
    if file.imported_at:
        rejected = customers.read(file, desk.kind).rejected
        context |= previews.left_out(file.purpose, rejected, SHOWN)
        return render(request, "dashboard/tables/imported.html", context)
    layout = file.read_as
    context["form"] = form or LayoutForm(None, kind=desk.kind, rows=file.grid, layout=layout)
    if form is None and all(name in layout.places for name in desk.kind.required):
        contents = desk.look_into(file)
        context |= previews.preview(desk.kind, layout, contents, SHOWN)
    return render(
        request, "dashboard/tables/show.html", context, status=422 if form is not None else 200
    )


def _not_read(request: access.MemberRequest, refusal: str) -> HttpResponse:
    context = {"refusal": refusal}
    return render(request, "dashboard/customers/import.html", context, status=422)


def _get(request: access.MemberRequest, public_id: str) -> tuple[TableFile, Desk]:
    file = access.get(request, TableFile.objects.select_related("merchant"), public_id)
    desk = DESKS.get(file.purpose)
    if desk is None:
        raise Http404
    return file, desk


def _xlsx(content: bytes, name: str) -> HttpResponse:
    saved_as = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=tables.XLSX, headers=saved_as)
