"""Making a link and dressing it, with the payer's page beside the form."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sleek.core.errors import SleekError
from sleek.links import actions as links
from sleek.links import rules
from sleek.links.models import PaymentLink
from sleek.merchants import actions as merchants
from sleek.merchants.actions import Face
from sleek.merchants.models import Brand, Picture
from sleek.merchants.rules import Right, is_color
from sleek.merchants.rules.pictures import MAX_BYTES
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.links import asking, looking
from sleek.web.dashboard.forms.links.asking import AskForm
from sleek.web.dashboard.forms.links.looking import LookForm
from sleek.web.dashboard.telling import sketch
from sleek.web.dashboard.telling.sketch import Sketch
from sleek.web.ui.middleware import content_policy

KNOWN_TAGS = 30  # offered while typing


@access.allowed(Right.ASK_FOR_MONEY)
def create(request: access.MemberRequest) -> HttpResponse:
    """The form. A GET with fields shows them with their preview, so it works without a script."""
    if request.method == "POST":
        data, complaints = _with_uploads(request)
        ask_form, look_form = AskForm(data), _look_form(request, data)
        _complain(look_form, complaints)
        if ask_form.is_valid() & look_form.is_valid() and ask_form.ask:
            try:
                link = _made(request, ask_form, look_form)
                messages.success(request, _("The link is ready. Send it to your customer."))
                return redirect("link-show", link.public_id)
            except SleekError as refusal:
                ask_form.add_error(None, refusal.message)
    elif "amount" in request.GET:
        ask_form, look_form = AskForm(request.GET), _look_form(request, request.GET)
    else:
        like = _like(request)
        ask_form = AskForm(initial=_initial(request, like))
        look_form = _look_form(request, initial=looking.typed_like(like) if like else {})
    drawn = sketch.of(request.merchant, ask_form, look_form, _logo(request, look_form))
    return _page(request, "create", ask_form, look_form, drawn)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def preview(request: access.MemberRequest) -> HttpResponse:
    """What the payer will see of what has been typed so far. It makes nothing."""
    ask_form, look_form = AskForm(request.POST), _look_form(request, request.POST)
    drawn = sketch.of(request.merchant, ask_form, look_form, _logo(request, look_form))
    context = {"sketch": drawn, "look": look_form, "is_fragment": True, **_colors(look_form)}
    return render(request, "dashboard/links/_preview.html", context)


@access.allowed(Right.ASK_FOR_MONEY)
def look(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """Step 2 again, for a link that exists."""
    link = access.get(request, _links(), public_id)
    if request.method == "POST":
        data, complaints = _with_uploads(request)
        look_form = _look_form(request, data, initial={"brand": link.brand.public_id})
        _complain(look_form, complaints)
        if look_form.is_valid():
            try:
                links.customise(link, look_form.look(_brand(request, look_form)), by=request.user)
                messages.success(request, _("Saved. Whoever opens the link sees it at once."))
                return redirect("link-show", link.public_id)
            except SleekError as refusal:
                look_form.add_error(None, refusal.message)
    else:
        look_form = _look_form(request, initial=looking.typed_like(link))
    drawn = sketch.of_link(request.merchant, link, look_form)
    return _page(request, "look", None, look_form, drawn, link=link)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def look_preview(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """Like `preview`, for a link that exists."""
    link = access.get(request, _links(), public_id)
    look_form = _look_form(request, request.POST, initial={"brand": link.brand.public_id})
    drawn = sketch.of_link(request.merchant, link, look_form)
    context = {"sketch": drawn, "look": look_form, "link": link, **_colors(look_form)}
    return render(request, "dashboard/links/_sketch.html", context)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def pictures(request: access.MemberRequest) -> HttpResponse:
    """Keeps what was just picked and shows it, so that it is not sent again with the form."""
    data, complaints = _with_uploads(request)
    look_form = _look_form(request, data)
    context = {"look": look_form, "complaints": complaints, "most": rules.MAX_PICTURES}
    return render(request, "dashboard/links/_pictures.html", context)


def _made(request: access.MemberRequest, ask_form: AskForm, look_form: LookForm) -> PaymentLink:
    assert ask_form.ask
    return links.create(
        request.merchant,
        ask_form.ask,
        ask_form.cleaned_data["reason"],
        by=request.user,
        limits=ask_form.limits,
        look=look_form.look(_brand(request, look_form)),
    )


def _brand(request: access.MemberRequest, form: LookForm) -> Brand:
    """The chosen one, made now where it is new, and from now on the default where that is asked."""
    brand = form.chosen_brand
    if brand is None:
        face = Face(
            name=form.cleaned_data["brand_name"],
            logo=_kept_logo(request, form),
            accent_color=form.cleaned_data["brand_color"],
        )
        brand = merchants.create_brand(request.merchant, face, by=request.user)
    if form.cleaned_data.get("as_default"):
        brand = _as_default(request, brand, form)
    return brand


def _as_default(request: access.MemberRequest, brand: Brand, form: LookForm) -> Brand:
    face = Face(
        name=brand.name,
        logo=brand.logo,
        accent_color=brand.accent_color,
        thank_you=form.cleaned_data["thank_you"] or brand.thank_you,
        redirect_url=form.cleaned_data["redirect_url"] or brand.redirect_url,
    )
    merchants.update_brand(brand, face, by=request.user)
    return merchants.make_default(brand, by=request.user)


def _look_form(
    request: access.MemberRequest,
    data: QueryDict | None = None,
    initial: dict[str, object] | None = None,
) -> LookForm:
    may_brand = access.may(request, Right.CUSTOMISE)
    return LookForm(data, merchant=request.merchant, may_brand=may_brand, initial=initial)


def _with_uploads(request: access.MemberRequest) -> tuple[QueryDict, list[str]]:
    """The form with each uploaded file replaced by the picture we kept of it, so that a mistake
    elsewhere in the form does not lose it; and what was wrong with files that are none.
    """
    data, complaints = request.POST.copy(), []
    for file in request.FILES.getlist("photos")[: 2 * rules.MAX_PICTURES]:
        try:
            kept = merchants.keep_picture(request.merchant, file.read(MAX_BYTES + 1))
            data.appendlist("picture", kept.public_id)
        except SleekError as refusal:
            complaints.append(f"{file.name}: {refusal.message}")
    logo = request.FILES.get("brand_logo")
    if logo and access.may(request, Right.CUSTOMISE):
        try:
            kept = merchants.keep_logo(request.merchant, logo.read(MAX_BYTES + 1))
            data["brand_logo_kept"] = kept.public_id
        except SleekError as refusal:
            complaints.append(f"{logo.name}: {refusal.message}")
    return data, complaints


def _complain(form: LookForm, complaints: list[str]) -> None:
    for complaint in complaints:
        form.add_error(None, complaint)


def _logo(request: access.MemberRequest, form: LookForm) -> str:
    kept = _kept_logo(request, form)
    return kept.public_id if kept else ""


def _kept_logo(request: access.MemberRequest, form: LookForm) -> Picture | None:
    public_id = form.data.get("brand_logo_kept", "")
    own = access.own(request, Picture.objects.defer("content"))
    return own.filter(public_id=public_id).first() if public_id else None


def _links() -> QuerySet[PaymentLink]:
    return PaymentLink.objects.select_related("brand__merchant", "brand__logo", "uses", "pieces")


def _like(request: access.MemberRequest) -> PaymentLink | None:
    """The link that the new one begins as a copy of."""
    public_id = request.GET.get("like", "")
    return access.own(request, _links()).filter(public_id=public_id).first() if public_id else None


def _initial(request: access.MemberRequest, like: PaymentLink | None) -> dict[str, object]:
    if like:
        return asking.typed_like(like)
    return {"currency": request.merchant.default_currency, "use": "single", "kind": "fixed"}


def _colors(form: LookForm) -> dict[str, object]:
    """What is said about the colour of a brand that is being made."""
    color = str(form["brand_color"].value() or "#0f5c73")
    if form.chosen_brand is not None or not is_color(color):
        return {}
    ratio, is_readable = sketch.reads_well(color)
    return {"ratio": ratio, "is_readable": is_readable}


def _page(
    request: access.MemberRequest,
    name: str,
    ask_form: AskForm | None,
    look_form: LookForm,
    drawn: Sketch,
    *,
    link: PaymentLink | None = None,
) -> HttpResponse:
    context = {
        "form": ask_form,
        "look": look_form,
        "sketch": drawn,
        "link": link,
        "most": rules.MAX_PICTURES,
        "known_tags": known_tags(request),
        "logo_kept": _logo(request, look_form),
        **_colors(look_form),
    }
    response = render(request, f"dashboard/links/{name}.html", context)
    response["Content-Security-Policy"] = content_policy(request, frames="'self'")
    return response


def known_tags(request: access.MemberRequest) -> list[str]:
    recent = access.own(request, PaymentLink.objects.exclude(tags=[])).order_by("-created_at")
    tags = (tag for found in recent.values_list("tags", flat=True)[:200] for tag in found)
    return list(dict.fromkeys(tags))[:KNOWN_TAGS]
