"""Agreement to keep a method, what the provider kept, and charging it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.channels.base import Saved
from sleek.core import clock, crypto
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.fx import queries as fx
from sleek.payments import queries
from sleek.payments.models import Attempt, SavedMethod
from sleek.payments.rules import saving


class NotSaved(SleekError):
    """What the payer chose is kept no more, or is not theirs."""

    code = "not_saved"


@dataclass(frozen=True, slots=True)
class Consent:
    """The payer's tick: to which text, in which language, from where, in which browser.

    `browser` is the hash of a secret that this browser has from now on, `known_as` that of the one
    it had before: what was kept under it is found by the new one.
    """

    text_hash: str
    language: str
    browser: str
    address: str | None = None
    known_as: str = ""


def agree(attempt: Attempt, consent: Consent) -> None:
    """In the transaction that promises the try, and again when its payer repeats it."""
    payment = attempt.payment
    row, is_new = SavedMethod.objects.get_or_create(
        attempt=attempt,
        defaults={
            "merchant_id": payment.merchant_id,
            "connection_id": attempt.connection_id,
            "channel": attempt.channel,
            "method": attempt.method,
            "browser_hash": consent.browser,
            "email": queries.email_of(payment),
            "text_hash": consent.text_hash,
            "language": consent.language,
            "address": consent.address,
        },
    )
    before = {consent.known_as, *(() if is_new else (row.browser_hash,))} - {"", consent.browser}
    known = SavedMethod.objects.filter(merchant_id=payment.merchant_id, revoked_at=None)
    known.filter(browser_hash__in=before).update(browser_hash=consent.browser)


def charge_with(saved: SavedMethod, attempt: Attempt) -> None:
    """Note on a new try what it charges, before it is written. The row stays locked, so that
    nothing is charged that was just let go of. Raises `NotSaved`.
    """
    saved = SavedMethod.objects.select_for_update(no_key=True).get(pk=saved.pk)
    if not saved.is_usable(clock.now()):
        raise NotSaved(_("That card is not kept here any more. Please choose another way to pay."))
    worth = fx.convert(attempt.money, saving.PROOF_ABOVE.currency)
    since = clock.now() - saving.USES_WITHIN
    uses = saved.uses.filter(created_at__gt=since).count()
    attempt.saved_method = saved
    attempt.is_proof_asked = saving.needs_proof(worth.amount if worth else None, uses)
    saved.last_used_at = clock.now()
    saved.save(update_fields=["last_used_at"])


@transaction.atomic
def learn(kept: Mapping[int, Saved]) -> None:
    """What providers kept, by attempt; said again it changes nothing. Without an agreement of the
    payer, nothing is written down.
    """
    rows = SavedMethod.objects.select_for_update(no_key=True, of=("self",)).filter(
        attempt_id__in=kept, token=None, revoked_at=None
    )
    facts = []
    for row in rows.select_related("attempt__payment").order_by("pk"):
        saved = kept[row.attempt_id]
        digest = hashlib.sha256(saved.token.encode()).hexdigest()
        others = SavedMethod.objects.filter(connection_id=row.connection_id, token_hash=digest)
        if others.exists():
            continue
        row.seal(saved.token)
        row.token_hash = digest
        row.hint, row.expires_on = saved.hint[:80], saved.expires_on
        row.saved_at = clock.now()
        row.save(update_fields=["token", "token_hash", "hint", "expires_on", "saved_at"])
        data: dict[str, object] = {"saved": row.public_id, "channel": row.channel}
        data |= {"hint": row.hint}
        payment = row.attempt.payment
        facts.append(Fact("method.saved", payment.public_id, payment.merchant_id, data))
    events.record(facts)


@transaction.atomic
def rewrap_saved() -> int:
    """Bring every token under the newest master key. Raises `crypto.Undecryptable`."""
    rows = SavedMethod.objects.select_for_update(no_key=True).exclude(token=None)
    count = 0
    for row in rows.order_by("pk").iterator():
        row.token = crypto.rewrap(bytes(row.token or b""))
        row.save(update_fields=["token"])
        count += 1
    return count
