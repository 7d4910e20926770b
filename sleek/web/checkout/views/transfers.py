"""A payer says that a transfer is on its way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.payments.models import Attempt
from sleek.risk.actions import TooManyTries
from sleek.risk.rules import Action
from sleek.web.checkout import access, guard, page
from sleek.web.checkout.forms.announcement import AnnouncementForm
from sleek.web.checkout.stages import Stage
from sleek.web.checkout.views.payments import see, show, standing_of

FORM_BYTES = 64 * 1024  # of a form around its file


@csrf_exempt  # checked below, once it is known that there is not too much to read
@require_POST
@page.for_payers
def announce(request: HttpRequest, public_id: str) -> HttpResponse:
    """Anybody may send a file here, so how large it is is looked at before it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > payments.MAX_BYTES + FORM_BYTES:
        form = AnnouncementForm({}, auto_id="announcement-%s")
        form.add_error("proof", _("The file is larger than 5 MB. Send a smaller one."))
        return show(request, access.payment(public_id), announcement_form=form)
    return _announce(request, public_id)


@csrf_protect
def _announce(request: HttpRequest, public_id: str) -> HttpResponse:
    found = access.payment(public_id)
    standing = standing_of(found)
    if standing.stage != Stage.TRANSFER or standing.attempt is None:
        return see(found)
    form = AnnouncementForm(request.POST, request.FILES, auto_id="announcement-%s")
    if not form.is_valid():
        return show(request, found, announcement_form=form)
    try:
        _tell(request, standing.attempt, form)
    except payments.ProofRefused as refusal:
        form.add_error("proof", refusal.message)
    except TooManyTries:
        # A page that waits could not carry the file along.
        form.add_error(None, _("Too many messages came from here. Please try again in an hour."))
    if form.errors:
        return show(request, found, announcement_form=form)
    return see(found)


def _tell(request: HttpRequest, attempt: Attempt, form: AnnouncementForm) -> None:
    file = form.cleaned_data["proof"]
    # A byte too many is enough to know that it is too large.
    content = file.read(payments.MAX_BYTES + 1) if file else b""
    payments.announce_transfer(
        attempt,
        guard.visitor(request, Action.ANNOUNCE, queries.guarded_as(attempt.payment)),
        email=form.cleaned_data["email"],
        file_name=file.name if file else "",
        content=content,
    )
