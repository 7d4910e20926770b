"""The merchant's rule: how much each role may give back, and from where a second person looks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sleek.merchants.rules import Right
from sleek.refunds import actions as refunds
from sleek.refunds import queries
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.merchant import CURRENCIES
from sleek.web.dashboard.forms.refunds.ruling import RuleForm, initial_of


@access.sensitive
@access.allowed(Right.READ, to_change=Right.CHANGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: access.MemberRequest) -> HttpResponse:
    rules = queries.rules_of(request.merchant)
    form = RuleForm(request.POST or None, initial=initial_of(rules, _currency(request)))
    if form.is_valid():
        currency = form.cleaned_data["currency"]
        for role, limits in form.limits():
            refunds.set_rule(request.merchant, currency, role, limits, by=request.user)
        messages.success(request, _("Saved. It counts from the next refund on."))
        return redirect(reverse("refund-rules") + f"?currency={currency}")
    context = {
        "form": form,
        "may_change": access.may(request, Right.CHANGE_SETTINGS),
        "ruled": sorted({rule.currency for rule in rules}),
        "others": len(queries.reviewers(request.merchant, but=request.user)),
    }
    return render(request, "dashboard/refunds/rules.html", context)


def _currency(request: access.MemberRequest) -> str:
    wanted = request.GET.get("currency", "")
    return wanted if wanted in CURRENCIES else request.merchant.default_currency
