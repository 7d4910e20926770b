"""Methods that a payer lets a merchant's channel keep: agreed to, learned, charged, let go of.

Agreement and token are one row. It is written with the try that the payer agreed for; the token
comes with the report that the try succeeded. Letting go of it is written first; the provider is
told by the janitor, which asks again until it has heard.
"""

from sleek.payments.actions.saving.keeping import (
    Consent,
    agree,
    charge_with,
    learn,
    rewrap_saved,
)
from sleek.payments.actions.saving.revoking import (
    forget_due,
    forget_payer,
    note_gone,
    revoke,
    revoke_as_payer,
)

__all__ = [
    "Consent",
    "agree",
    "charge_with",
    "forget_due",
    "forget_payer",
    "learn",
    "note_gone",
    "revoke",
    "revoke_as_payer",
    "rewrap_saved",
]
