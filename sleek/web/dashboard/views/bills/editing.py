"""The editor of a bill, with its paper beside it.

Everything works by sending the form: a button that adds a row, finds a customer or looks at the
paper sends it all, and the page comes back with nothing lost. HTMX takes from that page only the
part that it needs.
"""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sleek.core.errors import SleekError
from sleek.customers import queries as customers
from sleek.customers.models import Customer
from sleek.customers.queries import Filters
from sleek.invoices import actions as invoices
from sleek.invoices import rules
from sleek.invoices.actions import ChangedMeanwhile, Page
from sleek.invoices.models import Invoice
from sleek.invoices.rules import InvoiceStatus, Nature
from sleek.merchants.rules import Right
from sleek.reports.queries import bills as reports
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.bills import editing, flaws, prefilling, rows
from sleek.web.dashboard.forms.bills.editor import Editor, opened
from sleek.web.dashboard.telling.bills import sketch
from sleek.web.dashboard.telling.bills.sketch import Sketch
from sleek.web.dashboard.views.bills import mine

MATCHES = 6  # customers offered while typing
SAVE, FINISH, TABLE = "save", "finish", "table"


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: access.MemberRequest) -> HttpResponse:
    """Empty, or with a payer of the address book (`customer`), or for a deposit (`nature`)."""
    if request.method == "POST":
        return _posted(request, None)
    data = prefilling.fresh(request.merchant)
    if request.GET.get("nature") in [*Nature]:
        data["nature"] = request.GET["nature"]
    customer = _customer(request, request.GET.get("customer", ""))
    return _page(request, editing.filled(data, customer) if customer else data, None)


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    invoice = access.get(request, mine.bills(), public_id)
    if invoice.status not in rules.UNISSUED:
        messages.error(
            request, _("This bill is issued. Void it and issue a corrected one instead.")
        )
        return redirect("bill-show", invoice.public_id)
    if request.method == "POST":
        return _posted(request, invoice)
    return _page(request, prefilling.of(invoice), invoice)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def preview(request: access.MemberRequest) -> HttpResponse:
    """What has been typed so far: its figures and its paper. It makes nothing."""
    invoice = _drafts(request).filter(public_id=_plain(request.POST.get("bill", ""))).first()
    drawn = _sketch(request, request.POST, invoice)
    return render(request, "dashboard/bills/_sketch.html", {"sketch": drawn, "is_live": True})


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def matches(request: access.MemberRequest) -> HttpResponse:
    """Customers like what is typed as the payer."""
    context = {"found": _matches(request, request.POST.get("payer_name", ""))}
    return render(request, "dashboard/bills/_matches.html", context)


def _posted(request: access.MemberRequest, invoice: Invoice | None) -> HttpResponse:
    data = request.POST
    if wish := data.get("arrange", ""):
        arranged = rows.arranged(data, wish)
        return _page(request, arranged.data, invoice, focus=arranged.focus)
    if customer := _customer(request, data.get("choose", "")):
        return _page(request, editing.filled(data, customer), invoice, focus="line-0-item")
    if data.get("do") == "forget":
        return _page(request, _without_customer(data), invoice, focus="payer_name")
    if data.get("do") not in (SAVE, FINISH, TABLE):
        return _page(request, data, invoice, finds=data.get("do") == "find")
    return _save(request, opened(request.merchant, data, complains=True, invoice=invoice), invoice)


def _without_customer(data: QueryDict) -> QueryDict:
    data = data.copy()
    data["customer"] = ""
    return data


def _save(request: access.MemberRequest, editor: Editor, invoice: Invoice | None) -> HttpResponse:
    if not editor.is_valid:
        return _again(request, editor, invoice, 422)
    page = Page(
        draft=editor.draft,
        invoice=invoice,
        revision=rows.whole(editor.data.get("revision", "")) or 0,
        newcomer=editor.bill.newcomer,
    )
    finishes = editor.data.get("do") == FINISH
    try:
        saved = (invoices.finish if finishes else invoices.draw_up)(page, by=request.membership)
    except SleekError as error:
        asked = sketch.asked(editor, by=request.membership, invoice=invoice)
        flaws.complain(editor, error, asked=asked)
        return _again(request, editor, invoice, 409 if isinstance(error, ChangedMeanwhile) else 422)
    if editor.data.get("do") == TABLE:
        return redirect("bill-lines", saved.public_id)
    messages.success(request, _done(saved))
    return redirect("bill-show", saved.public_id)


def _done(saved: Invoice) -> str:
    if saved.status == InvoiceStatus.OPEN:
        return _("Issued as %(number)s. Send it to your customer.") % {"number": saved.number}
    if saved.status == InvoiceStatus.IN_REVIEW:
        return _("Handed in. A second person has to approve it before it is issued.")
    return _("The draft is saved.")


def _page(
    request: access.MemberRequest,
    data: QueryDict,
    invoice: Invoice | None,
    *,
    focus: str = "",
    finds: bool = False,
) -> HttpResponse:
    """Nothing is complained about that nobody has finished typing."""
    editor = opened(request.merchant, data, invoice=invoice)
    editor.focus(focus)
    context: dict[str, object] = {}
    if finds:
        context["found"] = _matches(request, data.get("payer_name", ""))
    return _render(request, editor, invoice, context)


def _again(
    request: access.MemberRequest, editor: Editor, invoice: Invoice | None, status: int
) -> HttpResponse:
    return _render(request, editor, invoice, {}, status)


def _render(
    request: access.MemberRequest,
    editor: Editor,
    invoice: Invoice | None,
    more: dict[str, object],
    status: int = 200,
) -> HttpResponse:
    customer = editor.bill.chosen_customer
    context: dict[str, object] = {
        "editor": editor,
        "form": editor.bill,
        "bill": invoice,
        "revision": editor.data.get("revision") or (invoice.revision if invoice else ""),
        "customer": customer,
        "promises": reports.promises(customer) if customer else [],
        "others": reports.naming(request.merchant, _numbers(editor), but=invoice),
        "sketch": _sketch(request, editor.data, invoice),
        "tags": reports.tags_of(access.own(request, Invoice.objects.all())),
    }
    return render(request, "dashboard/bills/edit.html", context | more, status=status)


def _sketch(request: access.MemberRequest, data: QueryDict, invoice: Invoice | None) -> Sketch:
    """HTMX asks for rows alone, and for the paper when they have come."""
    bound = opened(request.merchant, data, complains=True, invoice=invoice)
    draws = request.headers.get("HX-Target") in (None, "sketch")
    return sketch.sketch(bound, by=request.membership, invoice=invoice, draws=draws)


def _numbers(editor: Editor) -> list[str]:
    found = (str(each["number"].value() or "").strip() for each in editor.documents)
    return [number for number in found if number]


def _matches(request: access.MemberRequest, typed: str) -> list[Customer]:
    text = " ".join(_plain(typed).split())[:140]
    own = access.own(request, Customer.objects.all())
    found = customers.matching(own, Filters(text=text), sees_personal=True)
    return list(found.order_by("name", "pk")[:MATCHES])


def _customer(request: access.MemberRequest, public_id: str) -> Customer | None:
    own = access.own(request, Customer.objects.filter(archived_at=None))
    return own.filter(public_id=_plain(public_id)).first() if public_id else None


def _drafts(request: access.MemberRequest) -> QuerySet[Invoice]:
    return access.own(request, mine.bills()).filter(status__in=rules.UNISSUED)


def _plain(text: str) -> str:
    """PostgreSQL takes no NUL."""
    return text.replace("\x00", "")
