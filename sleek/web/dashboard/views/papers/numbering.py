"""Series of numbers and the register of those given out; when a bill is approved first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from sleek.merchants.rules import RIGHTS, Right
from sleek.papers import actions as papers
from sleek.papers import rules
from sleek.papers.actions import PatternRefused
from sleek.papers.models import Number, Series
from sleek.papers.rules import DEFAULT_PATTERNS, Kind
from sleek.reports.queries import pages
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.papers.numbering import MAX_RULES, PatternForm, RuleForm, explain

KINDS: dict[str, Promise] = {
    Kind.BILL: gettext_lazy("Bills"),
    Kind.RECEIPT: gettext_lazy("Receipts"),
    Kind.CREDIT_NOTE: gettext_lazy("Credit notes"),
}
SAMPLE = 7  # which number is shown as an example


@dataclass(frozen=True, slots=True)
class Numbered:
    """One kind of paper, its series, and the form for another pattern."""

    kind: str
    word: Promise
    pattern: str
    examples: list[str]
    others: list[Series]
    form: PatternForm


@dataclass(frozen=True, slots=True)
class Entry:
    number: Number
    word: Promise
    bill: Invoice | None


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    return _page(request, None, None)


@access.sensitive
@access.allowed(Right.CHANGE_SETTINGS)
@require_POST
def create(request: access.MemberRequest, kind: str) -> HttpResponse:
    """Another pattern from the next number on."""
    if kind not in KINDS:
        raise Http404
    form = PatternForm(request.POST)
    if form.is_valid():
        try:
            pattern = form.cleaned_data["pattern"]
            papers.open_series(request.merchant, Kind(kind), pattern, by=request.user)
            messages.success(request, _("The next number follows the new pattern."))
            return redirect("number-index")
        except PatternRefused as error:
            said = [explain(flaw) for flaw in error.flaws] or [error.message]
            form.add_error("pattern", " ".join(said))
    return _page(request, kind, form, 422)


@access.allowed(Right.READ)
@require_GET
def example(request: access.MemberRequest) -> HttpResponse:
    """What numbers of a pattern that is being typed look like."""
    pattern = " ".join(request.GET.get("pattern", "").split())[: rules.PATTERN_LENGTH + 1]
    flaws = rules.flaws(pattern)
    context = {
        "examples": [] if flaws else _examples(pattern),
        "problem": " ".join(explain(flaw) for flaw in flaws) if pattern else "",
    }
    return render(request, "dashboard/papers_settings/_examples.html", context)


@access.allowed(Right.READ, to_change=Right.CHANGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: access.MemberRequest) -> HttpResponse:
    """When a second person has to look before a bill is issued."""
    is_sent = request.method == "POST"
    forms = [_rule_form(request, place, is_sent=is_sent) for place in range(MAX_RULES)]
    if is_sent and all([form.is_valid() for form in forms]):
        conditions = [form.condition for form in forms if form.condition]
        invoices.set_review_rules(request.merchant, conditions, by=request.user)
        messages.success(request, _("Saved. It holds for every bill that is issued from now on."))
        return redirect("review-rules")
    used = [form for form in forms if form["applies"].value()]
    spare = next((form for form in forms if not form["applies"].value()), None)
    context = {
        "forms": forms,
        "shown": [*used, *([spare] if spare else [])],
        "approvers": _approvers(request.merchant),
        "may_change": access.may(request, Right.CHANGE_SETTINGS),
    }
    status = 422 if is_sent else 200
    return render(request, "dashboard/papers_settings/review.html", context, status=status)


def _rule_form(request: access.MemberRequest, place: int, *, is_sent: bool) -> RuleForm:
    prefix = f"rule-{place}"
    if is_sent:
        return RuleForm(request.POST, prefix=prefix, merchant=request.merchant)
    rows = list(request.merchant.review_rules.select_related("customer").order_by("pk"))
    row = rows[place] if place < len(rows) else None
    initial: dict[str, object] = {"currency": request.merchant.default_currency}
    if row is not None:
        money = Money(row.amount_from, row.currency) if row.amount_from else None
        initial = {
            "applies": True,
            "amount": f"{money.decimal:f}" if money else "",
            "currency": row.currency or request.merchant.default_currency,
            "role": row.author_role,
            "customer": row.customer.public_id if row.customer else "",
            "is_below": row.is_below_quotation,
        }
    return RuleForm(initial=initial, prefix=prefix, merchant=request.merchant)


def _approvers(merchant: Merchant) -> int:
    roles = [role for role, rights in RIGHTS.items() if Right.APPROVE in rights]
    return merchant.memberships.filter(role__in=roles).count()


def _page(
    request: access.MemberRequest, kind: str | None, form: PatternForm | None, status: int = 200
) -> HttpResponse:
    numbers = access.own(request, Number.objects.select_related("series"))
    shown = request.GET.get("kind", "")
    if shown in KINDS:
        numbers = numbers.filter(kind=shown)
    page = Paginator(numbers.order_by("-pk"), pages.SIZE).get_page(request.GET.get("page"))
    context = {
        "kinds": [_numbered(request, each, kind, form) for each in Kind],
        "words": list(KINDS.items()),
        "shown": shown,
        "page": page,
        "entries": _entries(request, list(page.object_list)),
        "may_change": access.may(request, Right.CHANGE_SETTINGS),
    }
    return render(request, "dashboard/papers_settings/numbers.html", context, status=status)


def _numbered(
    request: access.MemberRequest, each: Kind, kind: str | None, form: PatternForm | None
) -> Numbered:
    series = request.merchant.series.filter(kind=each, archived_at=None)
    current = series.filter(is_default=True).first()
    pattern = current.pattern if current else DEFAULT_PATTERNS[each]
    shown = form if form is not None and kind == each else PatternForm(initial={"pattern": pattern})
    others = list(series.exclude(is_default=True).order_by("-pk"))
    return Numbered(each, KINDS[each], pattern, _examples(pattern), others, shown)


def _examples(pattern: str) -> list[str]:
    """Of today, and of the first day of next year."""
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    later = date(today.year + 1, 1, 1)
    return [rules.text(pattern, today, SAMPLE), rules.text(pattern, later, 1)]


def _entries(request: access.MemberRequest, numbers: list[Number]) -> list[Entry]:
    own = access.own(request, Invoice.objects.all())
    bills = {
        bill.public_id: bill
        for bill in own.filter(public_id__in=[number.subject for number in numbers])
    }
    return [Entry(each, KINDS[each.kind], bills.get(each.subject)) for each in numbers]
