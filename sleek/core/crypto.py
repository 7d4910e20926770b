"""Envelope encryption of secrets and personal data at rest, with keys that rotate.

Every value has a fresh data key (AES-256-GCM); the data key is wrapped by a master key, named in
the value by its id. Settings list the master keys, the newest first: it wraps, all of them unwrap.
`rewrap` moves a value to the newest key without touching its body. `context` binds a value to its
place, so that a ciphertext copied to another row does not open.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"
_NONCE = 12
_WRAPPED = 32 + 16


class Undecryptable(ValueError):
    """The value was altered, belongs elsewhere, or its master key is not configured."""


def encrypt(plain: bytes, *, context: str) -> bytes:
    data_key = AESGCM.generate_key(256)
    nonce = os.urandom(_NONCE)
    return _wrap(data_key) + nonce + AESGCM(data_key).encrypt(nonce, plain, context.encode())


def decrypt(value: bytes, *, context: str) -> bytes:
    try:
        data_key, body = _unwrap(value)
        return AESGCM(data_key).decrypt(body[:_NONCE], body[_NONCE:], context.encode())
    except (InvalidTag, IndexError, KeyError, ValueError) as error:
        raise Undecryptable("the value does not open with the configured keys") from error


def rewrap(value: bytes) -> bytes:
    """The same value under the newest master key. Raises `Undecryptable`."""
    try:
        data_key, body = _unwrap(value)
    except (InvalidTag, IndexError, KeyError, ValueError) as error:
        raise Undecryptable("the value does not open with the configured keys") from error
    return _wrap(data_key) + body


def _wrap(data_key: bytes) -> bytes:
    key_id, key = next(iter(_master_keys().items()))
    nonce = os.urandom(_NONCE)
    name = key_id.encode()
    wrapped = AESGCM(key).encrypt(nonce, data_key, name)
    return _VERSION + bytes([len(name)]) + name + nonce + wrapped


def _unwrap(value: bytes) -> tuple[bytes, bytes]:
    if value[:1] != _VERSION:
        raise ValueError("unknown version")
    end = 2 + value[1]
    name, nonce = value[2:end], value[end : end + _NONCE]
    wrapped = value[end + _NONCE : end + _NONCE + _WRAPPED]
    data_key = AESGCM(_master_keys()[name.decode()]).decrypt(nonce, wrapped, name)
    return data_key, value[end + _NONCE + _WRAPPED :]


def _master_keys() -> Mapping[str, bytes]:
    """Newest first, from `SLEEK_ENCRYPTION_KEYS` ("id:base64,id:base64")."""
    pairs = (pair.split(":", 1) for pair in settings.ENCRYPTION_KEYS.split(",") if pair)
    return {key_id.strip(): base64.b64decode(key) for key_id, key in pairs}
