"""Second steps of log-in: one-time codes from an app, passkeys, recovery codes.

Their rows are django-allauth's, whose log-in asks for them. The app's secret is sealed for its
person; of a recovery code only the hash is kept, so each can be shown once.
"""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core import clock, crypto, ids
from sleek.core.errors import Conflict, SleekError
from sleek.merchants import queries
from sleek.merchants.actions.identities import LastCredential
from sleek.merchants.models import TransactionPassword, User
from sleek.merchants.rules import (
    RECOVERY_CODE_COUNT,
    RECOVERY_CODE_LENGTH,
    grouped,
    matching_step,
    plain_code,
)

APP_CODE, RECOVERY_CODE = "app", "recovery"
MAX_PASSKEYS = 20
_KEPT_NAME = 80

TOTP, PASSKEY, RECOVERY = (
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.RECOVERY_CODES,
)


class WrongCode(SleekError):
    """A one-time code that is not the app's, was used before, or is too old."""

    code = "wrong_code"


class TooManyPasskeys(SleekError):
    code = "too_many_passkeys"


@transaction.atomic
def turn_on_totp(user: User, secret: str, code: str, *, address: str | None) -> list[str]:
    """The app has shown that it knows the secret. Returns recovery codes if these are the first."""
    user = _lock(user)
    if Authenticator.objects.filter(user=user, type=TOTP).exists():
        raise Conflict(_("Codes from an app are turned on already."))
    step = matching_step(secret, code, now=clock.now(), after=0)
    if step is None:
        raise WrongCode(_("This code is not right. Enter the one that your app shows now."))
    sealed = crypto.encrypt(secret.encode(), context=_context(user))
    Authenticator.objects.create(
        user=user,
        type=TOTP,
        data={"secret": base64.b64encode(sealed).decode(), "used_step": step},
        created_at=clock.now(),
    )
    _note(user, "user.totp_turned_on", address)
    return _first_codes(user, address)


@transaction.atomic
def turn_off_totp(user: User, *, address: str | None) -> None:
    user = _lock(user)
    if Authenticator.objects.filter(user=user, type=TOTP).delete()[0]:
        _note(user, "user.totp_turned_off", address)
        _drop_lonely_codes(user)


@transaction.atomic
def add_passkey(
    user: User, name: str, credential: dict[str, object], *, address: str | None
) -> list[str]:
    """The credential is verified. Returns recovery codes if these are the first."""
    user = _lock(user)
    passkeys = Authenticator.objects.filter(user=user, type=PASSKEY)
    if passkeys.count() >= MAX_PASSKEYS:
        raise TooManyPasskeys(_("You have twenty passkeys. Remove one that you no longer use."))
    if passkeys.filter(data__credential__id=credential["id"]).exists():
        raise Conflict(_("This passkey is in your list already."))
    public_id = ids.new("pky")
    Authenticator.objects.create(
        user=user,
        type=PASSKEY,
        data={"public_id": public_id, "name": name[:_KEPT_NAME], "credential": credential},
        created_at=clock.now(),
    )
    _note(user, "user.passkey_added", address, passkey=public_id)
    return _first_codes(user, address)


@transaction.atomic
def remove_passkey(user: User, public_id: str, *, address: str | None) -> bool:
    user = _lock(user)
    passkeys = Authenticator.objects.filter(user=user, type=PASSKEY)
    if not passkeys.filter(data__public_id=public_id).delete()[0]:
        return False
    if not queries.can_log_in(user):
        raise LastCredential
    _note(user, "user.passkey_removed", address, passkey=public_id)
    _drop_lonely_codes(user)
    return True


@transaction.atomic
def renew_recovery_codes(user: User, *, address: str | None) -> list[str]:
    """Ten fresh codes, which nobody can read again. The ones before them are worthless."""
    user = _lock(user)
    Authenticator.objects.filter(user=user, type=RECOVERY).delete()
    return _issue_codes(user, address)


