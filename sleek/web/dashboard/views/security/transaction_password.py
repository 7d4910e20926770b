"""Setting, changing, and having forgotten the transaction password."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants import queries, rules
from sleek.merchants.rules import Way
from sleek.web.dashboard import access, waiting
from sleek.web.dashboard.forms.security import TransactionPasswordForm
from sleek.web.dashboard.security import letters, proof

_KEY = "transaction_password_reset"


@access.sensitive_page
@access.person
@sensitive_post_parameters("new_password")
def edit(request: access.PersonRequest) -> HttpResponse:
    return _edit(request)


@access.person
@sensitive_post_parameters("new_password", "proof")
def reset(request: access.PersonRequest) -> HttpResponse:
    """Whoever has forgotten it shows what else they have: the log-in password, and then a second
    step or a code by mail. That proof counts for this page alone.
    """
    if not queries.factors_of(request.user).transaction_password:
        return redirect("transaction-password-edit")
    due = _due(request)
    if not due:
        return _edit(request)
    taken = proof.take(request, request.user, due)
    if taken.way is None:
        return proof.ask(request, request.user, due, taken.trouble, is_reset=True)
    shown = _shown(request)
    started_at = request.session[_KEY]["at"] if shown else clock.now().isoformat()
    request.session[_KEY] = {"at": started_at, "ways": [*shown, taken.way.value]}
    return redirect("transaction-password-reset")


def _due(request: access.PersonRequest) -> list[Way]:
    """What is to be shown next; nothing once all is shown."""
    shown = _shown(request)
    if request.user.has_usable_password() and Way.PASSWORD not in shown:
        return [Way.PASSWORD]
    due = proof.second_steps(request.user) or [Way.MAIL]
    return [] if set(due) & set(shown) else due


def _shown(request: access.PersonRequest) -> list[str]:
    kept = request.session.get(_KEY)
    if not kept or not rules.is_fresh(datetime.fromisoformat(kept["at"]), clock.now()):
        return []
    return list(kept["ways"])


def _edit(request: access.PersonRequest) -> HttpResponse:
    is_first = not queries.factors_of(request.user).transaction_password
    entered = request.POST if "new_password" in request.POST else None
    form = TransactionPasswordForm(entered)
    if form.is_valid() and _saved(request, form):
        request.session.pop(_KEY, None)
        return redirect("security-show")
    words = {"form": form, "is_first": is_first}
    return render(request, "dashboard/security/transaction_password.html", words)


def _saved(request: access.PersonRequest, form: TransactionPasswordForm) -> bool:
    try:
        is_first = merchants.set_transaction_password(
            request.user,
            form.cleaned_data["new_password"],
            address=waiting.client_address(request),
        )
    except SleekError as refusal:
        form.add_error("new_password", refusal.message)
        return False
    letters.tell(
        request,
        request.user,
        "transaction_password_set" if is_first else "transaction_password_changed",
    )
    messages.success(request, _("The transaction password is saved."))
    return True
