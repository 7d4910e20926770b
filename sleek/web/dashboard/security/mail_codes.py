"""A code by mail, for somebody who has nothing else to prove themselves with in this browser."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from sleek.core import clock, ids
from sleek.merchants.models import User
from sleek.merchants.rules import plain_code

VALID_FOR = timedelta(minutes=10)
_LENGTH = 6
_KEY = "mail_code"


def issue(request: HttpRequest, user: User) -> str:
    """A fresh code, for this session alone. The one before it is worthless."""
    code = ids.digits(_LENGTH)
    request.session[_KEY] = {"hash": _hash(user, code), "at": clock.now().isoformat()}
    return code


def is_sent(request: HttpRequest) -> bool:
    kept = request.session.get(_KEY)
    return kept is not None and clock.now() - datetime.fromisoformat(kept["at"]) < VALID_FOR


def trouble(request: HttpRequest, user: User, typed: str) -> str:
    """What is wrong with it; a right one is used up. Tries are limited where proofs are taken."""
    if not is_sent(request):
        return _("The code is too old. Let us send a new one.")
    if not constant_time_compare(request.session[_KEY]["hash"], _hash(user, plain_code(typed))):
        return _("This is not the code from our newest mail.")
    request.session.pop(_KEY)
    return ""


def _hash(user: User, code: str) -> str:
    return salted_hmac(f"sleek.mail_code.{user.public_id}", code, algorithm="sha256").hexdigest()
