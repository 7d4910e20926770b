"""Keys and certificates to sign with: made here, or brought along in a PKCS #12 file."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from sleek.papers.signing import opening

VALID_DAYS = 5 * 365
MAX_BYTES = 100 * 1024  # of a PKCS #12 file
MAX_CHAIN = 5  # certificates above it
OPENING_S = 3  # of computing; an honest file takes a tenth of it
_RSA_BITS = range(2048, 8192 + 1)  # beyond that, each paper takes seconds to sign
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_NAME_LENGTH = 64  # of a name in a certificate, by RFC 5280; and of a common name in bytes
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_DOCUMENT_USES = {
    _DOCUMENT_SIGNING,
    ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # Microsoft's word for the same
    ObjectIdentifier("1.2.840.113583.1.1.5"),  # Adobe's
    ExtendedKeyUsageOID.EMAIL_PROTECTION,  # what most authorities give to people who sign
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
}


class CertificateFlaw(StrEnum):
    """Why a file's certificate cannot sign papers."""

    TOO_HEAVY = "certificate_too_heavy"
    UNREADABLE = "certificate_unreadable"  # damaged, another format, or another password
    NO_KEY = "certificate_without_key"
    WEAK_KEY = "certificate_weak_key"
    NOT_YET = "certificate_not_yet_valid"
    EXPIRED = "certificate_expired"
    NOT_FOR_SIGNING = "certificate_not_for_signing"


class Unfit(Exception):
    """The certificate is not taken; `flaw` says why."""

    def __init__(self, flaw: CertificateFlaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Signer:
    """What a signature needs. The key is PKCS #8 in DER and never leaves the process so."""

    key: bytes
    certificate: bytes  # DER
    chain: bytes = b""  # PEM of those above it

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.certificate).hexdigest()

    @property
    def opened(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate)


def make(name: str, number: str, country: str, *, at: datetime) -> Signer:
    """A certificate that vouches for itself. `number` is the company's in its register, or empty.

    A curve's key, since it is made and signs at once; every reader of PDF/A-3's time knows P-256.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    named = _name(name, number, country)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,  # what it signs, its owner stands by
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    # Readers whose clock is a little behind shall find it valid, too.
    begins = at.replace(microsecond=0) - timedelta(minutes=5)
    made = (
        x509.CertificateBuilder(named, named, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Signer(_key_bytes(key), made.public_bytes(serialization.Encoding.DER))


def bring_along(content: bytes, password: str, *, at: datetime) -> Signer:
    """From a PKCS #12 file (.p12, .pfx), with those above it. Raises `Unfit`."""
    if len(content) > MAX_BYTES:
        raise Unfit(CertificateFlaw.TOO_HEAVY)
    store = _opened(content, password)
    if not store["key"] or not store["certificate"]:
        raise Unfit(CertificateFlaw.NO_KEY)
    (key,), (certificate,) = store["key"], store["certificate"]
    try:
        _require_fit(x509.load_der_x509_certificate(certificate), at)
        above = [x509.load_der_x509_certificate(each) for each in store["chain"][:MAX_CHAIN]]
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unfit(CertificateFlaw.UNREADABLE) from error
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in above)
    return Signer(key, certificate, chain)


def subject(certificate: x509.Certificate) -> str:
    """As its owner reads it: the person, the company, and the company's number."""

    def said(kind: ObjectIdentifier) -> list[str]:
        return [str(found.value) for found in certificate.subject.get_attributes_for_oid(kind)]

    companies = said(NameOID.ORGANIZATION_NAME)
    names = [
        name
        for name in said(NameOID.COMMON_NAME)
        if not any(company.startswith(name) for company in companies)
    ]
    parts = [*names, *companies, *said(NameOID.ORGANIZATION_IDENTIFIER)]
    return " · ".join(parts) or certificate.subject.rfc4514_string()


def _opened(content: bytes, password: str) -> dict[str, list[bytes]]:
    """By a process of its own; see there. Raises `Unfit`."""
    said = {"content": base64.b64encode(content).decode(), "password": password}
    program = [sys.executable, "-I", opening.__file__, str(OPENING_S)]
    try:
        done = subprocess.run(
            program, input=json.dumps(said).encode(), capture_output=True, timeout=10 * OPENING_S
        )
    except subprocess.TimeoutExpired as error:
        raise Unfit(CertificateFlaw.UNREADABLE) from error
    found = json.loads(done.stdout) if done.returncode == 0 else None
    if found is None:
        raise Unfit(CertificateFlaw.UNREADABLE)
    return {name: [base64.b64decode(each) for each in parts] for name, parts in found.items()}


def _name(name: str, number: str, country: str) -> x509.Name:
    short = name.encode()[:_NAME_LENGTH].decode(errors="ignore")
    parts = [(NameOID.COUNTRY_NAME, country), (NameOID.ORGANIZATION_NAME, name[:_NAME_LENGTH])]
    if number:
        parts.append((NameOID.ORGANIZATION_IDENTIFIER, number))
    parts.append((NameOID.COMMON_NAME, short))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _key_bytes(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _require_fit(certificate: x509.Certificate, at: datetime) -> None:
    key = certificate.public_key()
    is_strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES)
    )
    if not is_strong:
        raise Unfit(CertificateFlaw.WEAK_KEY)
    if at < certificate.not_valid_before_utc:
        raise Unfit(CertificateFlaw.NOT_YET)
    if at >= certificate.not_valid_after_utc:
        raise Unfit(CertificateFlaw.EXPIRED)
    if not _is_for_signing(certificate):
        raise Unfit(CertificateFlaw.NOT_FOR_SIGNING)


def _is_for_signing(certificate: x509.Certificate) -> bool:
    """Neither one that certifies others nor one for a web server; without a word, anything goes."""
    said = certificate.extensions
    try:
        usage = said.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        pass
    else:
        if not (usage.digital_signature or usage.content_commitment):
            return False
    try:
        purposes = said.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(_DOCUMENT_USES & set(purposes))
