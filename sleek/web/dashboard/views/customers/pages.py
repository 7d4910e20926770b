"""One customer: entered, looked at, changed, put away."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, get_language_info, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sleek.core import clock
from sleek.customers import actions as customers
from sleek.customers import queries
from sleek.customers.models import Customer
from sleek.customers.rules import LETTERS, Details
from sleek.invoices.models import Invoice
from sleek.merchants import rules as merchants
from sleek.merchants.rules import Right
from sleek.reports.queries import bills as reports
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.customers.details import CustomerForm, initial_of
from sleek.web.dashboard.forms.merchant import countries
from sleek.web.dashboard.telling.bills import words
from sleek.web.dashboard.telling.customers import account


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: access.MemberRequest) -> HttpResponse:
    form = CustomerForm(request.POST if request.method == "POST" else None)
    likes: list[Customer] = []
    if form.is_bound and form.is_valid():
        likes = queries.like(request.merchant, form.details)
        if _are_seen(form, likes):
            try:
                customer = customers.add(request.merchant, form.details, by=request.user)
                messages.success(request, _("The customer is in your address book."))
                return redirect("customer-show", customer.public_id)
            except customers.TooManyCustomers as error:
                form.add_error(None, error.message)
    return _form(request, form, likes)


@access.allowed(Right.ASK_FOR_MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: access.MemberRequest, public_id: str) -> HttpResponse:
    customer = access.get(request, Customer.objects.all(), public_id)
    data = request.POST if request.method == "POST" else None
    form = CustomerForm(data, initial=initial_of(customer))
    likes: list[Customer] = []
    if form.is_bound and form.is_valid():
        likes = queries.like(request.merchant, form.details, but=customer)
        if _are_seen(form, likes):
            customers.change(customer, form.details, by=request.user)
            messages.success(request, _("Saved. Bills that are out keep what they said."))
            return redirect("customer-show", customer.public_id)
    return _form(request, form, likes, customer)


@access.allowed(Right.ASK_FOR_MONEY)
@require_GET
def like(request: access.MemberRequest) -> HttpResponse:
    """Who bears the name or has the address that is being typed: a fragment of the form's page."""
    name, email = (
        " ".join(request.GET.get(key, "").replace("\x00", "").split())[: LETTERS[key]]
        for key in ("name", "email")
    )
    but = access.own(request, Customer.objects.filter(public_id=request.GET.get("but", ""))).first()
    found = queries.like(request.merchant, Details(name, email=email), but=but)
    return render(request, "dashboard/customers/_likes.html", {"likes": found})


@access.allowed(Right.READ)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    customer = access.get(request, Customer.objects.select_related("created_by"), public_id)
    is_spoken = customer.language in settings.PAYER_LANGUAGES
    names = dict(countries(to_locale(get_language() or "en")))
    today = clock.now().astimezone(request.merchant.zone).date()
    found = access.own(request, Invoice.objects.filter(customer=customer))
    context = {
        "customer": customer,
        "rows": [account.row(bill, today) for bill in reports.newest(customer)],
        "bill_count": found.count(),
        "aged": reports.aging(found, today=today),
        "columns": words.AGES,
        "habit": reports.habit(customer),
        "contact": account.told(reports.last_contact(customer)),
        "promises": reports.promises(customer),
        "country": names.get(customer.country, customer.country),
        "spoken": get_language_info(customer.language)["name_local"] if is_spoken else "",
        "phone": merchants.phone_abroad(customer.phone),
        "may_write": access.may(request, Right.ASK_FOR_MONEY),
        "sees_personal": access.may(request, Right.SEE_PERSONAL_DATA),
    }
    return render(request, "dashboard/customers/show.html", context)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def archive(request: access.MemberRequest, public_id: str) -> HttpResponse:
    customer = access.get(request, Customer.objects.all(), public_id)
    customers.archive(customer, by=request.user)
    messages.success(request, _("Put away. You find it under “Archived”."))
    return redirect("customer-show", customer.public_id)


@access.allowed(Right.ASK_FOR_MONEY)
@require_POST
def restore(request: access.MemberRequest, public_id: str) -> HttpResponse:
    customer = access.get(request, Customer.objects.all(), public_id)
    customers.restore(customer, by=request.user)
    messages.success(request, _("The customer is on the list again."))
    return redirect("customer-show", customer.public_id)


def _are_seen(form: CustomerForm, likes: list[Customer]) -> bool:
    """Whoever saves a customer like others has been shown those very ones."""
    return {each.public_id for each in likes} <= set(form.cleaned_data["seen"].split())


def _form(
    request: HttpRequest,
    form: CustomerForm,
    likes: list[Customer],
    customer: Customer | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "likes": likes,
        "seen": " ".join(each.public_id for each in likes),
        "customer": customer,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "dashboard/customers/edit.html", context, status=status)
