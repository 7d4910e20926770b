"""What a payer can do when paying does not work, step by step, and the number to quote.

The same steps as support's (`reports/rules/ladder`), in words for whoever pays.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.core import ids
from sleek.payments.models import Payment
from sleek.reports.rules import ladder
from sleek.reports.rules.ladder import Step
from sleek.web.checkout.stages import Stage, Standing

STEPS: dict[Step, Promise] = {
    Step.ENTRY: _("Check the number, expiry date, security code and name."),
    Step.ISSUER: _("Check balance and limit, or call your bank."),
    Step.NETWORK: _("Try again in a few minutes, over another network or in another browser."),
    Step.OTHER_METHOD: _("Choose another card or another method on this page."),
    Step.INVESTIGATION: _("Write to the payee and quote the number below."),
}
# Where a payer may have to ask somebody.
QUOTED = frozenset({Stage.CONFIRMING, Stage.REVIEW})


@dataclass(frozen=True, slots=True)
class Rung:
    """One step; the present one is where to begin."""

    text: Promise
    is_now: bool


def about(payment: Payment, standing: Standing) -> dict[str, object]:
    """Nothing while all goes well."""
    failed = [] if standing.is_over else _failures(payment, standing)
    if not failed and standing.stage not in QUOTED and not standing.returned:
        return {}
    now = ladder.step(failed)
    rungs = [Rung(text, each == now) for each, text in STEPS.items()] if now else []
    return {"rungs": rungs, "number": ids.short(payment.public_id)}


def _failures(payment: Payment, standing: Standing) -> list[str]:
    """Asked only when the page speaks of a try that failed."""
    latest = standing.ended or standing.attempt
    if latest is None or not latest.failure:
        return []
    tries = payment.attempts.exclude(failure="").order_by("pk")
    return list(tries.values_list("failure", flat=True))
