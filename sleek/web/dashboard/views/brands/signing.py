"""The secret that signs what redirects tell the merchant's own site."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sleek.merchants import actions as merchants
from sleek.merchants.rules import Right
from sleek.web.dashboard import access, waiting


@access.sensitive_page
@access.allowed(Right.CHANGE_SETTINGS)
def show(request: access.MemberRequest) -> HttpResponse:
    """A GET shows it, a POST makes another."""
    if request.method == "POST":
        merchants.renew_signing_secret(
            request.merchant, by=request.user, address=waiting.client_address(request)
        )
        messages.success(request, _("This is the new secret. The old one is worthless now."))
        return redirect("signing-show")
    secret = merchants.signing_secret(request.merchant)
    return render(request, "dashboard/brands/signing.html", {"secret": secret})
