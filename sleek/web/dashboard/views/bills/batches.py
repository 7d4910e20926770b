"""Batches: how far one is, what was refused and why, stopping it, trying again."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from sleek.invoices import queries
from sleek.invoices.actions import batching
from sleek.invoices.models import Batch
from sleek.invoices.rules import BatchKind, BatchOutcome
from sleek.merchants.rules import Right
from sleek.reports.queries import pages
from sleek.web.dashboard import access
from sleek.web.dashboard.telling.bills import batches


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    own = access.own(request, Batch.objects.select_related("created_by"))
    page = Paginator(own.order_by("-created_at", "-pk"), pages.SIZE).get_page(
        request.GET.get("page")
    )
    rows = [batches.told(batch, request.rights) for batch in page.object_list]
    context = {"page": page, "rows": rows}
    return render(request, "dashboard/bills/batches/index.html", context)


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """It asks for itself again while it is worked off."""
    batch = _get(request, public_id)
    refused = batch.items.filter(outcome=BatchOutcome.REFUSED).order_by("pk")
    page = Paginator(refused, pages.SIZE).get_page(request.GET.get("page"))
    items = list(page.object_list)
    context = {
        "told": batches.told(batch, request.rights),
        "page": page,
        "refused": batches.refusals(items, queries.bills_of(items)),
        "may_write": access.may(request, Right.ASK_FOR_MONEY),
    }
    return render(request, "dashboard/bills/batches/show.html", context)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def stop(request: access.MemberRequest, public_id: str) -> HttpResponse:
    batch = batching.stop(_get(request, public_id), by=request.user)
    return redirect("bill-batch-show", batch.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def again(request: access.MemberRequest, public_id: str) -> HttpResponse:
    batch = _get(request, public_id)
    if batch.kind == BatchKind.VOID:  # asks for a proof first, at an address of its own
        raise Http404
    return _again(request, batch)


@access.sensitive
@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def void_again(request: access.MemberRequest, public_id: str) -> HttpResponse:
    return _again(request, _get(request, public_id))


def _again(request: access.MemberRequest, batch: Batch) -> HttpResponse:
    try:
        batch = batching.again(batch, by=request.membership)
    except batching.BatchRefused as error:
        messages.error(request, error.message)
    return redirect("bill-batch-show", batch.public_id)


def _get(request: access.MemberRequest, public_id: str) -> Batch:
    return access.get(request, Batch.objects.select_related("created_by", "stopped_by"), public_id)