@transaction.atomic
def use_code(user: User, typed: str, *, address: str | None) -> str:
    """APP_CODE, RECOVERY_CODE, or "" for what is neither. A good one is used up."""
    kept = Authenticator.objects.select_for_update().filter(user=user)
    rows = {row.type: row for row in kept.exclude(type=PASSKEY).order_by("pk")}
    if TOTP in rows and _use_totp(rows[TOTP], typed):
        return APP_CODE
    if RECOVERY in rows and _use_recovery(rows[RECOVERY], typed, address):
        return RECOVERY_CODE
    return ""


@transaction.atomic
def note_passkey_use(passkey: Authenticator) -> None:
    passkey.last_used_at = clock.now()
    passkey.save(update_fields=["last_used_at"])


@transaction.atomic
def drop_factors(user: User) -> bool:
    """For somebody who has lost all of it, and has shown the operator who they are. The log-in
    password is then enough. False when there was nothing.
    """
    user = _lock(user)
    dropped = Authenticator.objects.filter(user=user).delete()[0]
    dropped += TransactionPassword.objects.filter(user=user).delete()[0]
    if dropped:
        audit.record("user.factors_dropped", user.public_id, actor=audit.OPERATOR)
    return bool(dropped)


@transaction.atomic
def rewrap_factors() -> int:
    """Bring every app's secret under the newest master key."""
    rows = list(Authenticator.objects.select_for_update().filter(type=TOTP).order_by("pk"))
    for row in rows:
        sealed = crypto.rewrap(base64.b64decode(row.data["secret"]))
        row.data["secret"] = base64.b64encode(sealed).decode()
        row.save(update_fields=["data"])
    audit.record("secrets.rewrapped", "factors", data={"count": len(rows)})
    return len(rows)


def _use_totp(row: Authenticator, typed: str) -> bool:
    secret = crypto.decrypt(base64.b64decode(row.data["secret"]), context=_context(row.user))
    step = matching_step(secret.decode(), typed, now=clock.now(), after=row.data["used_step"])
    if step is None:
        return False
    row.data["used_step"], row.last_used_at = step, clock.now()
    row.save(update_fields=["data", "last_used_at"])
    return True


def _use_recovery(row: Authenticator, typed: str, address: str | None) -> bool:
    used = _hash(typed)
    if used not in row.data["hashes"]:
        return False
    row.data["hashes"].remove(used)
    row.last_used_at = clock.now()
    row.save(update_fields=["data", "last_used_at"])
    _note(row.user, "user.recovery_code_used", address, left=len(row.data["hashes"]))
    return True


def _first_codes(user: User, address: str | None) -> list[str]:
    if Authenticator.objects.filter(user=user, type=RECOVERY).exists():
        return []
    return _issue_codes(user, address)


def _issue_codes(user: User, address: str | None) -> list[str]:
    codes = [ids.token(RECOVERY_CODE_LENGTH).lower() for _ in range(RECOVERY_CODE_COUNT)]
    Authenticator.objects.create(
        user=user,
        type=RECOVERY,
        data={"hashes": [_hash(code) for code in codes]},
        created_at=clock.now(),
    )
    _note(user, "user.recovery_codes_made", address)
    return [grouped(code) for code in codes]


def _drop_lonely_codes(user: User) -> None:
    """Recovery codes stand in for a second step; without one they open nothing."""
    rest = Authenticator.objects.filter(user=user)
    if not rest.exclude(type=RECOVERY).exists():
        rest.delete()


def _hash(code: str) -> str:
    """Fast, since twelve random characters cannot be guessed from it."""
    return hashlib.sha256(plain_code(code).encode()).hexdigest()


def _context(user: User) -> str:
    return f"totp:{user.public_id}"


def _lock(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _note(user: User, action: str, address: str | None, **data: object) -> None:
    audit.record(action, user.public_id, actor=user.public_id, address=address, data=data)
