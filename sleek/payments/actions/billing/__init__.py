"""Paying bills: opening the payment for what is asked, telling bills what came of it, and dividing
anew or taking back what nobody has paid yet.
"""

from sleek.payments.actions.billing.crediting import credit
from sleek.payments.actions.billing.dividing import divide
from sleek.payments.actions.billing.following import FOLLOWED, follow, tell, tell_what_goes_back
from sleek.payments.actions.billing.opening import Share, next_for, open_for_bills, open_up_to

__all__ = [
    "FOLLOWED",
    "Share",
    "credit",
    "divide",
    "follow",
    "next_for",
    "open_for_bills",
    "open_up_to",
    "tell",
    "tell_what_goes_back",
]
