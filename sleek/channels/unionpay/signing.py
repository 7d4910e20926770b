"""UnionPay's signatures (5.1.0): RSA with SHA-256 over the hexadecimal digest of all fields.

Each message of UnionPay's brings the certificate that it was signed with. That makes it no more
trustworthy: the certificate counts only when it is valid today, was issued by the middle and root
certificates that were entered here, and names UnionPay as its owner.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from sleek.channels.base import Refused, Untrusted

SIGNATURE, CERTIFICATE, CERT_ID = "signature", "signPubKeyCert", "certId"
# The third part of the owner's common name, as in 041@8310000000083040@…@00016495. UnionPay's test
# environment signs under the same name.
OWNER = "中国银联股份有限公司"
LEAST_KEY_BITS = 2048
_HASHES = (hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512)
MAX_FIELDS = 100

# In a reply the values are written as they are; only within braces may one hold an ampersand.
_BETWEEN_FIELDS = re.compile(r"&(?![^{}]*\})")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*", re.ASCII)
_FORM = re.compile(rb"(?:[!-$&-~]|%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class Signer:
    """The merchant's key, and its certificate's serial number in decimal."""

    key: rsa.RSAPrivateKey
    cert_id: str


@dataclass(frozen=True, slots=True)
class Trust:
    """The two certificates from which UnionPay's own must descend."""

    root: x509.Certificate
    middle: x509.Certificate


