"""The stickers of a reusable link: made, printed, counted, revoked one by one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sleek.core.errors import SleekError
from sleek.links import actions as links
from sleek.links.models import PaymentLink, Sticker
from sleek.merchants.rules import Right
from sleek.reports.queries import links as reports
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.links.sending import StickersForm
from sleek.web.dashboard.telling.share import codes, papers


@access.allowed(Right.READ, to_change=Right.ASK_FOR_MONEY)
def index(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = _get(request, public_id)
    form = StickersForm(request.POST or None)
    if form.is_valid():
        try:
            made = links.add_stickers(link, form.cleaned_data["labels"], by=request.user)
            done = ngettext(
                "%(count)s sticker is ready.", "%(count)s stickers are ready.", len(made)
            )
            messages.success(request, done % {"count": len(made)})
            return redirect("sticker-index", link.public_id)
        except SleekError as refusal:
            form.add_error(None, refusal.message)
    rows = reports.with_stickers(link)
    context = {
        "link": link,
        "form": form,
        "rows": [(row, codes.sticker_address(row.sticker)) for row in rows],
        "sheets": list(papers.PER_SHEET),
        "has_good": any(row.sticker.revoked_at is None for row in rows),
        "may_change": access.may(request, Right.ASK_FOR_MONEY),
    }
    return render(request, "dashboard/links/stickers.html", context)


@access.allowed(Right.READ)
@require_GET
def sheet(request: access.MemberRequest, public_id: str, per_page: int) -> HttpResponse:
    """All good stickers to print, or (`only`) one of them, as often as fits on the page."""
    link = _get(request, public_id)
    good = link.stickers.filter(revoked_at=None).order_by("pk")
    only = request.GET.get("only", "")
    stickers = list((good.filter(public_id=only) if only else good)[: papers.MAX_STICKERS])
    if per_page not in papers.PER_SHEET or not stickers:
        raise Http404
    if only:
        stickers *= per_page
    body = papers.sheet(link.brand, stickers, per_page)
    headers = {"Content-Disposition": f'attachment; filename="stickers-{link.token}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def revoke(request: access.MemberRequest, public_id: str) -> HttpResponse:
    sticker = access.get(request, Sticker.objects.select_related("link"), public_id)
    links.revoke_sticker(sticker, by=request.user)
    words = {"label": sticker.label}
    messages.success(request, _("“%(label)s” is no longer good. The others are.") % words)
    return redirect("sticker-index", sticker.link.public_id)


def _get(request: access.MemberRequest, public_id: str) -> PaymentLink:
    """Stickers hang for long: a link that is paid once has none."""
    known = PaymentLink.objects.select_related("brand__merchant", "brand__logo")
    return access.get(request, known.filter(is_reusable=True), public_id)
