"""Tables of payments, attempts and notices, one file per topic."""

from sleek.payments.models.attempts import Announcement, Attempt, SavedMethod

# The first migration names these here.
from sleek.payments.models.attempts import _announcement_id as _announcement_id
from sleek.payments.models.attempts import _attempt_id as _attempt_id
from sleek.payments.models.attempts import _saved_id as _saved_id
from sleek.payments.models.notices import Notice, Waiting
from sleek.payments.models.payments import Acceptance, Allocation, Payer, Payment
from sleek.payments.models.payments import _payment_id as _payment_id

__all__ = [
    "Acceptance",
    "Allocation",
    "Announcement",
    "Attempt",
    "Notice",
    "Payer",
    "Payment",
    "SavedMethod",
    "Waiting",
]
