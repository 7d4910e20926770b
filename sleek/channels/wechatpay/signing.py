"""WeChat Pay's signatures: RSA with SHA-256 over a few lines, and AES-GCM for what is secret.

A request is signed with the merchant's key over method, path, time, nonce and body. A reply and a
notice are signed over time, nonce and body, by one of WeChat's keys, which a header names. The time
is part of what is signed, so an old message is refused even when its signature is right.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sleek.channels.base import Refused, Untrusted
from sleek.core import ids

SCHEME = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE = timedelta(minutes=5)
API_KEY_BYTES = 32
NONCE_BYTES = 12
LEAST_KEY_BITS = 2048
ALGORITHM = "AEAD_AES_256_GCM"


@dataclass(frozen=True, slots=True)
class Seal:
    """What the headers of a signed reply or notice say about its signature."""

    timestamp: str
    nonce: str
    signature: str
    serial: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Seal:
        """From headers with lower-case names. Raises `Untrusted` when one is missing."""
        names = ("timestamp", "nonce", "signature", "serial")
        values = [headers.get(f"wechatpay-{name}", "") for name in names]
        if not all(values):
            raise Untrusted("the message is not signed")
        return cls(*values)


@lru_cache(maxsize=64)
def private_key(text: str) -> rsa.RSAPrivateKey:
    """The key of the merchant's API certificate, PEM. Raises `Refused`."""
    try:
        key = serialization.load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused("The merchant's key cannot be read.", reason="private_key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < LEAST_KEY_BITS:
        raise Refused("The merchant's key is not RSA of 2048 bits.", reason="private_key")
    return key


@lru_cache(maxsize=64)
def public_key(text: str) -> rsa.RSAPublicKey:
    """WeChat Pay's public key, PEM. Raises `Refused`."""
    try:
        key = serialization.load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise Refused("WeChat Pay's public key cannot be read.", reason="public_key") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_KEY_BITS:
        raise Refused("WeChat Pay's public key is not RSA of 2048 bits.", reason="public_key")
    return key


def certificate_key(pem: bytes, now: datetime) -> dict[str, rsa.RSAPublicKey]:
    """The key of a platform certificate under its serial number in upper-case hex. Raises
    `Untrusted` for one that is not valid today.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise Untrusted("a platform certificate cannot be read") from None
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Untrusted("a platform certificate is not valid today")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Untrusted("a platform certificate holds no RSA key")
    return {f"{certificate.serial_number:040X}": key}


def authorization(
    method: str,
    target: str,
    body: bytes,
    *,
    merchant: tuple[str, str, rsa.RSAPrivateKey],
    now: datetime,
) -> str:
    """The header that signs a request; `target` is its path with its query, `merchant` its number,
    the serial number of its certificate, and its key.
    """
    number, serial, key = merchant
    timestamp, nonce = str(int(now.timestamp())), ids.token(32)
    text = f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
    values = {
        "mchid": number,
        "nonce_str": nonce,
        "timestamp": timestamp,
        "serial_no": serial,
        "signature": _sign(text, key),
    }
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in values.items())


def call(app_id: str, prepared: str, *, key: rsa.RSAPrivateKey, now: datetime) -> dict[str, str]:
    """What a page hands to WeChat so that it asks the payer to confirm: signed over four lines."""
    timestamp, nonce = str(int(now.timestamp())), ids.token(32)
    package = f"prepay_id={prepared}"
    return {
        "appId": app_id,
        "timeStamp": timestamp,
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": _sign(f"{app_id}\n{timestamp}\n{nonce}\n{package}\n".encode(), key),
    }


def must_be_recent(seal: Seal, now: datetime) -> None:
    """Raises `Untrusted` for a message that is too old, or from the future."""
    if not seal.timestamp.isascii() or not seal.timestamp.isdigit() or len(seal.timestamp) > 12:
        raise Untrusted("the message's time is no time")
    if abs(now.timestamp() - int(seal.timestamp)) >= TOLERANCE.total_seconds():
        raise Untrusted("the message is of another time")


def verify(seal: Seal, body: bytes, key: rsa.RSAPublicKey) -> None:
    """Raises `Untrusted` when the signature is wrong."""
    text = f"{seal.timestamp}\n{seal.nonce}\n".encode() + body + b"\n"
    try:
        raw = base64.b64decode(seal.signature, validate=True)
        key.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        raise Untrusted("the message's signature is wrong") from None
    # Base64 has spare bits: one signature, one spelling.
    if base64.b64encode(raw).decode() != seal.signature:
        raise Untrusted("the message's signature is not in its usual form")


def api_key(text: str) -> bytes:
    """The APIv3 key as bytes. Raises `Refused` unless there are 32 of them."""
    key = text.encode()
    if len(key) != API_KEY_BYTES:
        raise Refused("The APIv3 key has 32 characters.", reason="api_v3_key")
    return key


def decrypt(resource: Mapping[str, object], key: bytes) -> bytes:
    """What an encrypted resource of a notice or a certificate holds. Raises `Untrusted`."""
    if resource.get("algorithm") != ALGORITHM:
        raise Untrusted("the message is encrypted in an unknown way")
    nonce = str(resource.get("nonce", "")).encode()
    aside = str(resource.get("associated_data") or "").encode()
    if len(nonce) != NONCE_BYTES:
        raise Untrusted("the message's nonce is not of 12 bytes")
    try:
        sealed = base64.b64decode(str(resource.get("ciphertext", "")), validate=True)
        return AESGCM(key).decrypt(nonce, sealed, aside)
    except (InvalidTag, ValueError, binascii.Error):
        raise Untrusted("the message cannot be decrypted") from None


def _sign(text: bytes, key: rsa.RSAPrivateKey) -> str:
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
