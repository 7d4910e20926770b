"""Plans by which payments are shared out, and the shares that other merchants offer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.rules import Right
from sleek.splits import actions as splits
from sleek.splits import rules
from sleek.splits.actions import PlanRefused
from sleek.splits.models import Plan, Share
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.splits import FLAWS, PlanForm, SharesForm

EXAMPLE = 100_00  # minor units of the merchant's currency, shared out beside each plan


@access.allowed(Right.MANAGE_SPLITS)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    plans = access.own(request, Plan.objects.filter(archived_at=None)).prefetch_related("shares")
    paid = Money(EXAMPLE, request.merchant.default_currency)
    context = {
        "number": request.merchant.public_id,
        "example": paid,
        "plans": [(plan, _shared_out(plan, paid)) for plan in plans.order_by("-pk")],
        "offered": _offered(request),
    }
    return render(request, "dashboard/splits/index.html", context)


@access.sensitive
@access.allowed(Right.MANAGE_SPLITS)
def create(request: access.MemberRequest) -> HttpResponse:
    form = PlanForm(request.POST or None)
    shares = SharesForm(request.POST or None)
    if form.is_valid() and shares.is_valid():
        wishes = [row.wish for row in shares if row.wish]
        try:
            splits.create_plan(request.membership, form.cleaned_data["name"], wishes)
            messages.success(request, _("The plan is ready. Choose it on a link's page."))
            return redirect("plan-index")
        except PlanRefused as error:
            form.add_error(None, str(FLAWS[error.flaw]) if error.flaw else error.message)
    return render(request, "dashboard/splits/create.html", {"form": form, "shares": shares})


@access.sensitive
@access.allowed(Right.MANAGE_SPLITS)
@require_POST
def archive(request: access.MemberRequest, public_id: str) -> HttpResponse:
    splits.archive(access.get(request, Plan.objects.all(), public_id), request.membership)
    messages.success(request, _("Nothing new is shared out by this plan."))
    return redirect("plan-index")


@access.sensitive
@access.allowed(Right.MANAGE_SPLITS)
@require_POST
def accept(request: access.MemberRequest, public_id: str) -> HttpResponse:
    splits.accept(_share(request, public_id), request.membership)
    messages.success(request, _("Agreed. Your share of each payment comes by itself from now on."))
    return redirect("plan-index")


@access.sensitive
@access.allowed(Right.MANAGE_SPLITS)
@require_POST
def decline(request: access.MemberRequest, public_id: str) -> HttpResponse:
    splits.decline(_share(request, public_id), request.membership)
    messages.success(request, _("Nothing more is shared with you by this plan."))
    return redirect("plan-index")


@access.sensitive
@access.allowed(Right.MANAGE_SPLITS)
@require_POST
def attach(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """By which plan a link's payments are shared out from now on."""
    link = access.get(request, PaymentLink.objects.all(), public_id)
    wanted = request.POST.get("plan", "")
    plan = access.get(request, Plan.objects.all(), wanted) if wanted else None
    try:
        splits.attach(link, plan, request.membership)
        messages.success(request, _("Saved. It counts for payments from now on."))
    except PlanRefused as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("link-show", link.public_id)


def _shared_out(plan: Plan, paid: Money) -> list[tuple[Share, Money]]:
    return [(share, rules.portion(paid, share.millionths)) for share in plan.shares.all()]


def _offered(request: access.MemberRequest) -> list[Share]:
    """Shares in others' plans; those that were declined are not shown again."""
    offered = Share.objects.filter(beneficiary=request.merchant, declined_at=None)
    return list(offered.order_by("accepted_at", "-pk"))


def _share(request: access.MemberRequest, public_id: str) -> Share:
    return get_object_or_404(Share, public_id=public_id, beneficiary=request.merchant)
