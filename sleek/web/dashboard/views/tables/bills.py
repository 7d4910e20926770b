"""Tables of which each row asks somebody for money: all of them become drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from sleek.core.errors import SleekError
from sleek.customers import actions as customers
from sleek.customers.models import TableFile
from sleek.customers.rules import BILLS, Rejected
from sleek.invoices import actions as invoices
from sleek.invoices import queries
from sleek.invoices.queries import MOST_BILLS, Draft
from sleek.invoices.rules import Nature
from sleek.merchants.rules import Right
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.bills import flaws, prefilling
from sleek.web.dashboard.forms.bills.editor import opened
from sleek.web.dashboard.forms.bills.intake import UsualForm
from sleek.web.dashboard.telling.bills.sources import sheaf as telling
from sleek.web.dashboard.telling.customers import previews
from sleek.web.dashboard.views.tables.desks import SHOWN, Desk, kept, upload_page
from sleek.web.ui import files as saved

PAGE = "dashboard/bills/sheaf/upload.html"
IMPORT = "import"


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: access.MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return upload_page(request, PAGE, "", most=f"{MOST_BILLS:,}")
    file = kept(request, BILLS)
    if isinstance(file, str):
        return upload_page(request, PAGE, file, most=f"{MOST_BILLS:,}")
    return redirect("table-show", file.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def template(request: access.MemberRequest) -> HttpResponse:
    return saved.xlsx("bills-template", _("Bills"), telling.template())


def _rejected(file: TableFile) -> Sequence[Rejected]:
    return queries.sheaf(file, Draft(file.merchant.default_currency)).rejected


def _around(request: access.MemberRequest, file: TableFile) -> dict[str, object]:
    return {"listed": _listed(file)}


def _preview(request: access.MemberRequest, file: TableFile) -> dict[str, object]:
    found = queries.sheaf(file, _base(request))
    return {
        "options": UsualForm(None, usual=found.usual),
        "shown": SHOWN,
        "earlier_url": _listed(found.earlier) if found.earlier else "",
        **telling.preview(found, SHOWN),
        **previews.left_out(file.purpose, found.rejected, SHOWN),
    }


def _take_in(request: access.MemberRequest, file: TableFile) -> HttpResponse:
    """What was chosen beside the table holds from now on; `import` draws the bills up like that."""
    base = _base(request)
    form = UsualForm(request.POST, usual=queries.usual_for(file, base))
    if not form.is_valid():
        messages.error(
            request, _("Choose what is offered, and a number of days between 0 and 365.")
        )
        return redirect("table-show", file.public_id)
    try:
        layout = replace(file.read_as, options=form.usual().pack())
        file = customers.set_layout(file, BILLS, layout)
        if request.POST.get("do") == IMPORT:
            return _import(request, file, base)
    except SleekError as error:
        messages.error(request, flaws.sentence(error, currency=base.currency))
    return redirect("table-show", file.public_id)


def _import(request: access.MemberRequest, file: TableFile, base: Draft) -> HttpResponse:
    file = invoices.take_bills(
        file,
        base,
        leaves_out=bool(request.POST.get("leaves_out")),
        again=bool(request.POST.get("again")),
        by=request.membership,
    )
    if _rejected(file):
        return redirect("table-show", file.public_id)
    count = len(file.made)
    said = ngettext(
        "%(count)s draft is made. Look at it, then issue it.",
        "%(count)s drafts are made. Look at them, then issue and send them all at once.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect(_listed(file))


def _base(request: access.MemberRequest) -> Draft:
    """As the last bill was, in what seldom changes; many at once are sample fees."""
    data = prefilling.fresh(request.merchant)
    draft = opened(request.merchant, data, complains=True).draft
    return replace(draft, lines=(), policy=None, nature=Nature.SAMPLING)


def _listed(file: TableFile) -> str:
    return f"{reverse('bill-index')}?table={file.public_id}"


DESK = Desk(
    kind=BILLS,
    rejected=_rejected,
    preview=_preview,
    around=_around,
    take_in=_take_in,
    page="dashboard/bills/sheaf/show.html",
    page_imported="dashboard/bills/sheaf/imported.html",
)
