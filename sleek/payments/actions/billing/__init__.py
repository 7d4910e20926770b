"""Paying bills: opening the payment for what is asked, and telling bills what came of it."""

from sleek.payments.actions.billing.following import FOLLOWED, follow, tell
from sleek.payments.actions.billing.opening import Share, next_for, open_for_bills

__all__ = ["FOLLOWED", "Share", "follow", "next_for", "open_for_bills", "tell"]
