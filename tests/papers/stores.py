"""Certificate files that people bring along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

PASSWORD = "correct horse"
START = datetime(2026, 1, 1, tzinfo=UTC)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def curve() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    key: Key,
    *,
    name: str = "Lin Ceramics",
    above: tuple[str, ec.EllipticCurvePrivateKey] | None = None,
    starts: datetime = START,
    days: int = 365,
    uses: list[ObjectIdentifier] | None = None,
) -> x509.Certificate:
    """Signed by itself, or by a name and key above it."""
    issuer, hand = above or (name, key)
    builder = x509.CertificateBuilder(
        named(issuer), named(name), key.public_key(), x509.random_serial_number()
    )
    builder = builder.not_valid_before(starts).not_valid_after(starts + timedelta(days=days))
    if uses is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    return builder.sign(
        hand, None if isinstance(hand, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    )


def store(
    key: Key | None, own: x509.Certificate | None, above: list[x509.Certificate] | None = None
) -> bytes:
    """A PKCS #12 file under the password."""
    lock = serialization.BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(None, key, own, above, lock)


def authority() -> tuple[bytes, list[x509.Certificate]]:
    """A file with a chain of two above the certificate, and those two."""
    top, middle, own = curve(), curve(), curve()
    root = certificate(top, name="Root")
    between = certificate(middle, name="Between", above=("Root", top))
    mine = certificate(
        own,
        name="Lin Ceramics Co., Ltd.",
        above=("Between", middle),
        uses=[ExtendedKeyUsageOID.EMAIL_PROTECTION],
    )
    return store(own, mine, [between, root]), [between, root]
