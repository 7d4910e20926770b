"""Giving a payment back, whole or in part."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.invoices.models import Deduction, Invoice
from sleek.invoices.rules import DeductionStatus
from sleek.merchants.rules import Right
from sleek.payments.models import Attempt, Payment
from sleek.refunds import actions as refunds
from sleek.refunds import queries, rules
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus, Route
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.refunds.asking import CHOSEN, RefundForm
from sleek.web.dashboard.telling.refunds import steps
from sleek.web.ui.templatetags.sleek_ui import plain_money

REFUSED = 422


@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: access.MemberRequest, public_id: str) -> HttpResponse:
    known = Payment.objects.select_related("merchant", "payer", "link")
    payment = access.get(request, known, public_id)
    left, deducted = queries.left(payment), _deducted(payment)
    form = RefundForm(
        request.POST or None,
        left=left,
        may_go_by_bank=queries.may_go_by_bank(payment),
        is_deducted=bool(deducted),
        initial=_initial(request, left),
    )
    if form.is_valid() and (made := _made(request, payment, form)):
        _say(request, made)
        return redirect("payment-show", payment.public_id)
    context = {"payment": payment, "form": form, "left": left, "deducted": deducted}
    context |= _foretold(payment)
    status = REFUSED if form.is_bound else 200
    return render(request, "dashboard/refunds/create.html", context, status=status)


def _initial(request: access.MemberRequest, left: Money) -> dict[str, str]:
    """All that is left, by the way it was paid; a failed one is tried again with its own sum."""
    wanted = request.GET.get("amount", "")
    minor = int(wanted) if wanted.isdecimal() and len(wanted) < 16 else left.minor
    amount = Money(min(minor, left.minor), left.currency)
    route = request.GET.get("route", "")
    return {
        "amount": f"{amount.decimal:f}",
        "reason": request.GET.get("reason", ""),
        "route": route if route in CHOSEN else Route.CHANNEL,
    }


def _made(request: access.MemberRequest, payment: Payment, form: RefundForm) -> list[Refund]:
    try:
        return refunds.promise_wished(payment, form.cleaned_data["amount"], form.wish(request.user))
    except SleekError as error:
        form.add_error(None, error.message)
        form.look_again()
        return []


def _say(request: access.MemberRequest, made: list[Refund]) -> None:
    amount = plain_money(sum((one.money for one in made[1:]), start=made[0].money))
    if made[0].status == RefundStatus.IN_REVIEW:
        said = _("%(amount)s are set aside. They go as soon as somebody else approves.")
    elif made[0].route == Route.BANK:
        said = _("%(amount)s are set aside. The payer is asked for a bank account.")
    else:
        said = _("%(amount)s are on their way back to the payer.")
    messages.success(request, said % {"amount": amount})


def _deducted(payment: Payment) -> list[tuple[Invoice, Money]]:
    """The later bills that deduct what this payment paid, and how much of it."""
    claims = Deduction.objects.filter(
        entitlement__invoice__instalments__allocations__payment=payment,
        status__in=(DeductionStatus.RESERVED, DeductionStatus.USED),
    )
    rows = claims.distinct().select_related("invoice", "entitlement").order_by("pk")
    return [(each.invoice, Money(each.taken, each.entitlement.currency)) for each in rows]


def _foretold(payment: Payment) -> dict[str, object]:
    """What the page says beforehand: the fee that stays with the channel, and when it arrives."""
    tries = [attempt for attempt, _room in queries.left_by_attempt(payment)]
    attempt = tries[0] if tries else None
    if attempt is None:
        return {}
    today = clock.now().astimezone(payment.merchant.zone).date()
    country = queries.country_of(payment)
    first, last = rules.arrives_between(
        today, rules.window(attempt.method, _route(attempt)), country
    )
    return {
        "attempt": attempt,
        "fee": _fee(tries),
        "arrives": steps.days(first, last),
        "goes_by_bank": _route(attempt) == Route.BANK,
    }


def _route(attempt: Attempt) -> Route:
    return Route.CHANNEL if queries.can_give_back(attempt) else Route.BANK


def _fee(tries: list[Attempt]) -> Money | None:
    known = [one for one in tries if one.fee and one.fee_currency == one.currency]
    fees = [Money(one.fee or 0, one.fee_currency) for one in known]
    return sum(fees[1:], start=fees[0]) if fees else None
