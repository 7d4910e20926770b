"""The pages that tables of all purposes share: what is in one, which column says what, and the rows
that were left out.
"""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sleek.customers import actions as customers
from sleek.customers.actions import TableRefused
from sleek.customers.models import TableFile
from sleek.customers.rules import Purpose
from sleek.merchants.rules import Right
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.customers.layout import LayoutForm
from sleek.web.dashboard.telling.customers import files, previews
from sleek.web.dashboard.views.tables import bills as of_bills
from sleek.web.dashboard.views.tables import customers as of_customers
from sleek.web.dashboard.views.tables import lines as of_lines
from sleek.web.dashboard.views.tables.desks import SHOWN, Desk
from sleek.web.ui import files as saved

DESKS: dict[str, Desk] = {
    Purpose.CUSTOMERS: of_customers.DESK,
    Purpose.LINES: of_lines.DESK,
    Purpose.BILLS: of_bills.DESK,
}


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    file, desk = _get(request, public_id)
    return desk.take_in(request, file) if request.method == "POST" else _page(request, file, desk)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def columns(request: access.MemberRequest, public_id: str) -> HttpResponse:
    file, desk = _get(request, public_id)
    form = LayoutForm(request.POST, kind=desk.kind, rows=file.grid, layout=file.read_as)
    if not form.is_valid() and not file.imported_at:
        return _page(request, file, desk, form)
    try:
        layout = replace(form.layout(), options=file.read_as.options)
        customers.set_layout(file, desk.kind, layout)
    except TableRefused as error:
        messages.error(request, error.message)
    return redirect("table-show", file.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def left_out(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """The rows that are rejected, with the reasons: to be put right and uploaded again."""
    file, desk = _get(request, public_id)
    rows = files.left_out(file.grid, file.read_as.head_row, file.purpose, desk.rejected(file))
    return saved.xlsx("left-out", _("Left out"), rows)


def _page(
    request: access.MemberRequest, file: TableFile, desk: Desk, form: LayoutForm | None = None
) -> HttpResponse:
    context: dict[str, object] = {"file": file} | desk.around(request, file)
    if file.imported_at:
        context |= previews.left_out(file.purpose, desk.rejected(file), SHOWN)
        return render(request, desk.page_imported, context)
    layout = file.read_as
    context["form"] = form or LayoutForm(None, kind=desk.kind, rows=file.grid, layout=layout)
    if form is None and all(name in layout.places for name in desk.kind.required):
        context |= {"is_readable": True} | desk.preview(request, file)
    return render(request, desk.page, context, status=422 if form is not None else 200)


def _get(request: access.MemberRequest, public_id: str) -> tuple[TableFile, Desk]:
    file = access.get(request, TableFile.objects.select_related("merchant"), public_id)
    desk = DESKS.get(file.purpose)
    if desk is None:
        raise Http404
    return file, desk
