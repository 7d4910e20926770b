"""Tables of customers."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sleek.customers import actions as customers
from sleek.customers.actions import TableRefused
from sleek.customers.models import TableFile
from sleek.customers.rules import CUSTOMERS, Rejected
from sleek.merchants.rules import Right
from sleek.web.dashboard import access
from sleek.web.dashboard.telling.customers import files, previews
from sleek.web.dashboard.views.tables.desks import SHOWN, Desk, kept, upload_page
from sleek.web.ui import files as saved

PAGE = "dashboard/customers/import.html"


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: access.MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return upload_page(request, PAGE, "")
    file = kept(request, CUSTOMERS)
    if isinstance(file, str):
        return upload_page(request, PAGE, file)
    return redirect("table-show", file.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def template(request: access.MemberRequest) -> HttpResponse:
    return saved.xlsx("customers-template", _("Customers"), files.template())


def _rejected(file: TableFile) -> Sequence[Rejected]:
    return customers.read(file, CUSTOMERS).rejected


def _preview(request: access.MemberRequest, file: TableFile) -> dict[str, object]:
    return previews.preview(CUSTOMERS, file.read_as, customers.look_into(file), SHOWN)


def _around(request: access.MemberRequest, file: TableFile) -> dict[str, object]:
    return {}


def _take_in(request: access.MemberRequest, file: TableFile) -> HttpResponse:
    try:
        customers.import_customers(file, request.membership)
    except (TableRefused, customers.TooManyCustomers) as error:
        messages.error(request, error.message)
    return redirect("table-show", file.public_id)


DESK = Desk(
    kind=CUSTOMERS,
    rejected=_rejected,
    preview=_preview,
    around=_around,
    take_in=_take_in,
    page="dashboard/customers/table.html",
    page_imported="dashboard/customers/table_imported.html",
)
