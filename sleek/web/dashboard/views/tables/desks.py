"""What a purpose adds to the pages of tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sleek.core import tables
from sleek.core.tables import UnreadableTable
from sleek.customers import actions as customers
from sleek.customers.models import TableFile
from sleek.customers.rules import Kind, Rejected
from sleek.web.dashboard import access
from sleek.web.dashboard.telling import customers as telling

SHOWN = 100  # rows of each list of a preview


@dataclass(frozen=True, slots=True)
class Desk:
    """How the tables of one purpose are read and imported, and the pages that show them.

    `preview` is what the page of a table tells that can be read, `imported` what the page of one
    tells that came in, and `around` what both do; `take_in` answers who presses the button.
    """

    kind: Kind[Any]
    rejected: Callable[[TableFile], Sequence[Rejected]]
    preview: Callable[[access.MemberRequest, TableFile], dict[str, object]]
    around: Callable[[access.MemberRequest, TableFile], dict[str, object]]
    take_in: Callable[[access.MemberRequest, TableFile], HttpResponse]
    page: str
    page_imported: str


def kept(request: access.MemberRequest, kind: Kind[Any], *, subject: str = "") -> TableFile | str:
    """The table that was sent, to be looked at; or why it is not read."""
    file = request.FILES.get("table")
    if file is None:
        return _("Choose a file first.")
    content = file.read(tables.MAX_BYTES + 1)
    try:
        name = file.name or ""
        return customers.keep_table(request.membership, kind, name, content, subject=subject)
    except UnreadableTable as error:
        return telling.refusal(error)


def upload_page(request: HttpRequest, page: str, refusal: str, **more: object) -> HttpResponse:
    context = {"refusal": refusal} | more
    return render(request, page, context, status=422 if refusal else 200)
