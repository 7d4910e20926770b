"""Signing up, in and out, and choosing a new password when the old one is forgotten."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.web.dashboard import documents, waiting
from sleek.web.dashboard.forms.account import LogInForm, NewPasswordForm, ResetForm, SignUpForm
from sleek.web.dashboard.identities import providers


@providers.leads_there
@rate_limit(action="signup")  # type: ignore[untyped-decorator]
@sensitive_post_parameters("password")
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("overview")
    # Whoever comes from an invitation need not type the invited address.
    initial = {"email": request.GET.get("email", "")[:254]}
    form = SignUpForm(request.POST or None, initial=initial)
    if form.is_valid() and _signed_up(request, form):
        return redirect("account-waiting")
    words = {"form": form, "providers": providers.offered()}
    return render(request, "dashboard/account/sign_up.html", words)


def _signed_up(request: HttpRequest, form: SignUpForm) -> bool:
    """Whoever the address belongs to, the answer is the same; only the mail differs."""
    email = form.cleaned_data["email"]
    if not waiting.may_send(request, email):
        form.add_error("email", _("We wrote to this address a moment ago. Please wait a minute."))
        return False
    try:
        user = merchants.sign_up(
            email,
            form.cleaned_data["password"],
            language=get_language() or "",
            agreements=documents.agreements(),
            address=waiting.client_address(request),
        )
    except SleekError as refusal:
        form.add_error(None, refusal.message)
        return False
    waiting.begin(request, email, user)
    waiting.write(request, email)
    return True


log_in = providers.leads_there(
    allauth.LoginView.as_view(
        form_class=LogInForm,
        template_name="dashboard/account/log_in.html",
        extra_context={"providers": providers.offered},
    )
)
log_out = allauth.LogoutView.as_view(template_name="dashboard/account/log_out.html")
inactive = TemplateView.as_view(template_name="dashboard/account/inactive.html")

reset = allauth.PasswordResetView.as_view(
    form_class=ResetForm,
    template_name="dashboard/password/reset.html",
    success_url=reverse_lazy("account_reset_password_done"),
)
reset_sent = TemplateView.as_view(template_name="dashboard/password/sent.html")
reset_confirm = allauth.PasswordResetFromKeyView.as_view(
    form_class=NewPasswordForm,
    template_name="dashboard/password/confirm.html",
    success_url=reverse_lazy("account_reset_password_from_key_done"),
)
reset_done = TemplateView.as_view(template_name="dashboard/password/done.html")
