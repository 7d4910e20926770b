"""Forgetting payers' bank accounts when they have served, and all that is a person's own when that
person goes.

A person is known as a payer by verified e-mail addresses alone. What a merchant must keep of a
payment stays.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from sleek.core import clock
from sleek.merchants import actions as merchants
from sleek.merchants.models import User
from sleek.merchants.queries import proven_emails
from sleek.payments import actions as payments
from sleek.refunds import queries, rules
from sleek.refunds.models import Claim
from sleek.refunds.rules import OPEN

FORGOTTEN = 500  # accounts in one round


@transaction.atomic
def forget_accounts() -> int:
    """Of refunds that ended long enough ago, and those that were asked for anew since."""
    before = clock.now() - rules.ACCOUNT_KEPT
    ended = Q(refund__updated_at__lte=before) & ~Q(refund__status__in=OPEN)
    due = queries.known_accounts().filter(ended | Q(revoked_at__lte=before))
    return _forget(list(due.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN]))


@transaction.atomic
def erase_person(user: User, *, address: str | None = None) -> None:
    """Erase the account, and let go of what its person left here as a payer: cards that were saved,
    and bank accounts of refunds that need them no more. Raises `StillNeeded`.
    """
    emails = proven_emails(user)
    merchants.erase_account(user, address=address)
    payments.forget_payer(emails)
    done = queries.accounts_of(emails).exclude(refund__status__in=OPEN)
    _forget(list(done.values_list("pk", flat=True)))


def _forget(claims: Collection[int]) -> int:
    """One statement, so that a claim that is being rewrapped meanwhile stays forgotten."""
    return Claim.objects.filter(pk__in=claims).update(details=b"")
