"""All that Sleek knows of one person, for that person: as plain values, ready to be written down.

Secrets are not among them: a password is known by its hash only, and a second step by its date.
As a payer a person is known by e-mail addresses that are proven to be theirs.
"""

from __future__ import annotations

from collections.abc import Collection

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from sleek.audit.models import Record
from sleek.core import clock
from sleek.core.crypto import Undecryptable
from sleek.merchants.models import (
    Consent,
    Device,
    Identity,
    Invitation,
    Membership,
    TransactionPassword,
    User,
)
from sleek.merchants.queries import proven_emails
from sleek.merchants.rules import mask
from sleek.payments import queries as payments
from sleek.refunds import queries as refunds
from sleek.refunds.models import Claim

ACTS_LIMIT = 10_000  # newest ones of the audit log


def known_of(user: User) -> dict[str, object]:
    emails = proven_emails(user)
    return {
        "told_at": clock.now(),
        "account": {
            "id": user.public_id,
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "created_at": user.created_at,
            "last_login": user.last_login,
            "has_password": user.has_usable_password(),
            "runs_the_installation": user.is_operator,
        },
        "email_addresses": _rows(EmailAddress, user, "email", "verified", "primary"),
        "consents": _rows(
            Consent, user, "document", "version", "text_hash", "address", "created_at"
        ),
        "memberships": _rows(
            Membership, user, "merchant__public_id", "merchant__name", "role", "created_at"
        ),
        "invitations_to_you": list(
            Invitation.objects.filter(email=user.email)
            .order_by("pk")
            .values("merchant__name", "role", "created_at", "accepted_at", "withdrawn_at")
        ),
        "log_ins_by_other_accounts": _rows(
            Identity, user, "provider", "subject", "union", "name", "email", "created_at", "used_at"
        ),
        "second_steps": _rows(Authenticator, user, "type", "created_at", "last_used_at"),
        "transaction_password": _rows(TransactionPassword, user, "changed_at"),
        "devices": _rows(Device, user, "user_agent", "address", "created_at", "seen_at"),
        "saved_cards": list(
            payments.saved_of(emails)
            .order_by("pk")
            .values(
                "merchant__name", "channel", "hint", "email", "address", "saved_at", "last_used_at"
            )
        ),
        "refund_accounts": _accounts(emails),
        "acts": list(
            Record.objects.filter(actor=user.public_id)
            .order_by("-created_at")
            .values("scope", "action", "subject", "data", "address", "created_at")[:ACTS_LIMIT]
        ),
    }


def _rows(model: type, user: User, *columns: str) -> list[dict[str, object]]:
    return list(model.objects.filter(user=user).order_by("pk").values(*columns))  # type: ignore[attr-defined]


def _accounts(emails: Collection[str]) -> list[dict[str, object]]:
    """Masked: a payer's e-mail address is as it was typed, and may by mistake be another's."""
    claims = refunds.accounts_of(emails).select_related("merchant", "refund").order_by("pk")
    return [_account(claim) for claim in claims]


def _account(claim: Claim) -> dict[str, object]:
    told: dict[str, object] = {
        "merchant__name": claim.merchant.name,
        "refund": claim.refund.public_id,
        "filled_at": claim.filled_at,
    }
    try:
        known = claim.unseal()
    except Undecryptable:
        return told
    if known:
        told |= {"holder": mask("name", known.holder), "account": mask("account", known.account)}
        told |= {"country": known.country, "bank": known.bank}
    return told
