"""Erasing a person's account, on their own wish.

What others made their accounts from stays: links, refunds and the audit log name the person by an
id behind which nobody stands any more.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import Consent, Device, Identity, TransactionPassword, User


class StillNeeded(SleekError):
    """The person works at a merchant or runs the installation, so the account must stay."""

    code = "still_needed"


@transaction.atomic
def erase_account(user: User, *, address: str | None = None) -> None:
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.memberships.exists():
        raise StillNeeded(_("You still work somewhere. Leave every workspace first."))
    if user.is_operator:
        raise StillNeeded(_("Your account runs this installation, so it cannot be erased here."))
    sessions = Device.objects.filter(user=user).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(sessions)).delete()
    for model in (EmailAddress, Authenticator, Identity, TransactionPassword, Device, Consent):
        model.objects.filter(user=user).delete()
    user.email = f"{user.public_id}@erased.invalid"
    user.name = ""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "is_active", "password"])
    audit.record("user.erased", user.public_id, actor=user.public_id, address=address)
    events.record([Fact("user.erased", user.public_id, None)])
