"""Letting go of a kept method: here at once, at the provider by the janitor."""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import transaction

from sleek.audit import actions as audit
from sleek.channels import registry
from sleek.channels.base import ChannelError, Keeps, Unavailable
from sleek.core import clock
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import User
from sleek.payments import queries, rules
from sleek.payments.actions import watching
from sleek.payments.models import Attempt, SavedMethod
from sleek.payments.rules import saving

logger = logging.getLogger(__name__)


@transaction.atomic
def revoke_as_payer(saved: SavedMethod) -> None:
    _revoke(saved, by="payer")


@transaction.atomic
def revoke(saved: SavedMethod, *, by: User, address: str | None = None) -> None:
    """By a member, for a payer who asked for it."""
    if _revoke(saved, by="member"):
        audit.record(
            "method.revoked",
            saved.public_id,
            scope=saved.merchant.public_id,
            actor=by.public_id,
            address=address,
            data={"payment": saved.attempt.payment.public_id, "hint": saved.hint},
        )


def forget_payer(emails: Collection[str]) -> None:
    """In the caller's transaction: all methods that were kept for these e-mail addresses."""
    for saved in queries.saved_of(emails).order_by("pk"):
        _revoke(saved, by="payer")
        SavedMethod.objects.filter(pk=saved.pk).update(address=None)


@transaction.atomic
def note_gone(attempt: Attempt) -> None:
    """Its provider says that it keeps the method no more."""
    if attempt.saved_method:
        _revoke(attempt.saved_method, by="provider")


def _revoke(saved: SavedMethod, *, by: str) -> bool:
    """What names the payer goes at once; the token when the provider has let go of it."""
    row = SavedMethod.objects.select_for_update(no_key=True).get(pk=saved.pk)
    if row.revoked_at:
        return False
    row.revoked_at = clock.now()
    row.forget_at = row.revoked_at if row.token else None
    row.hint, row.email, row.browser_hash = "", "", ""
    row.save(update_fields=["revoked_at", "forget_at", "hint", "email", "browser_hash"])
    payment = row.attempt.payment
    data: dict[str, object] = {"saved": row.public_id, "channel": row.channel, "by": by}
    events.record([Fact("method.revoked", payment.public_id, payment.merchant_id, data)])
    return True


def forget_due() -> None:
    """Tell providers of what they need not keep any more. One that does not answer, or by which a
    payment is still under way, is told later.
    """
    for saved in queries.saved_to_forget():
        is_under_way = saved.uses.filter(status__in=rules.OPEN_ATTEMPTS).exists()
        if is_under_way or not _is_forgotten(saved):
            _put_off(saved)
            continue
        _wipe(saved)


def _is_forgotten(saved: SavedMethod) -> bool:
    facts = {"saved": saved.public_id, "channel": saved.channel}
    try:
        channel = registry.connect(saved.connection)
        if isinstance(channel, Keeps):
            channel.forget(saved.unseal())
    except ChannelError as error:
        if isinstance(error, Unavailable):
            watching.note_silence(saved.connection, saved.method, error)
        logger.warning("methods.not_forgotten", extra={**facts, "error": error.code})
        return False
    except ValueError:  # its connection's keys, or its own, cannot be read
        logger.exception("methods.not_forgotten", extra=facts)
        return False
    return True


@transaction.atomic
def _put_off(saved: SavedMethod) -> None:
    SavedMethod.objects.filter(pk=saved.pk).update(forget_at=clock.now() + saving.FORGET_AGAIN)


@transaction.atomic
def _wipe(saved: SavedMethod) -> None:
    row = SavedMethod.objects.select_for_update(no_key=True).get(pk=saved.pk)
    row.token, row.token_hash, row.forget_at = None, "", None
    row.save(update_fields=["token", "token_hash", "forget_at"])
