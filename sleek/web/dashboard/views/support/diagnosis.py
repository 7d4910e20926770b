"""Troubleshooting: find a payment by any number, see why it fails, and tell the payer."""

from __future__ import annotations

from allauth.core import ratelimit
from allauth.core.internal import ratelimit as counting
from babel.dates import format_interval
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import to_locale
from django.views.decorators.http import require_GET, require_POST

from sleek.core import ids
from sleek.core.errors import SleekError
from sleek.merchants.rules import Right
from sleek.notifications import actions as notifications
from sleek.notifications import queries as notifications_queries
from sleek.notifications import rules
from sleek.notifications.rules import Letter, Matter
from sleek.payments.models import Payment
from sleek.refunds.models import Refund
from sleek.reports.queries import anomalies, history, search
from sleek.reports.queries import payments as reports
from sleek.reports.queries.history import History
from sleek.web.dashboard import access
from sleek.web.dashboard.telling.support import diagnosis as telling
from sleek.web.dashboard.telling.support import scripts as wording

MAX_SEARCH = 140
_TICKET = signing.Signer(salt="dashboard.tell")


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    """One field that finds by any number. One hit opens at once."""
    text = request.GET.get("q", "").strip()[:MAX_SEARCH]
    found: list[Payment] = []
    is_slowed = bool(text) and not _may_search(request)
    if text and not is_slowed:
        sees = access.may(request, Right.SEE_PERSONAL_DATA)
        found = search.find(request.merchant, text, sees_personal=sees)
        if len(found) == 1:
            return redirect("troubleshooting-show", found[0].public_id)
    context = {
        "text": text,
        "found": reports.with_attempts(found),
        "is_slowed": is_slowed,
        "most": search.FOUND,
    }
    status = 429 if is_slowed else 200
    return render(request, "dashboard/troubleshooting/index.html", context, status=status)


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    known = _known(request, public_id)
    language = _language(request, known.payment)
    payment = known.payment
    context = {
        "payment": payment,
        "row": reports.with_attempts([payment])[0],
        "attempts": known.attempts,
        "told": telling.diagnose(known),
        "exceptions": anomalies.anomalies(request.merchant, anomalies.AnomalyFilters()).filter(
            payment=payment
        ),
        "spoken": language,
        "languages": wording.languages(),
        "ticket": _TICKET.sign(ids.new("tel")),
        "has_mail": bool(getattr(payment, "payer", None) and payment.payer.email),
    }
    if access.may(request, Right.ANSWER_PAYERS):
        context |= _scripts(request, known, language)
    return render(request, "dashboard/troubleshooting/show.html", context)


@access.allowed(Right.ANSWER_PAYERS)
@require_POST
def tell(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """A mail to the payer, as it was typed; sent twice by a double click, it is written once."""
    payment = access.get(request, Payment.objects.select_related("payer", "merchant"), public_id)
    language = _language(request, payment)
    try:
        key = f"{_TICKET.unsign(request.POST.get('ticket', ''))}:{_matter(request)}"
    except signing.BadSignature:
        messages.error(request, _("This page was open too long. Please send it again."), "bad")
        return redirect("troubleshooting-show", public_id)
    if not ratelimit.consume(request, action="tell_payer", key=request.user.public_id):
        messages.error(request, _("That was many mails within an hour. Wait a little."), "bad")
        return redirect("troubleshooting-show", public_id)
    with translation.override(language):
        button = wording.button()
    letter = Letter(
        request.POST.get("title", ""), request.POST.get("text", ""), button, telling.link(payment)
    )
    try:
        notifications.tell_payer(payment, letter, language=language, key=key, by=request.user)
        messages.success(request, _("The mail is on its way to the payer."))
    except SleekError as error:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("troubleshooting-show", public_id)


def _scripts(request: access.MemberRequest, known: History, language: str) -> dict[str, object]:
    """The matching ones first, then all others, filled in as far as anything is known."""
    payer = getattr(known.payment, "payer", None)
    sees = access.may(request, Right.SEE_PERSONAL_DATA)
    with translation.override(language):
        filled = telling.values(
            known,
            payer=payer.name if payer and sees else "",
            arrives=_arrives(known.refunds, language),
        )
    texts = notifications_queries.wordings(request.merchant, language)
    fitting = telling.matters(known)
    order = [*fitting, *(matter for matter in texts if matter not in fitting)]
    ready = [
        wording.Ready(
            texts[matter],
            wording.name(matter),
            rules.fill(texts[matter].title, filled),
            rules.fill(texts[matter].text, filled),
        )
        for matter in order
    ]
    return {"fitting": ready[: len(fitting)], "others": ready[len(fitting) :]}


def _arrives(refunds: list[Refund], language: str) -> str:
    """Between which days the refund should arrive, in the payer's language."""
    refund = refunds[-1] if refunds else None
    if refund is None or refund.lands_from is None or refund.lands_by is None:
        return ""
    return format_interval(
        refund.lands_from, refund.lands_by, skeleton="yMMMd", locale=to_locale(language)
    )


def _known(request: access.MemberRequest, public_id: str) -> History:
    rows = Payment.objects.select_related("link", "payer", "merchant")
    return history.of(access.get(request, rows, public_id))


def _language(request: access.MemberRequest, payment: Payment) -> str:
    """The one that was chosen here, or else the payer's."""
    asked = request.POST.get("language") or request.GET.get("language") or payment.language
    return asked if asked in settings.PAYER_LANGUAGES else "en"


def _matter(request: access.MemberRequest) -> str:
    """Several scripts of one page may be sent, each once."""
    matter = request.POST.get("matter", "")
    return matter if matter in [*Matter] else ""


def _may_search(request: access.MemberRequest) -> bool:
    """So that nobody tries numbers by the thousand."""
    # The public `consume` lets every GET pass.
    usage = counting.consume(
        request,
        app="allauth.account",
        action="search",
        key=request.user.public_id,
        limit_get=True,
    )
    return bool(usage)
