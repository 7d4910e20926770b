"""The brands: listed, made, changed, made the default, put away."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core.errors import SleekError
from sleek.links.rules import AmountKind
from sleek.merchants import actions as merchants
from sleek.merchants.models import Brand, Picture
from sleek.merchants.rules import Right, is_color
from sleek.merchants.rules.pictures import MAX_BYTES
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.brands import BrandForm, initial_of
from sleek.web.dashboard.telling import sketch
from sleek.web.ui.drafts import Draft
from sleek.web.ui.middleware import content_policy

SAMPLE = 5000  # minor units: what the preview asks for


@access.allowed(Right.CUSTOMISE)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    rows = access.own(request, _brands()).order_by("archived_at", "-is_default", "pk")
    context = {
        "brands": [brand for brand in rows if brand.archived_at is None],
        "archived": [brand for brand in rows if brand.archived_at],
        "terms": request.merchant.terms.order_by("-version").first(),
    }
    return render(request, "dashboard/brands/index.html", context)


@access.allowed(Right.CUSTOMISE)
def create(request: access.MemberRequest) -> HttpResponse:
    form = BrandForm(request.POST or None)
    logo = _uploaded(request, form)
    if form.is_valid():
        try:
            merchants.create_brand(request.merchant, form.face(logo), by=request.user)
            messages.success(request, _("The brand is ready. Choose it when you make a link."))
            return redirect("brand-index")
        except SleekError as refusal:
            form.add_error(None, refusal.message)
    return _page(request, form, None, logo)


@access.allowed(Right.CUSTOMISE)
def edit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    brand = access.get(request, _brands(), public_id)
    form = BrandForm(request.POST or None, initial=initial_of(brand))
    logo = _uploaded(request, form) or brand.logo
    if form.is_valid():
        try:
            merchants.update_brand(brand, form.face(logo), by=request.user)
            messages.success(request, _("Saved. Every link that wears it shows it at once."))
            return redirect("brand-index")
        except SleekError as refusal:
            form.add_error(None, refusal.message)
    return _page(request, form, brand, logo)


@access.allowed(Right.CUSTOMISE)
@require_POST
def preview(request: access.MemberRequest) -> HttpResponse:
    """The payer's page in the brand that is being typed. It makes nothing."""
    form = BrandForm(request.POST)
    form.is_valid()
    context = {"is_fragment": True, **_drawn(request, form, _kept(request))}
    return render(request, "dashboard/brands/_preview.html", context)


@access.allowed(Right.CUSTOMISE)
@require_POST
def make_default(request: access.MemberRequest, public_id: str) -> HttpResponse:
    brand = access.get(request, _brands(), public_id)
    try:
        merchants.make_default(brand, by=request.user)
        messages.success(request, _("New links wear this brand from now on."))
    except SleekError as refusal:
        messages.error(request, refusal.message, extra_tags="bad")
    return redirect("brand-index")


@access.allowed(Right.CUSTOMISE)
@require_POST
def archive(request: access.MemberRequest, public_id: str) -> HttpResponse:
    brand = access.get(request, _brands(), public_id)
    try:
        merchants.archive_brand(brand, by=request.user)
        messages.success(request, _("Archived. Links that wear it keep it."))
    except SleekError as refusal:
        messages.error(request, refusal.message, extra_tags="bad")
    return redirect("brand-index")


def _brands() -> QuerySet[Brand]:
    return Brand.objects.select_related("merchant", "logo").defer("logo__content")


def _uploaded(request: access.MemberRequest, form: BrandForm) -> Picture | None:
    """The logo that came with the form or was kept of an earlier try; a wrong file is told."""
    file = request.FILES.get("logo")
    if not file:
        return _kept(request)
    try:
        return merchants.keep_logo(request.merchant, file.read(MAX_BYTES + 1))
    except SleekError as refusal:
        form.add_error(None, f"{file.name}: {refusal.message}")
        return None


def _kept(request: access.MemberRequest) -> Picture | None:
    public_id = request.POST.get("logo_kept", "")
    own = access.own(request, Picture.objects.defer("content"))
    return own.filter(public_id=public_id).first() if public_id else None


def _page(
    request: access.MemberRequest, form: BrandForm, brand: Brand | None, logo: Picture | None
) -> HttpResponse:
    context = {"form": form, "brand": brand, "logo": logo, **_drawn(request, form, logo)}
    response = render(request, "dashboard/brands/edit.html", context)
    response["Content-Security-Policy"] = content_policy(request, frames="'self'")
    return response


def _drawn(
    request: access.MemberRequest, form: BrandForm, logo: Picture | None
) -> dict[str, object]:
    color = str(form["accent_color"].value() or "").lower()
    color = color if is_color(color) else "#0f5c73"
    ratio, is_readable = sketch.reads_well(color)
    draft = Draft(
        merchant=request.merchant.public_id,
        kind=AmountKind.FIXED,
        currency=request.merchant.default_currency,
        amount=SAMPLE,
        reason=_("Sample fee, vase no. 3"),
        brand_name=str(form["name"].value() or "") or request.merchant.name,
        accent_color=color,
        logo=logo.public_id if logo and not form["removes_logo"].value() else "",
        language=get_language() or "",
    )
    return {
        "sketch": sketch.Sketch(sketch.preview_url(draft), "", [], [], False),
        "ratio": ratio,
        "is_readable": is_readable,
    }
