"""Templates of papers with their preview, which is the paper; seals and the certificate."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.invoices import actions as invoices
from sleek.invoices.models import WordTemplate
from sleek.invoices.queries import Draft, LineWish, Payer
from sleek.invoices.rules import Figures, Nature
from sleek.merchants.rules import Right
from sleek.merchants.rules.pictures import MAX_BYTES
from sleek.papers import actions as papers
from sleek.papers.models import Design, Seal
from sleek.papers.rules import SealKind
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.papers.dressing import (
    CertificateForm,
    DesignForm,
    SealForm,
    initial_of,
)
from sleek.web.dashboard.telling.bills import paper
from sleek.web.dashboard.telling.bills.paper import Pages

CERTIFICATE_BYTES = 200_000  # looked at; a certificate is far smaller


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    merchant = request.merchant
    designs = merchant.designs.filter(archived_at=None).select_related("seal")
    context = {
        "designs": designs.order_by("-is_default", "name"),
        "seals": merchant.seals.filter(archived_at=None).select_related("picture"),
        "certificate": merchant.certificates.filter(is_current=True).first(),
        "years": [day.year for day in merchant.numbers.dates("taken_at", "year", order="DESC")],
        "has_word_template": WordTemplate.objects.filter(merchant=merchant).exists(),
        "may_export": access.may(request, Right.EXPORT),
        "may_design": access.may(request, Right.CUSTOMISE),
        "may_seal": access.may(request, Right.CHANGE_SETTINGS),
    }
    return render(request, "dashboard/papers_settings/designs.html", context)


@access.allowed(Right.CUSTOMISE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: access.MemberRequest) -> HttpResponse:
    return _edited(request, None)


@access.allowed(Right.CUSTOMISE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    return _edited(request, _design(request, public_id))


@access.allowed(Right.CUSTOMISE)
@require_POST
def preview(request: access.MemberRequest) -> HttpResponse:
    """An example in the template that is being made."""
    form = DesignForm(request.POST, merchant=request.merchant)
    context = {"paper": _pages(request, form)}
    return render(request, "dashboard/papers_settings/_preview.html", context)


@access.allowed(Right.CUSTOMISE)
@require_POST
def make_default(request: access.MemberRequest, public_id: str) -> HttpResponse:
    return _done(
        request,
        lambda: papers.make_default_design(_design(request, public_id), by=request.user),
        _("Bills wear it from now on, where nobody chooses another."),
    )


@access.allowed(Right.CUSTOMISE)
@require_POST
def archive(request: access.MemberRequest, public_id: str) -> HttpResponse:
    return _done(
        request,
        lambda: papers.archive_design(_design(request, public_id), by=request.user),
        _("Put away. Papers that were issued stay as they are."),
    )


@access.sensitive_page
@access.allowed(Right.CHANGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def add_seal(request: access.MemberRequest) -> HttpResponse:
    form = SealForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        said = form.cleaned_data
        keep = papers.keep_scanned_seal if said["is_scan"] else papers.keep_seal
        try:
            keep(
                request.merchant,
                SealKind(said["kind"]),
                said["name"],
                said["picture"].read(MAX_BYTES + 1),
                width_mm=said["width_mm"],
                by=request.user,
            )
            messages.success(request, _("The seal is kept. Choose it in a template."))
            return redirect("design-index")
        except SleekError as error:
            form.add_error(None, error.message)
    status = 422 if form.is_bound else 200
    context = {"form": form}
    return render(request, "dashboard/papers_settings/seal.html", context, status=status)


@access.sensitive
@access.allowed(Right.CHANGE_SETTINGS)
@require_POST
def archive_seal(request: access.MemberRequest, public_id: str) -> HttpResponse:
    seal = access.get(request, Seal.objects.all(), public_id)
    return _done(
        request,
        lambda: papers.archive_seal(seal, by=request.user),
        _("Put away. No new paper bears it."),
    )


@access.sensitive
@access.allowed(Right.CHANGE_SETTINGS)
@require_POST
def make_certificate(request: access.MemberRequest) -> HttpResponse:
    return _done(
        request,
        lambda: papers.make_certificate(request.merchant, by=request.user),
        _("Papers are signed with the new certificate from now on."),
    )


@access.sensitive_page
@access.allowed(Right.CHANGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def import_certificate(request: access.MemberRequest) -> HttpResponse:
    form = CertificateForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        content = form.cleaned_data["file"].read(CERTIFICATE_BYTES)
        password = form.cleaned_data["password"]
        try:
            papers.import_certificate(request.merchant, content, password, by=request.user)
            messages.success(request, _("Papers are signed with your certificate from now on."))
            return redirect("design-index")
        except SleekError as error:
            form.add_error("file", error.message)
    status = 422 if form.is_bound else 200
    context = {"form": form}
    return render(request, "dashboard/papers_settings/certificate.html", context, status=status)


def _edited(request: access.MemberRequest, design: Design | None) -> HttpResponse:
    is_sent = request.method == "POST"
    initial = initial_of(design or Design(merchant=request.merchant))
    form = DesignForm(request.POST if is_sent else None, merchant=request.merchant, initial=initial)
    if is_sent and request.POST.get("do") != "look" and form.is_valid():
        try:
            if design is None:
                papers.create_design(request.merchant, form.look, by=request.user)
            else:
                papers.change_design(design, form.look, by=request.user)
            messages.success(request, _("Saved. Papers that were issued stay as they are."))
            return redirect("design-index")
        except SleekError as error:
            form.add_error(None, error.message)
    shown = form if is_sent else DesignForm(_typed(initial), merchant=request.merchant)
    context = {"form": form, "design": design, "paper": _pages(request, shown)}
    status = 422 if is_sent and form.errors else 200
    return render(request, "dashboard/papers_settings/design.html", context, status=status)


def _typed(initial: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in initial.items() if value not in (None, False, [])}


def _pages(request: access.MemberRequest, form: DesignForm) -> Pages:
    form.is_valid()
    design = papers.dressed(request.merchant, form.look)
    with invoices.trial(_example(request), by=request.membership) as wished:
        wished.design = design
        wished.issued_on = wished.due_on = clock.now().astimezone(request.merchant.zone).date()
        sheet = paper.sketched(wished)
    return paper.drawn(request.merchant, sheet)


def _example(request: access.MemberRequest) -> Draft:
    """A bill as the trade writes it, so that every part of the paper has something to show."""
    lines = (
        LineWish(
            _("Celadon vase, sample"),
            Figures(Decimal(2), Decimal(180), tax_rate=Decimal(13)),
            spec="CV-03, 28 cm",
            unit=_("pcs"),
        ),
        LineWish(_("Courier to Cologne"), Figures(Decimal(1), Decimal(95)), is_courier=True),
    )
    return Draft(
        currency=request.merchant.default_currency,
        lines=lines,
        payer=Payer(
            "Berg Keramik GmbH",
            contact="Anna Berg",
            email="anna@example.com",
            address="Domstr. 1, 50668 Köln",
        ),
        nature=Nature.SAMPLING,
        title=_("Samples for spring"),
        remarks=_("Prices contain packing."),
        deducts=False,
    )


def _done(request: access.MemberRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("design-index")


def _design(request: access.MemberRequest, public_id: str) -> Design:
    return access.get(request, Design.objects.filter(archived_at=None), public_id)
