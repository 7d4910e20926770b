"""A security key in software: what a browser sends back for it, and how that may be falsified."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN, HOST = "http://testserver", "testserver"
VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
PRESENT = AuthenticatorData.FLAG.UP


class Authenticator:
    def __init__(self, origin: str = ORIGIN, flags: AuthenticatorData.FLAG = VERIFIED) -> None:
        self.origin, self.flags = origin, flags
        self.id = os.urandom(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.user_handle = b""

    def make(self, options: dict[str, Any]) -> str:
        asked = options["publicKey"]
        self.user_handle = websafe_decode(asked["user"]["id"])
        public = AttestedCredentialData.create(
            Aaguid(bytes(16)), self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = self._data(self.flags | AuthenticatorData.FLAG.AT, public)
        client = self._client(CollectedClientData.TYPE.CREATE, asked["challenge"])
        attestation = AttestationObject.create("none", data, {})
        return self._said(client, attestationObject=websafe_encode(attestation))

    def use(self, options: dict[str, Any]) -> str:
        data = self._data(self.flags)
        client = self._client(CollectedClientData.TYPE.GET, options["publicKey"]["challenge"])
        signature = self.key.sign(data + client.hash, ec.ECDSA(SHA256()))
        return self._said(
            client,
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=websafe_encode(self.user_handle),
        )

    def _data(self, flags: Any, public: AttestedCredentialData | None = None) -> AuthenticatorData:
        host = hashlib.sha256(HOST.encode()).digest()
        made: AuthenticatorData = AuthenticatorData.create(host, flags, 0, public or b"")
        return made

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _said(self, client: CollectedClientData, **response: Any) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": {"clientDataJSON": websafe_encode(client), **response},
                "clientExtensionResults": {},
            }
        )
