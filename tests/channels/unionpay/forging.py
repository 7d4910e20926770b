"""An authority of the tests' own, and messages signed under what it issued: UnionPay's, or a
forger's. Written from the protocol, without the connector's help.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

UNIONPAY = "041@8310000000083040@中国银联股份有限公司@00016495"
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Party:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def private_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def issue(
        self,
        name: str,
        key: rsa.RSAPrivateKey,
        *,
        is_authority: bool = False,
        since: timedelta = -YEAR,
        until: timedelta = YEAR,
    ) -> Party:
        issuer = (self.certificate.subject, self.key)
        made = _certificate(name, key, issuer, is_authority=is_authority, since=since, until=until)
        return Party(made, key)


@dataclass(frozen=True)
class Authority:
    root: Party
    middle: Party


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """Making one takes a while; equal numbers share."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def authority(number: int) -> Authority:
    root = self_signed("Root", key(number))
    return Authority(root, root.issue("Middle", key(number + 1), is_authority=True))


def self_signed(name: str, own: rsa.RSAPrivateKey) -> Party:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    ages = {"since": -10 * YEAR, "until": 10 * YEAR}
    return Party(_certificate(name, own, (issuer, own), is_authority=True, **ages), own)


def message(fields: Mapping[str, str], by: Party, *, digest: str = "lower") -> dict[str, str]:
    """The fields with certificate and signature, as UnionPay sends them."""
    content = {**fields, "signPubKeyCert": by.pem.strip().replace("\n", "\r\n")}
    text = "&".join(f"{name}={content[name]}" for name in sorted(content))
    digits = hashlib.sha256(text.encode()).hexdigest()
    signed = digits.upper() if digest == "upper" else digits
    raw = by.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return content | {"signature": base64.b64encode(raw).decode()}


def _certificate(
    name: str,
    own: rsa.RSAPrivateKey,
    issuer: tuple[x509.Name, rsa.RSAPrivateKey],
    *,
    is_authority: bool,
    since: timedelta,
    until: timedelta,
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer[0])
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + since)
        .not_valid_after(now + until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(issuer[1], hashes.SHA256())
    )
