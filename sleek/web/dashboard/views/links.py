"""Payment links: the list, the short form with its preview, and the page to share from."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.links import actions as links
from sleek.links.models import PaymentLink
from sleek.links.rules import LinkState
from sleek.merchants.rules import Right
from sleek.payments.models import Payment
from sleek.reports.queries import links as reports
from sleek.reports.queries import pages
from sleek.reports.queries import payments as payment_reports
from sleek.reports.queries.pages import Place
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.links import LinkForm
from sleek.web.dashboard.telling import share, sketch
from sleek.web.ui import words

RECENT = 10  # payments shown on a link's own page


@access.member
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    text, state = request.GET.get("q", "").strip()[:140], request.GET.get("status", "")
    place = Place(request.GET.get("before", ""), request.GET.get("after", ""))
    own = access.own(request, PaymentLink.objects.all())
    now = clock.now()
    page = reports.links(own, place, text=text, state=state, now=now)
    context = {
        "rows": reports.with_figures(page.rows, now),
        "page": page,
        "q": text,
        "state": state,
        "states": [(key, words.status("paymentlink", key)) for key in LinkState],
        "is_filtered": bool(text or state),
        "may_create": access.may(request, Right.ASK_FOR_MONEY),
    }
    return render(request, "dashboard/links/index.html", context)


@access.allowed(Right.ASK_FOR_MONEY)
def create(request: access.MemberRequest) -> HttpResponse:
    """The form. A GET with fields shows them with their preview, so it works without a script."""
    if request.method == "POST":
        form = LinkForm(request.POST)
        if form.is_valid() and form.money:
            link = links.create(
                request.merchant,
                form.money,
                form.cleaned_data["reason"],
                by=request.user,
                is_reusable=form.cleaned_data["use"] == "reusable",
                expires_at=form.expires_at,
            )
            messages.success(request, _("The link is ready. Send it to your customer."))
            return redirect("link-show", link.public_id)
    elif "amount" in request.GET:
        form = LinkForm(request.GET)
    else:
        form = LinkForm(initial={"currency": request.merchant.default_currency, "use": "single"})
    context = {"form": form, "sketch": sketch.of(request.merchant, form)}
    return render(request, "dashboard/links/create.html", context)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def preview(request: access.MemberRequest) -> HttpResponse:
    """What the payer will see of what has been typed so far, to stand beside the form."""
    context = {"sketch": sketch.of(request.merchant, LinkForm(request.GET)), "is_fragment": True}
    return render(request, "dashboard/links/_preview.html", context)


@access.member
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = access.get(request, PaymentLink.objects.select_related("created_by"), public_id)
    [row] = reports.with_figures([link], clock.now())
    opened = access.own(request, Payment.objects.filter(link=link))
    latest = pages.page(opened, Place(), by="created_at", size=RECENT)
    url = share.address(link)
    context = {
        "row": row,
        "link": link,
        "url": url,
        "qr": share.drawing(url),
        "messages_to": share.messages_to(link, url),
        "methods": sketch.methods(request.merchant, link.money),
        "payments": payment_reports.with_attempts(latest.rows),
        "has_more": bool(latest.older),
        "may_change": access.may(request, Right.ASK_FOR_MONEY),
    }
    return render(request, "dashboard/links/show.html", context)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def pause(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = access.get(request, PaymentLink.objects.all(), public_id)
    links.pause(link, by=request.user)
    messages.success(request, _("Paused. Whoever opens the link now cannot pay."))
    return redirect("link-show", link.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def resume(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = access.get(request, PaymentLink.objects.all(), public_id)
    try:
        links.resume(link, by=request.user)
        messages.success(request, _("The link can be paid again."))
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("link-show", link.public_id)


@access.member
@require_GET
def qr(request: access.MemberRequest, public_id: str, kind: str) -> HttpResponse:
    """The QR code as a file: `svg` for print of any size, `png` for chats."""
    link = access.get(request, PaymentLink.objects.all(), public_id)
    if kind not in share.FILES:
        raise Http404
    body, content_type = share.file(share.address(link), kind)
    name = f"sleek-{link.token}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)