@lru_cache(maxsize=64)
def signer(text: str, password: str) -> Signer:
    """From a PFX in base64, or PEM of both certificate and key. Raises `Refused`."""
    secret = password.encode() or None
    try:
        if "-----BEGIN" in text:
            pem = text.encode()
            key: object = _key(_pem_of_key(pem), secret)
            certificate: x509.Certificate | None = x509.load_pem_x509_certificate(pem)
        else:
            key, certificate, _ = pkcs12.load_key_and_certificates(
                base64.b64decode("".join(text.split()), validate=True), secret
            )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        message = "The signing certificate, its key or its password cannot be read."
        raise Refused(message, reason="sign_key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < LEAST_KEY_BITS:
        raise Refused("The signing key is not RSA of 2048 bits.", reason="sign_key")
    if certificate is None or certificate.public_key() != key.public_key():
        message = "The signing certificate is missing or is not that of the key."
        raise Refused(message, reason="sign_key")
    return Signer(key, str(certificate.serial_number))


@lru_cache(maxsize=64)
def trust(root: str, middle: str) -> Trust:
    """Raises `Refused` for what cannot be read, or where one did not issue the other."""
    found = Trust(
        _authority(root, "root_certificate"),
        _authority(middle, "middle_certificate"),
    )
    if not _is_issued(found.root, found.root):
        raise Refused("The root certificate is none: another issued it.", reason="root_certificate")
    if not _is_issued(found.middle, found.root):
        message = "The middle certificate was not issued by the root certificate."
        raise Refused(message, reason="middle_certificate")
    return found


def sign(fields: Mapping[str, str], by: Signer) -> dict[str, str]:
    """The fields with the two that sign them. What is empty is not sent."""
    signed = {name: value for name, value in fields.items() if value} | {CERT_ID: by.cert_id}
    raw = by.key.sign(_digest(signed), padding.PKCS1v15(), hashes.SHA256())
    return signed | {SIGNATURE: base64.b64encode(raw).decode()}


def verify(fields: Mapping[str, str], trusted: Trust, now: datetime) -> None:
    """Raises `Untrusted` unless UnionPay signed exactly these fields."""
    if fields.get("version") != "5.1.0" or fields.get("signMethod") != "01":
        raise Untrusted("the message is signed in another way")
    if fields.get("encoding", "").upper() != "UTF-8":
        raise Untrusted("the message is in another encoding")
    key = _key_of(fields.get(CERTIFICATE, ""), trusted, now)
    given = fields.get(SIGNATURE, "")
    try:
        raw = base64.b64decode(given, validate=True)
        key.verify(raw, _digest(fields), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        raise Untrusted("the message's signature is wrong") from None
    # Base64 has spare bits: one signature, one spelling.
    if base64.b64encode(raw).decode() != given:
        raise Untrusted("the message's signature is not in its usual form")
    # What was signed is one text. It must be readable in one way only, or a stranger could move the
    # borders between the fields.
    if _split(_text(fields)) != {name: fields[name] for name in fields if name != SIGNATURE}:
        raise Untrusted("the message's fields run into each other")


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a notice, each once. Raises `Untrusted`."""
    try:
        if not _FORM.fullmatch(body):
            raise ValueError("not a form")
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise Untrusted("the message is no form") from None
    return _once(pairs)


def read_reply(body: bytes) -> dict[str, str]:
    """The fields of an answer, which are written without escapes. Raises `Untrusted`."""
    try:
        return _split(body.decode())
    except UnicodeDecodeError:
        raise Untrusted("the answer is not in UTF-8") from None


def digest(fields: Mapping[str, str]) -> str:
    """What tells two messages apart whatever certificate signed them."""
    content = {name: value for name, value in fields.items() if name != CERTIFICATE}
    return hashlib.sha256(_text(content).encode()).hexdigest()


def _digest(fields: Mapping[str, str]) -> bytes:
    """The hexadecimal digits themselves are what is signed."""
    return hashlib.sha256(_text(fields).encode()).hexdigest().encode()


def _text(fields: Mapping[str, str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != SIGNATURE)


def _split(text: str) -> dict[str, str]:
    pairs = []
    for part in _BETWEEN_FIELDS.split(text):
        name, equals, value = part.partition("=")
        if not equals:
            raise Untrusted("the message is no list of fields")
        pairs.append((name, value))
    return _once(pairs)


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found = dict(pairs)
    if len(found) != len(pairs) or not all(_NAME.fullmatch(name) for name in found):
        raise Untrusted("a field comes twice or has no name")
    return found


def _key_of(pem: str, trusted: Trust, now: datetime) -> rsa.RSAPublicKey:
    certificate = _descendant(pem, trusted)
    for each in (certificate, trusted.middle, trusted.root):
        if not each.not_valid_before_utc <= now <= each.not_valid_after_utc:
            raise Untrusted("a certificate of the message's chain is not valid today")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_KEY_BITS:
        raise Untrusted("the message's certificate holds no RSA key of 2048 bits")
    return key


@lru_cache(maxsize=64)
def _descendant(pem: str, trusted: Trust) -> x509.Certificate:
    """A certificate of UnionPay's, whose dates are still to be looked at. Raises `Untrusted`."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except (ValueError, x509.InvalidVersion):
        raise Untrusted("the message's certificate cannot be read") from None
    if not _is_issued(certificate, trusted.middle):
        raise Untrusted("the message's certificate was not issued by UnionPay's authority")
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    parts = str(names[0].value).split("@") if len(names) == 1 else []
    if len(parts) < 3 or parts[2] != OWNER:
        raise Untrusted("the message's certificate is not UnionPay's")
    return certificate


def _authority(text: str, name: str) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
        limits = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, x509.ExtensionNotFound):
        raise Refused("This is no certificate of an authority.", reason=name) from None
    if not limits.ca:
        raise Refused("This certificate may not issue others.", reason=name)
    return certificate


def _is_issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    """By hand, as CFCA signed UnionPay's authorities with SHA-1, which the library's own function
    refuses. Nothing of a stranger's certificate is read before its signature.
    """
    key = by.public_key()
    try:
        algorithm = certificate.signature_hash_algorithm
        if not isinstance(key, rsa.RSAPublicKey) or not isinstance(algorithm, _HASHES):
            return False
        text = certificate.tbs_certificate_bytes
        key.verify(certificate.signature, text, padding.PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return certificate.issuer == by.subject


@lru_cache(maxsize=64)
def _key(pem: bytes, password: bytes | None) -> object:
    """Read once, whichever certificate it comes with: its numbers are tested for being prime."""
    return serialization.load_pem_private_key(pem, password)


def _pem_of_key(pem: bytes) -> bytes:
    """The part that is a key: the loader takes the first part, whatever it is."""
    found = re.search(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", pem, re.DOTALL)
    if not found:
        raise ValueError("no key")
    return found[0]
