"""From the verification mail to the first page of an active account.

Mail scanners open every link of a mail, so opening it only shows a page; the button on it
activates.
"""

from __future__ import annotations

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.models import Provider, User
from sleek.merchants.rules import ActivationState
from sleek.web.dashboard import access, waiting
from sleek.web.dashboard.forms.account import ActivationForm
from sleek.web.dashboard.identities import arrivals


@never_cache
def wait(request: HttpRequest) -> HttpResponse:
    email = waiting.email(request)
    if not email:
        return redirect("account_login")
    words = {
        "email": email,
        "cool_down_s": waiting.COOL_DOWN_S,
        "again": "identity-join" if arrivals.of(request) else "account_signup",
    }
    return render(request, "dashboard/account/waiting.html", words)


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    if not waiting.email(request):
        return redirect("account_login")
    if waiting.send_activation(request):
        messages.success(
            request, _("Sent again. The link in the newest mail is the one that works.")
        )
    else:
        messages.warning(
            request, _("The last mail is less than a minute old. Wait a little, please.")
        )
    return redirect("account-waiting")


@sensitive_post_parameters("password")
@never_cache
def activate(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.activation(token)
    if found.state != ActivationState.READY or found.user is None:
        words = {"state": found.state.value, "waits": bool(waiting.email(request))}
        return render(request, "dashboard/account/not_activated.html", words, status=410)
    knows_password = waiting.knows_password(request, found.user)
    if request.method != "POST":
        return _ask(request, found.user, knows_password, ActivationForm(user=found.user))
    if knows_password:
        return _enter(request, merchants.activate(token, address=waiting.client_address(request)))
    return _activate_elsewhere(request, token, found.user)


@access.person
def activated(request: access.PersonRequest) -> HttpResponse:
    words = {
        "can_come_back": queries.can_log_in(request.user),
        "invitations": queries.invitations_to(request.user),
    }
    return render(request, "dashboard/account/activated.html", words)


def _activate_elsewhere(request: HttpRequest, token: str, user: User) -> HttpResponse:
    """In another browser the password is shown, or dies: a stranger may have chosen it."""
    address = waiting.client_address(request)
    if "password" not in request.POST:
        return _enter(request, merchants.activate_without_password(token, address=address))
    usage = ratelimit.consume(request, action="login_failed", key=user.email)
    form = ActivationForm(request.POST, user=user)
    if not usage:
        form.add_error(None, _("Too many tries. Wait five minutes, or continue without it."))
    elif form.is_valid():
        return _enter(request, merchants.activate(token, address=address))
    return _ask(request, user, False, form)


def _ask(
    request: HttpRequest, user: User, knows_password: bool, form: ActivationForm
) -> HttpResponse:
    words = {
        "email": user.email,
        "knows_password": knows_password,
        "waits_for": _waits_for(user),
        "form": form,
        "signed_in_as": request.user.email if request.user.is_authenticated else "",
    }
    return render(request, "dashboard/account/activate.html", words)


def _waits_for(user: User) -> str:
    """The provider with which an account without a password was made, in another browser."""
    if user.has_usable_password():
        return ""
    labels = [str(Provider(each.provider).label) for each in queries.identities_of(user)]
    return next(iter(labels), "")


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    waiting.end(request)
    arrivals.end(request)
    if request.user.is_authenticated and request.user.pk != user.pk:
        request.session.flush()
    response: HttpResponse = perform_login(
        request, user, email_verification="none", redirect_url=reverse("account-activated")
    )
    return response
