"""Somebody whom a provider has vouched for and who has no account here yet, kept in the session.

They can do nothing but join, log in to the account they have, or leave: nobody is logged in, and
no row is written before they consent. After an hour they show the provider again who they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest

from sleek.core import clock
from sleek.merchants.actions import Vouched
from sleek.merchants.models import Provider, User

VALID_FOR = timedelta(hours=1)
_KEY = "vouched_for"
_SALT = "sleek.identities.proof"


@dataclass(frozen=True, slots=True)
class Arrival:
    vouched: Vouched
    next_url: str = ""

    @property
    def provider(self) -> Provider:
        return Provider(self.vouched.provider)


def begin(request: HttpRequest, vouched: Vouched, *, next_url: str = "") -> None:
    until = (clock.now() + VALID_FOR).isoformat()
    request.session[_KEY] = {"vouched": asdict(vouched), "next": next_url, "until": until}


def of(request: HttpRequest) -> Arrival | None:
    kept = request.session.get(_KEY)
    if not kept or clock.now() >= datetime.fromisoformat(kept["until"]):
        return None
    return Arrival(Vouched(**kept["vouched"]), kept["next"])


def end(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def proof_for(arrival: Arrival, owner: User) -> str:
    """For a link to the owner's mailbox: whoever follows it here, in this browser, is both."""
    until = (clock.now() + VALID_FOR).isoformat()
    return signing.dumps([owner.public_id, _mark(arrival), until], salt=_SALT)


def owner_by(token: str, arrival: Arrival | None) -> tuple[str, bool]:
    """The public id of the mailbox's owner, or nothing, and whether this is their browser."""
    try:
        owner, mark, until = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return "", False
    if clock.now() >= datetime.fromisoformat(until):
        return "", False
    return owner, arrival is not None and mark == _mark(arrival)


def _mark(arrival: Arrival) -> str:
    """Stands for the identity in the link, without telling it."""
    text = f"{arrival.vouched.provider} {arrival.vouched.subject}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
