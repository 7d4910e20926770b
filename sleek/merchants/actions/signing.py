"""The secret with which a merchant's results are signed, so that its own site can believe them."""

from __future__ import annotations

from django.db import transaction

from sleek.audit import actions as audit
from sleek.core import crypto, ids
from sleek.merchants.models import Merchant, User

SECRET_LENGTH = 40  # characters: 233 bits


@transaction.atomic
def signing_secret(merchant: Merchant) -> str:
    """The same every time; made when it is first needed."""
    sealed = merchant.signing_secret
    if sealed is None:
        merchant = _lock(merchant)
        sealed = merchant.signing_secret
    if sealed is None:
        return _make(merchant)
    return crypto.decrypt(bytes(sealed), context=_context(merchant)).decode()


@transaction.atomic
def renew_signing_secret(merchant: Merchant, *, by: User, address: str | None = None) -> str:
    """Whoever verifies with the old one refuses everything from now on, until it has the new."""
    merchant = _lock(merchant)
    secret = _make(merchant)
    audit.record(
        "merchant.signing_secret_renewed",
        merchant.public_id,
        scope=merchant.public_id,
        actor=by.public_id,
        address=address,
    )
    return secret


def rewrap_signing_secrets() -> int:
    """Bring every merchant's under the newest master key."""
    rows = Merchant.objects.select_for_update(no_key=True).exclude(signing_secret=None)
    merchants = list(rows.order_by("pk"))
    for merchant in merchants:
        merchant.signing_secret = crypto.rewrap(bytes(merchant.signing_secret or b""))
        merchant.save(update_fields=["signing_secret"])
    audit.record("secrets.rewrapped", "signing", data={"count": len(merchants)})
    return len(merchants)


def _lock(merchant: Merchant) -> Merchant:
    return Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def _make(merchant: Merchant) -> str:
    secret = ids.token(SECRET_LENGTH)
    merchant.signing_secret = crypto.encrypt(secret.encode(), context=_context(merchant))
    merchant.save(update_fields=["signing_secret"])
    return secret


def _context(merchant: Merchant) -> str:
    return f"merchant.signing:{merchant.public_id}"
