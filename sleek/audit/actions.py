"""Appending to the audit log."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from django.db import transaction

from sleek.audit.models import Chain, Record
from sleek.core import clock

OPERATOR = "operator"
SYSTEM = "system"


@transaction.atomic
def record(
    action: str,
    subject: str,
    *,
    scope: str = OPERATOR,
    actor: str = SYSTEM,
    address: str | None = None,
    data: dict[str, object] | None = None,
) -> Record:
    """Append one act, in the caller's transaction.

    The act and its record stand or fall together.
    """
    Chain.objects.bulk_create([Chain(scope=scope)], ignore_conflicts=True)
    head = Chain.objects.select_for_update().get(scope=scope)
    entry = Record(
        scope=scope,
        sequence=head.sequence + 1,
        actor=actor,
        action=action,
        subject=subject,
        data=data or {},
        address=address,
        created_at=clock.now(),
        previous_hash=head.hash,
    )
    entry.hash = digest(entry)
    entry.save(force_insert=True)
    head.sequence, head.hash = entry.sequence, entry.hash
    head.save(update_fields=["sequence", "hash"])
    return entry


def digest(entry: Record) -> str:
    """SHA-256 over the record's content and its predecessor's hash, in a canonical JSON form."""
    content = [
        entry.scope,
        entry.sequence,
        entry.actor,
        entry.action,
        entry.subject,
        entry.data,
        entry.address,
        entry.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.previous_hash,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
