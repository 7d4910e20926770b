"""One link: what came of it, everything to share it by, and ending it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.links import actions as links
from sleek.links.models import PaymentLink, Plea
from sleek.links.rules import LinkState
from sleek.merchants.rules import Right
from sleek.payments.models import Payment
from sleek.reports.queries import links as reports
from sleek.reports.queries import pages
from sleek.reports.queries import payments as payment_reports
from sleek.reports.queries.pages import Place
from sleek.splits.models import Plan
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.links.prefilling import PrefillForm
from sleek.web.dashboard.telling import share, sketch
from sleek.web.dashboard.telling.share import codes, papers, snippets
from sleek.web.dashboard.telling.share import messages as telling
from sleek.web.dashboard.views.links.lists import kinds
from sleek.web.ui.middleware import content_policy

RECENT = 10  # payments shown on a link's own page
GUARDED_FOR = timedelta(hours=1)  # how long it is told that strangers try many cards on it


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = _get(request, public_id)
    [row] = reports.with_figures([link], clock.now())
    opened = access.own(request, Payment.objects.filter(link=link))
    latest = pages.page(opened, Place(), by="created_at", size=RECENT)
    may_change = access.may(request, Right.ASK_FOR_MONEY)
    context = {
        "row": row,
        "link": link,
        "kind": dict(kinds())[link.amount_kind],
        "bounds": sketch.payable(link.ask),
        "methods": sketch.methods(request.merchant, sketch.payable(link.ask)),
        "payments": payment_reports.with_attempts(latest.rows),
        "has_more": bool(latest.older),
        "stickers": [each for each in reports.with_stickers(link) if not each.sticker.revoked_at],
        "pleas": _pleas(request, link),
        "guarded": reports.guarded(link, clock.now() - GUARDED_FOR),
        "may_change": may_change,
        "plans": _plans(request),
        "may_archive": may_change and row.state != LinkState.ARCHIVED,
        "prefill": PrefillForm(request.GET or None, link=link) if may_change else None,
        **_sharing(request, link),
    }
    response = render(request, "dashboard/links/show.html", context)
    response["Content-Security-Policy"] = content_policy(request, frames="'self'")
    return response


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def pause(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = _get(request, public_id)
    try:
        links.pause(link, by=request.user)
        messages.success(request, _("Paused. Whoever opens the link now cannot pay."))
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("link-show", link.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def resume(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = _get(request, public_id)
    try:
        links.resume(link, by=request.user)
        messages.success(request, _("The link can be paid again."))
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("link-show", link.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def archive(request: access.MemberRequest, public_id: str) -> HttpResponse:
    link = _get(request, public_id)
    links.archive(link, by=request.user)
    messages.success(request, _("Archived. Nobody can pay it any more; what was paid stays."))
    return redirect("link-show", link.public_id)


@access.allowed(Right.ANSWER_PAYERS)
@require_POST
def answer(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """The payer who asked for a new link has been seen to."""
    plea = access.get(request, Plea.objects.select_related("link"), public_id)
    links.answer_plea(plea, by=request.user)
    messages.success(request, _("Marked as answered."))
    return redirect("link-show", plea.link.public_id)


@access.allowed(Right.READ)
@require_GET
def qr(request: access.MemberRequest, public_id: str, kind: str) -> HttpResponse:
    """The QR code as a file: `svg` for print of any size, `png` for chats, `pdf` to print now."""
    link = _get(request, public_id)
    if kind == "pdf":
        return _file(papers.code(link), "application/pdf", f"sleek-{link.token}.pdf")
    if kind not in codes.FILES:
        raise Http404
    body, content_type = codes.file(share.address(link), kind, link.brand.logo)
    return _file(body, content_type, f"sleek-{link.token}.{kind}")


@access.allowed(Right.READ)
@require_GET
def poster(request: access.MemberRequest, public_id: str, kind: str) -> HttpResponse:
    """The code with what it is for, in the brand's colour: `pdf` for the wall, `png` for posts."""
    content_type = {"pdf": "application/pdf", "png": "image/png"}.get(kind)
    if content_type is None:
        raise Http404
    link = _get(request, public_id)
    return _file(papers.poster(link, kind), content_type, f"poster-{link.token}.{kind}")


@access.allowed(Right.READ)
@require_GET
@xframe_options_sameorigin
def button(request: access.MemberRequest, public_id: str, form: str) -> HttpResponse:
    """The snippet on a page of its own, for the frame that previews it: it carries its style, which
    our own pages' policy forbids. Nothing runs there and nothing leads away.
    """
    if form not in snippets.FORMS:
        raise Http404
    link = _get(request, public_id)
    url = share.address(link)
    word = telling.invite(link, url, _language(request)).button
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    body = f'<!doctype html><meta charset="utf-8">{snippets.snippet(form, link, url, word)}'
    return HttpResponse(body, headers={"Content-Security-Policy": policy})


def _sharing(request: access.MemberRequest, link: PaymentLink) -> dict[str, object]:
    url, language = share.address(link), _language(request)
    invited = telling.invite(link, url, language)
    return {
        "url": url,
        "qr": codes.drawing(url, link.brand.logo),
        "invited": invited,
        "messages_to": telling.messages_to(invited, url),
        "languages": telling.languages(),
        "spoken": language,
        "snippets": [
            (form, snippets.snippet(form, link, url, invited.button)) for form in snippets.FORMS
        ],
    }


def _pleas(request: access.MemberRequest, link: PaymentLink) -> list[Plea]:
    if not access.may(request, Right.ANSWER_PAYERS):
        return []
    return list(reports.open_pleas(request.merchant, link))


def _language(request: HttpRequest) -> str:
    """That of the message, which the payer reads."""
    wish, known = request.GET.get("to", ""), [code for code, _name in telling.languages()]
    return wish if wish in known else "en"


def _plans(request: access.MemberRequest) -> list[Plan]:
    """Those that may be chosen, by who may choose."""
    if not access.may(request, Right.MANAGE_SPLITS):
        return []
    return list(access.own(request, Plan.objects.filter(archived_at=None)).order_by("name"))


def _get(request: access.MemberRequest, public_id: str) -> PaymentLink:
    return access.get(request, _links(), public_id)


def _links() -> QuerySet[PaymentLink]:
    return PaymentLink.objects.select_related(
        "created_by", "brand__merchant", "brand__logo", "uses", "pieces"
    )


def _file(body: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)
