"""Keeping a payer's method, and when the browser that is known is proof enough. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from sleek.core.money import Money

# How long a browser is known that was not seen again; each payment with a kept method renews it.
KNOWN_FOR = timedelta(days=396)
# Who holds the browser need not be who agreed. Above this sum, or after so many payments within a
# day, the payer's bank is asked to make sure.
PROOF_ABOVE = Money(10_000, "EUR")
PROOF_AFTER_USES = 3
USES_WITHIN = timedelta(days=1)
FORGET_AGAIN = timedelta(hours=1)  # a provider that did not answer is told again


def needs_proof(worth: Money | None, uses: int) -> bool:
    """`worth` is the sum in the limit's currency; one that nobody can tell is too much."""
    return worth is None or worth > PROOF_ABOVE or uses >= PROOF_AFTER_USES


def is_good(expires_on: date | None, today: date) -> bool:
    return expires_on is None or today <= expires_on
