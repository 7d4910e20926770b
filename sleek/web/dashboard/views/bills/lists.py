"""The list of bills with what is owed by age, the same list as a file, and acts on several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core import clock, tables
from sleek.core.errors import SleekError
from sleek.core.tables import Cell
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.merchants.rules import Right
from sleek.reports.queries import bills as reports
from sleek.reports.queries import pages
from sleek.reports.queries.bills import Filters, Order, State
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.bills import flaws
from sleek.web.dashboard.forms.bills.acting import ReasonForm
from sleek.web.dashboard.telling.bills import badges, files, words
from sleek.web.dashboard.telling.bills.badges import Badge

AT_ONCE = 100  # bills that one press acts on
TOLD = 3  # refusals that are told one by one


@dataclass(frozen=True, slots=True)
class Row:
    invoice: Invoice
    badges: list[Badge]


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    filters, own = _filters(request), access.own(request, Invoice.objects.all())
    today = _today()
    found = reports.ordered(_found(request, filters), filters.order).select_related("customer")
    page = Paginator(found, pages.SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [Row(bill, badges.of(bill, today)) for bill in page.object_list],
        "filters": filters,
        "states": [(state, words.STATES[state]) for state in State],
        "orders": [(order, words.ORDERS[order]) for order in Order],
        "currencies": sorted(own.values_list("currency", flat=True).distinct()),
        "tags": reports.tags_of(own),
        "aged": reports.aging(own, today=today),
        "columns": words.AGES,
        "may_write": access.may(request, Right.ASK_FOR_MONEY),
        "may_export": access.may(request, Right.EXPORT),
    }
    return render(request, "dashboard/bills/index.html", context)


@access.allowed(Right.EXPORT)
@require_GET
def export_csv(request: access.MemberRequest) -> StreamingHttpResponse:
    """The filtered list as a file, all pages of it; or (`pick`) only those that were ticked."""
    lines = tables.csv_lines(_lines(request))
    return StreamingHttpResponse(
        lines, content_type="text/csv; charset=utf-8", headers=_saved_as("csv")
    )


@access.allowed(Right.EXPORT)
@require_GET
def export_xlsx(request: access.MemberRequest) -> HttpResponse:
    content = tables.workbook(_("Bills"), _lines(request))
    return HttpResponse(content, content_type=tables.XLSX, headers=_saved_as("xlsx"))


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def issue(request: access.MemberRequest) -> HttpResponse:
    """The ticked drafts, each for itself; what needs a second person is not among them."""

    def act(invoice: Invoice) -> None:
        invoices.issue(invoice, by=request.membership)

    done = _each(request, act)
    if done:
        said = ngettext("%(count)s bill is issued.", "%(count)s bills are issued.", done)
        messages.success(request, said % {"count": done})
    return _back(request)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def send(request: access.MemberRequest) -> HttpResponse:
    """The ticked bills, each by mail to its payer."""

    def act(invoice: Invoice) -> None:
        invoices.send(invoice, invoice.payer_email, by=request.user)

    done = _each(request, act)
    if done:
        said = ngettext("%(count)s mail is on its way.", "%(count)s mails are on their way.", done)
        messages.success(request, said % {"count": done})
    return _back(request)


@access.sensitive
@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def void(request: access.MemberRequest) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why they are void; the reason stands on each of them."))
        return _back(request)

    def act(invoice: Invoice) -> None:
        invoices.void(invoice, form.cleaned_data["reason"], by=request.user)

    done = _each(request, act)
    if done:
        said = ngettext("%(count)s bill is void.", "%(count)s bills are void.", done)
        messages.success(request, said % {"count": done})
    return _back(request)


def _each(request: access.MemberRequest, act: Callable[[Invoice], None]) -> int:
    """How many it was done with. One that is refused keeps no other from it, and is told."""
    picked = _picked(request, request.POST.getlist("pick"))
    if not picked:
        messages.error(request, _("Tick some bills first."))
    refused, done = [], 0
    for invoice in picked:
        try:
            act(invoice)
            done += 1
        except SleekError as error:
            why = flaws.sentence(error, currency=invoice.currency, asked=invoice.asked)
            refused.append(f"{words.name(invoice)}: {why}")
    for told in refused[:TOLD]:
        messages.error(request, told)
    if more := len(refused) - TOLD if len(refused) > TOLD else 0:
        said = ngettext("%(count)s more was refused.", "%(count)s more were refused.", more)
        messages.error(request, said % {"count": more})
    return done


def _picked(request: access.MemberRequest, ids: list[str]) -> list[Invoice]:
    plain = [public_id.replace("\x00", "") for public_id in ids[:AT_ONCE]]
    own = access.own(request, Invoice.objects.select_related("merchant"))
    return list(own.filter(public_id__in=plain).order_by("created_at", "pk"))


def _back(request: access.MemberRequest) -> HttpResponseRedirect:
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return redirect(to if is_ours and to.startswith("/bills") else "bill-index")


def _lines(request: access.MemberRequest) -> Iterator[Sequence[Cell]]:
    filters = _filters(request)
    found = _found(request, filters)
    if picked := request.GET.getlist("pick"):
        ids = [public_id.replace("\x00", "") for public_id in picked[:AT_ONCE]]
        found = found.filter(public_id__in=ids)
    return files.bills(
        reports.export(found, filters.order),
        today=_today(),
        language=get_language() or "",
        rights=request.rights,
    )


def _saved_as(ending: str) -> dict[str, str]:
    name = f"bills-{_today().isoformat()}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _found(request: access.MemberRequest, filters: Filters) -> QuerySet[Invoice]:
    own = access.own(request, Invoice.objects.all())
    sees, today = access.may(request, Right.SEE_PERSONAL_DATA), _today()
    return reports.matching(own, filters, today=today, sees_personal=sees)


def _today() -> date:
    return clock.now().astimezone(timezone.get_current_timezone()).date()


def _filters(request: access.MemberRequest) -> Filters:
    asked = {key: str(text).replace("\x00", "") for key, text in request.GET.items()}
    order = asked.get("order", "")
    return Filters(
        text=" ".join(asked.get("q", "").split())[:140],
        state=asked.get("status", ""),
        currency=asked.get("currency", "")[:3],
        tag=asked.get("tag", "")[:40],
        customer=asked.get("customer", "")[:32],
        order=order if order in [*Order] else Order.NEWEST,
    )
