"""The signatures of 5.1.0, seen from UnionPay's side: the hexadecimal digest is what is signed."""

import base64
import binascii
import hashlib
from functools import lru_cache
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.store import Store
from sandbox.unionpay import authority, errors

Fields = dict[str, str]


def signed(store: Store, fields: Fields, *, is_spoilt: bool = False) -> Fields:
    """With UnionPay's newest certificate and its signature."""
    newest = authority.of(store)["signs"][-1]
    content = {name: value for name, value in fields.items() if value}
    content["signPubKeyCert"] = newest["certificate"].strip().replace("\n", "\r\n")
    key = authority.private_key(newest["private_key"])
    raw = key.sign(_digest(content) + b" " * is_spoilt, padding.PKCS1v15(), hashes.SHA256())
    return content | {"signature": base64.b64encode(raw).decode()}


def is_signed(fields: Fields, certificate: str) -> bool:
    try:
        raw = base64.b64decode(fields.get("signature", ""), validate=True)
        _public(certificate).verify(raw, _digest(fields), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def read(body: bytes) -> Fields:
    """A form in which no field comes twice and none is empty."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        raise errors.bad_form("报文不是合法的表单") from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or not all(fields.values()):
        raise errors.bad_form("域重复或为空")
    return fields


def written(fields: Fields) -> bytes:
    """As UnionPay answers: values as they are, the two of the signature last."""
    last = ("signPubKeyCert", "signature")
    names = [*sorted(name for name in fields if name not in last), *last]
    return "&".join(f"{name}={fields[name]}" for name in names).encode()


def _digest(fields: Fields) -> bytes:
    names = sorted(name for name in fields if name != "signature")
    text = "&".join(f"{name}={fields[name]}" for name in names)
    return hashlib.sha256(text.encode()).hexdigest().encode()


@lru_cache(maxsize=256)
def _public(pem: str) -> rsa.RSAPublicKey:
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key
