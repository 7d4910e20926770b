"""The transaction password (交易密码): setting it, and showing that one knows it.

Five wrong tries close it for a quarter of an hour, whoever guessed, in whatever session.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants.models import TransactionPassword, User
from sleek.merchants.rules import TRANSACTION_PASSWORD_LOCK, TRANSACTION_PASSWORD_TRIES


class SameAsLoginPassword(SleekError):
    """Who learns the one would know the other."""

    code = "same_as_login_password"


class WrongTransactionPassword(SleekError):
    code = "wrong_transaction_password"


class TransactionPasswordLocked(SleekError):
    """Too many wrong tries; even the right one does not count now."""

    code = "transaction_password_locked"


@transaction.atomic
def set_transaction_password(user: User, password: str, *, address: str | None) -> bool:
    """The form has seen that it is strong, and `sensitive` who it is. True when it is the first."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.check_password(password):
        raise SameAsLoginPassword(_("This is your log-in password. Choose a different one."))
    _kept, is_first = TransactionPassword.objects.update_or_create(
        user=user,
        defaults={
            "password": make_password(password),
            "failed_count": 0,
            "locked_until": None,
            "changed_at": clock.now(),
        },
    )
    if is_first:
        _note(user, "user.transaction_password_set", address)
    else:
        _note(user, "user.transaction_password_changed", address)
    return is_first


def prove_transaction_password(user: User, password: str, *, address: str | None) -> None:
    """Returns when it is right. What was wrong is counted before it is refused."""
    left, locked_until = _try(user, password, address)
    if locked_until:
        minutes = max(1, -(-int((locked_until - clock.now()).total_seconds()) // 60))
        raise TransactionPasswordLocked(
            ngettext(
                "Too many wrong tries. The transaction password is locked for %(count)d minute.",
                "Too many wrong tries. The transaction password is locked for %(count)d minutes.",
                minutes,
            )
            % {"count": minutes}
        )
    if left:
        raise WrongTransactionPassword(
            ngettext(
                "This is not your transaction password. You have %(count)d more try.",
                "This is not your transaction password. You have %(count)d more tries.",
                left,
            )
            % {"count": left}
        )


@transaction.atomic
def _try(user: User, password: str, address: str | None) -> tuple[int, datetime | None]:
    """The tries that are left after a wrong one, else 0; and until when no try counts."""
    kept = TransactionPassword.objects.select_for_update().get(user=user)
    if kept.locked_until and clock.now() < kept.locked_until:
        return 0, kept.locked_until
    if check_password(password, kept.password):
        kept.failed_count, kept.locked_until = 0, None
    elif kept.failed_count + 1 < TRANSACTION_PASSWORD_TRIES:
        kept.failed_count += 1
    else:
        kept.failed_count, kept.locked_until = 0, clock.now() + TRANSACTION_PASSWORD_LOCK
        _note(user, "user.transaction_password_locked", address)
    kept.save(update_fields=["failed_count", "locked_until"])
    left = TRANSACTION_PASSWORD_TRIES - kept.failed_count if kept.failed_count else 0
    return left, kept.locked_until


def _note(user: User, action: str, address: str | None) -> None:
    audit.record(action, user.public_id, actor=user.public_id, address=address)
