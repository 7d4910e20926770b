"""What a merchant's people read about refunds that need them."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core.amounts import plain_money
from sleek.notifications.rules import Letter
from sleek.refunds.models import Refund


def review_wanted(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("Please review a refund of %(amount)s"),
        _(
            "%(who)s wants to give %(amount)s back for “%(reason)s”. The money is set aside; it "
            "goes only if you or somebody else approves it within 24 hours."
        ),
    )


def review_due(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("Still waiting for your review: a refund of %(amount)s"),
        _("“%(reason)s”, asked for by %(who)s. The payer was told to expect an answer today."),
    )


def review_overdue(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("Nobody has reviewed a refund of %(amount)s for 24 hours"),
        _(
            "“%(reason)s”, asked for by %(who)s. It is never approved by itself: approve it or "
            "decline it, so that the payer knows."
        ),
    )


def declined(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("The refund of %(amount)s was declined"),
        _("For “%(reason)s”: %(answer)s\n\nThe money is in your wallet again."),
    )


def failed(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("A refund of %(amount)s failed"),
        _(
            "For “%(reason)s”. The money is back where it was. You can give it back by bank "
            "transfer; the payer then enters an account."
        ),
    )


def queued(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("A refund of %(amount)s waits for your balance at the channel"),
        _(
            "For “%(reason)s”. Your balance at the channel does not cover it. It is tried again "
            "every hour, later every day; or send it by bank transfer instead."
        ),
    )


def late(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("A refund of %(amount)s is late"),
        _(
            "For “%(reason)s”. It has not arrived when the payer could expect it. Ask the channel, "
            "by this number: %(number)s"
        ),
    )


def account_known(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("A payer told you where %(amount)s should go"),
        _(
            "For “%(reason)s”. Transfer the money at your bank, then enter the bank's reference, "
            "so that the payer knows."
        ),
    )


def taken(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("A payer took a refund of %(amount)s into a Sleek wallet"),
        _("For “%(reason)s”. It is there already: nothing is left to transfer."),
    )


def contradicted(refund: Refund) -> Letter:
    return _letter(
        refund,
        _("Please look: a refund of %(amount)s may have been paid twice"),
        _(
            "For “%(reason)s”. The channel says that it has paid, but here it had failed or gone "
            "another way. Nothing was booked. Compare it with the channel's own back office, by "
            "this number: %(number)s"
        ),
    )


def in_language(make: Callable[[Refund], Letter], refund: Refund, language: str) -> Letter:
    with translation.override(language):
        return make(refund)


def _letter(refund: Refund, subject: str, text: str) -> Letter:
    by = refund.requested_by
    words = {
        "amount": plain_money(refund.money),
        "reason": refund.attempt.payment.description,
        "who": str(by) if by else "Sleek",
        "answer": refund.answer,
        "number": refund.trace or refund.reference or refund.public_id,
    }
    return Letter(
        subject=subject % words,
        text=text % words,
        button=_("Open the refund"),
        url=settings.PUBLIC_URL + reverse("refund-show", args=[refund.public_id]),
    )
