"""The signatures and the encryption of API v3, seen from WeChat Pay's side."""

import base64
import binascii
import datetime as dt
import json
import secrets
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from sandbox.store import Json

KEY_BITS = 2048
CERTIFICATE_DAYS = 5 * 365
PUBLIC_KEY = -1  # the generation of the keys that are no certificate's
ALGORITHM = "AEAD_AES_256_GCM"


class BadKey(ValueError):
    """What was given is not an RSA public key of at least 2048 bits in PEM."""


def new_certificate(now: float, generation: int) -> Json:
    """A platform certificate with its key, as the WeChat Pay platform rotates them. Merchants share
    the keys of a generation, since making one takes a second, and never a serial number.
    """
    key = _platform_key(generation)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign (sandbox)")])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com Root CA (sandbox)")])
    # The serial numbers of real ones fill twenty bytes.
    serial = secrets.randbits(157) | 1 << 157
    start = dt.datetime.fromtimestamp(now, dt.UTC) - dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=CERTIFICATE_DAYS))
        .sign(key, hashes.SHA256())
    )
    return {
        "serial": f"{serial:040X}",
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "effective_at": start.timestamp(),
        "expires_at": (start + dt.timedelta(days=CERTIFICATE_DAYS)).timestamp(),
        "private_key": private_pem(key),
    }


def new_public_key() -> Json:
    key = _platform_key(PUBLIC_KEY)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {"public_key": public.decode(), "private_key": private_pem(key)}


def private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def checked_public_key(text: str) -> str:
    try:
        key = serialization.load_pem_public_key(text.encode())
    except ValueError as error:
        raise BadKey("merchant_public_key is not PEM of a public key") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < KEY_BITS:
        raise BadKey(f"merchant_public_key is not an RSA key of at least {KEY_BITS} bits")
    return text


def sign(text: bytes, pem: str) -> str:
    signature = _private(pem).sign(text, padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def is_signed(text: bytes, signature: str, pem: str) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
        _public(pem).verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def encrypt(content: bytes, api_key: str, *, aside: str) -> Json:
    nonce = secrets.token_urlsafe(9)
    sealed = AESGCM(api_key.encode()).encrypt(nonce.encode(), content, aside.encode())
    return {
        "algorithm": ALGORITHM,
        "ciphertext": base64.b64encode(sealed).decode(),
        "nonce": nonce,
        "associated_data": aside,
    }


def compact(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=256)
def _platform_key(generation: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


@lru_cache(maxsize=256)
def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@lru_cache(maxsize=256)
def _public(pem: str) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    return key
