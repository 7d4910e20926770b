"""Checking a paper: by what is printed on it, by its QR code, and by its file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from sleek.papers import queries as papers
from sleek.papers.models import Paper
from sleek.risk import actions as risk
from sleek.risk.rules import Action
from sleek.web.checkout import guard, page
from sleek.web.checkout.bill import verifying
from sleek.web.checkout.bill.verifying import Match
from sleek.web.checkout.forms.verifying import MAX_BYTES, FileForm, PaperForm

REFUSED, UNKNOWN = 422, 404
FORM_BYTES = 64 * 1024  # of a form around its file
SUBJECT = "papers"


@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def verify(request: HttpRequest) -> HttpResponse:
    form = PaperForm(request.POST if request.method == "POST" else None, auto_id="%s")
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, status=REFUSED if form.is_bound else 200)
    found = _found(request, form.cleaned_data["code"], number=form.cleaned_data["number"])
    if found is None:
        form.add_error(None, _no_such_paper())
        return _form(request, form, status=UNKNOWN)
    return redirect("checkout-verified", found.code)


@csrf_exempt  # checked below, once it is known that there is not too much to read
@require_http_methods(["GET", "HEAD", "POST"])
@page.for_payers
@guard.guarded
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """Anybody may send a file here, so how large it is is looked at before it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BYTES + FORM_BYTES:
        request.method = "GET"  # what was sent stays unread
        trouble = _("The file is larger than 5 MB, so it is not this paper.")
        return _show(request, code, FileForm(auto_id="%s"), trouble)
    return _verified(request, code)


@csrf_protect
def _verified(request: HttpRequest, code: str) -> HttpResponse:
    if request.method == "POST" and "file" in request.FILES:
        return _show(request, code, FileForm(request.POST, request.FILES, auto_id="%s"))
    return _show(request, code, FileForm(auto_id="%s"))


def _show(request: HttpRequest, code: str, form: FileForm, trouble: str = "") -> HttpResponse:
    found = _found(request, code)
    if found is None:
        fresh = PaperForm({"code": code}, auto_id="%s")
        fresh.full_clean()
        fresh.errors.clear()
        fresh.add_error(None, _no_such_paper())
        return _form(request, fresh, status=UNKNOWN)
    timezone.activate(found.merchant.zone)
    context = {
        "verified": verifying.read(found),
        "form": form,
        "match": _match(found, form),
        "trouble": trouble or next(iter(form.errors.get("file", [])), ""),
    }
    status = REFUSED if context["trouble"] else 200
    return render(request, "checkout/verify/show.html", context, status=status)


def _match(paper: Paper, form: FileForm) -> Match | None:
    if not form.is_bound or not form.is_valid():
        return None
    # A byte too many is enough to know that it is another file.
    return verifying.compare(paper, form.cleaned_data["file"].read(MAX_BYTES + 1))


def _found(request: HttpRequest, code: str, number: str = "") -> Paper | None:
    """Only what leads nowhere counts as a try: whoever holds a paper may look as often as they
    like, but nobody may guess.
    """
    who = guard.look(request, Action.VERIFY, SUBJECT)
    found = papers.paper(number, code) if number else papers.by_code(code)
    if found is None:
        risk.admit(Action.VERIFY, SUBJECT, who)
    return found


def _no_such_paper() -> str:
    return _(
        "There is no such paper. Please compare number and code once more with what is printed. "
        "If they are right, do not pay, and ask whoever gave it to you."
    )


def _form(request: HttpRequest, form: PaperForm, *, status: int) -> HttpResponse:
    return render(request, "checkout/verify/form.html", {"form": form}, status=status)
