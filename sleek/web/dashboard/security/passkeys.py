"""The two ceremonies of WebAuthn: making a passkey, and using one.

Every passkey of ours can be found by the browser without a name (discoverable) and asks its owner
for a finger, a face or a PIN, so that each serves as the whole log-in and as a second step. What a
browser sends back is a stranger's text until it is verified.
"""

from __future__ import annotations

import ipaddress
import json
import struct
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sleek.core import clock
from sleek.merchants import queries
from sleek.merchants.models import User

VALID_FOR = timedelta(minutes=5)
MAX_REPLY_LENGTH = 32 * 1024
_KEY = "passkey"
# What parsing and verifying a stranger's bytes may raise.
_MALFORMED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    InvalidSignature,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    struct.error,
)


def are_possible(request: HttpRequest) -> bool:
    """Browsers bind passkeys to a name; an address of digits will not do."""
    try:
        ipaddress.ip_address(_host(request).strip("[]"))
    except ValueError:
        return True
    return False


def options_for_making(request: HttpRequest, user: User) -> dict[str, Any]:
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(
            id=user.public_id.encode(), name=user.email, display_name=user.name or user.email
        ),
        credentials=[_credential(row) for row in queries.factors_of(user).passkeys],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _expect(request, "make", state)
    return dict(options)


def made(request: HttpRequest, reply: str) -> dict[str, object] | None:
    """The new credential, once it is verified, as it is kept."""
    state = _expected(request, "make")
    try:
        said = json.loads(reply[:MAX_REPLY_LENGTH])
        _server(request).register_complete(state, said)
        return dict(RegistrationResponse.from_dict(said))
    except _MALFORMED:
        return None


def options_for_using(request: HttpRequest, user: User | None) -> dict[str, Any]:
    """Without a user, the browser offers whatever passkeys it has for us."""
    known = queries.factors_of(user).passkeys if user else []
    options, state = _server(request).authenticate_begin(
        credentials=[_credential(row) for row in known] or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _expect(request, "use", state)
    return dict(options)


def used(request: HttpRequest, reply: str, user: User | None = None) -> Authenticator | None:
    """The passkey that has signed, if it is this user's; without a user, whoever it names."""
    state = _expected(request, "use")
    try:
        said = AuthenticationResponse.from_dict(json.loads(reply[:MAX_REPLY_LENGTH]))
        owner = user or _named(said)
    except (*_MALFORMED, User.DoesNotExist):
        return None
    rows = {_credential(row).credential_id: row for row in queries.factors_of(owner).passkeys}
    known = [_credential(row) for row in rows.values()]
    try:
        signed = _server(request).authenticate_complete(state, known, said)
    except _MALFORMED:
        return None
    return rows[signed.credential_id]


def _named(said: AuthenticationResponse) -> User:
    handle = said.response.user_handle or b""
    return User.objects.get(public_id=handle.decode())


def _credential(row: Authenticator) -> AttestedCredentialData:
    kept = RegistrationResponse.from_dict(row.data["credential"])
    data: AttestedCredentialData | None
    data = kept.response.attestation_object.auth_data.credential_data
    if data is None:
        raise ValueError("a kept passkey has no key")
    return data


def _server(request: HttpRequest) -> Fido2Server:
    """Replies count from the very origin that was asked, port included."""
    origin = f"{request.scheme}://{request.get_host()}"
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=_host(request), name="Sleek"),
        verify_origin=lambda told: told == origin,
    )


def _host(request: HttpRequest) -> str:
    host = request.get_host()
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _expect(request: HttpRequest, ceremony: str, state: dict[str, Any]) -> None:
    request.session[_KEY] = {
        "ceremony": ceremony,
        "at": clock.now().isoformat(),
        "challenge": state["challenge"],
        "user_verification": str(state["user_verification"].value),
    }


def _expected(request: HttpRequest, ceremony: str) -> dict[str, Any] | None:
    """A challenge is answered once, soon, and in the ceremony that it was made for."""
    kept = request.session.pop(_KEY, None)
    if not kept or kept["ceremony"] != ceremony:
        return None
    is_late = clock.now() - datetime.fromisoformat(kept["at"]) > VALID_FOR
    return None if is_late else dict(kept)
