"""The key Google signs with, RS256, and how others see it."""

import base64
import json
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.store import Json, Store

KEY_ID = "sandbox-1"
KEY_BITS = 2048
META = "google.key"


def sign(store: Store, claims: Json, *, is_spoilt: bool = False) -> str:
    """A JSON Web Token in its compact form."""
    head = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
    text = f"{_packed(json.dumps(head).encode())}.{_packed(json.dumps(claims).encode())}"
    signature = _private(store).sign(
        (text + "." * is_spoilt).encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    return f"{text}.{_packed(signature)}"


def public(store: Store) -> Json:
    """The set of keys that callers verify with."""
    numbers = _private(store).public_key().public_numbers()
    key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID}
    return {"keys": [{**key, "n": _number(numbers.n), "e": _number(numbers.e)}]}


def _private(store: Store) -> rsa.RSAPrivateKey:
    kept = store.meta(META)
    if kept is None:
        fresh = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        kept = fresh.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        store.set_meta(META, kept)
    return _read(kept)


@lru_cache(maxsize=8)
def _read(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _number(value: int) -> str:
    return _packed(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
