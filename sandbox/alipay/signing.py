"""RSA2: RSA with SHA-256 and PKCS#1 v1.5 over sorted `k=v` pairs, in base64."""

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from itertools import count

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_BITS = 2048
KEYS = 8
_turns = count()


class BadKey(ValueError):
    """What was given is not an RSA public key of at least 2048 bits."""


def new_key_pair() -> tuple[str, str]:
    """A private key as PEM and its public key as bare base64, as Alipay's console shows it. Apps
    take a few keys in turn, since making and reading one takes long: no two neighbours share one.
    """
    key = _key(next(_turns) % KEYS)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), _bare(key.public_key())


def bare_public_key(text: str) -> str:
    """Check a public key given as PEM or bare base64, and keep it as bare base64."""
    body = "".join(line for line in text.strip().splitlines() if not line.startswith("-----"))
    try:
        key = serialization.load_der_public_key(base64.b64decode(body, validate=True))
    except (ValueError, binascii.Error) as error:
        raise BadKey("app_public_key is not PEM or base64 of a public key") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < KEY_BITS:
        raise BadKey(f"app_public_key is not an RSA key of at least {KEY_BITS} bits")
    return _bare(key)


def sign(text: str, private_pem: str) -> str:
    signature = _private(private_pem).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def is_signed(text: str, signature: str, public_key: str) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
        _public(public_key).verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def request_text(params: Mapping[str, str]) -> str:
    """What a request's signature covers: everything but `sign`; empty values do not count."""
    return _joined({key: value for key, value in params.items() if key != "sign" and value})


def notice_text(params: Mapping[str, str]) -> str:
    """What a notice's signature covers: neither `sign` nor `sign_type`."""
    return _joined({key: v for key, v in params.items() if key not in ("sign", "sign_type") and v})


def _joined(params: Mapping[str, str]) -> str:
    return "&".join(f"{key}={params[key]}" for key in sorted(params))


def _bare(key: rsa.RSAPublicKey) -> str:
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


@lru_cache(maxsize=KEYS)
def _key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


@lru_cache(maxsize=256)
def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BadKey("not an RSA private key")
    return key


@lru_cache(maxsize=256)
def _public(bare: str) -> rsa.RSAPublicKey:
    key = serialization.load_der_public_key(base64.b64decode(bare))
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadKey("not an RSA public key")
    return key
