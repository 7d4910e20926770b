"""The browsers in which a person is logged in: noticing them, and logging them out."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import transaction

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.merchants.models import Device, User

_AGENT_LENGTH = 300


@transaction.atomic
def see_device(
    user: User, session_key: str, *, before: str, user_agent: str, address: str | None
) -> None:
    """Somebody came by. `before` is the session's earlier key: a key changes, the device stays."""
    seen = {
        "user": user,
        "session_key": session_key,
        "user_agent": user_agent[:_AGENT_LENGTH],
        "address": address,
        "seen_at": clock.now(),
    }
    known = Device.objects.filter(user=user, session_key__in={before, session_key} - {""})
    if not known.update(**seen):
        Device.objects.bulk_create([Device(**seen)], ignore_conflicts=True)


@transaction.atomic
def log_out_device(user: User, public_id: str, *, address: str | None) -> bool:
    """Its next request finds no session."""
    device = Device.objects.select_for_update().filter(user=user, public_id=public_id).first()
    if device is None:
        return False
    _end([device])
    _note(user, "user.device_logged_out", address)
    return True


@transaction.atomic
def log_out_other_devices(user: User, session_key: str, *, address: str | None) -> int:
    """All but the one that this session belongs to."""
    others = list(
        Device.objects.select_for_update().filter(user=user).exclude(session_key=session_key)
    )
    if others:
        _end(others)
        _note(user, "user.other_devices_logged_out", address)
    return len(others)


def _end(devices: list[Device]) -> None:
    Session.objects.filter(session_key__in=[device.session_key for device in devices]).delete()
    Device.objects.filter(pk__in=[device.pk for device in devices]).delete()


def _note(user: User, action: str, address: str | None) -> None:
    audit.record(action, user.public_id, actor=user.public_id, address=address)
