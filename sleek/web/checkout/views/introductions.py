"""Back from a provider's app, which has said who the payer is: the payment goes on there."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sleek.channels.base import ChannelError
from sleek.payments import actions as payments
from sleek.payments import queries as payments_queries
from sleek.payments.models import Payment
from sleek.risk.rules import Action
from sleek.web.checkout import access, choices, guard, page
from sleek.web.checkout.views.payments import SeeOther, depart, is_closed, see, show
from sleek.web.checkout.visitor import introduction
from sleek.web.checkout.visitor.introduction import Introduction

logger = logging.getLogger(__name__)

MAX_WORD = 512  # characters


@require_http_methods(["GET", "POST"])
@page.for_payers
@guard.guarded
def wechat(request: HttpRequest, public_id: str) -> HttpResponse:
    """In two steps, so that the app's word stays in no history, and who is held up by the guard
    needs no second word.
    """
    found = access.payment(public_id)
    known = introduction.read(request, found)
    if known and known.expects(request.GET.get("state", "")):
        return _learn(request, found, known)
    if known is None or not known.payer_id:
        return _not_known(request, found)
    offer = choices.named(request, found.merchant_id, found.money, known.offer)
    if offer is None or is_closed(found):
        return introduction.forget(see(found), found)
    who = guard.visitor(request, Action.PAY, payments_queries.guarded_as(found))
    response = depart(found, offer, who, payer_id=known.payer_id)
    return introduction.forget(response, found)


def _learn(request: HttpRequest, payment: Payment, known: Introduction) -> HttpResponse:
    offer = choices.named(request, payment.merchant_id, payment.money, known.offer)
    word = request.GET.get("code", "")
    if offer is None or not 0 < len(word) <= MAX_WORD:
        return _not_known(request, payment)
    try:
        payer_id = payments.introduced(offer, word)
    except ChannelError as error:
        logger.warning(
            "payers.not_introduced", extra={"payment": payment.public_id, "error": error.code}
        )
        return _not_known(request, payment)
    response = SeeOther(introduction.path(payment))
    return introduction.keep(response, payment, Introduction(offer.id, payer_id=payer_id))


def _not_known(request: HttpRequest, payment: Payment) -> HttpResponse:
    notice = _("WeChat has not told us who you are. Nothing was charged; please try again.")
    return introduction.forget(show(request, payment, notice=notice), payment)
