"""Between signing up and activating: what this browser remembers.

It remembers the address, and whether the person here has shown the account's password. The proof is
bound to that very password: when somebody else signs up with the address again, it is worth nothing
any more. An address that has an owner already is remembered in the same way, so a stranger learns
nothing from it.
"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.models import User
from sleek.web.dashboard import mails
from sleek.web.dashboard.identities import arrivals, letters

_KEY = "waiting_for_activation"
COOL_DOWN_S = 60


def begin(request: HttpRequest, email: str, user: User | None) -> None:
    proof = user.get_session_auth_hash() if user else ""
    request.session[_KEY] = {
        "email": email,
        "user": user.public_id if user else "",
        "proof": proof,
    }


def email(request: HttpRequest) -> str:
    """The address that this browser waits for, if any."""
    return str(request.session.get(_KEY, {}).get("email", ""))


def knows_password(request: HttpRequest, user: User) -> bool:
    kept = request.session.get(_KEY, {})
    same_user = kept.get("user") == user.public_id
    return same_user and constant_time_compare(kept["proof"], user.get_session_auth_hash())


def end(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def may_send(request: HttpRequest, to: str) -> bool:
    """Uses up the cool-down of the address, known or not."""
    return bool(ratelimit.consume(request, action="confirm_email", key=to.lower()))


def send_activation(request: HttpRequest) -> bool:
    """Send the mail that fits, whoever the address belongs to. False while it cools down."""
    to = email(request)
    if not to or not may_send(request, to):
        return False
    write(request, to)
    return True


def write(request: HttpRequest, to: str) -> None:
    user = queries.unverified_user(request.session[_KEY]["user"])
    if user:
        mails.send(mails.activation(merchants.issue_activation_token(user)), to)
    elif owner := queries.verified_user(to):
        mails.send(_to_owner(request, owner), to)


def _to_owner(request: HttpRequest, owner: User) -> mails.Letter:
    """Who came from a provider is offered to connect it to the account they have."""
    arrival = arrivals.of(request)
    if arrival is None:
        return mails.already_signed_up()
    return letters.proof(arrival.provider, arrivals.proof_for(arrival, owner))


def client_address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))
