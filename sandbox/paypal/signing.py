"""The certificates of the platform: a root, an authority, and the signers of notices."""

import base64
import datetime as dt
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.store import Json

SIGNER = "messageverificationcerts.sandbox.paypal.com"
AUTHORITY_DAYS, SIGNER_DAYS = 10 * 365, 365
KEY_BITS = 2048

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def new_platform(now: float) -> Json:
    """A root and the authority below it, which issues the signers."""
    root_key, issuer_key = ec.generate_private_key(ec.SECP256R1()), _authority_key()
    root_name, issuer_name = _name("PayPal Root CA (sandbox)"), _name("PayPal CA G2 (sandbox)")
    root = _authority(root_name, root_key.public_key(), root_name, root_key, now=now)
    issuer = _authority(issuer_name, issuer_key.public_key(), root_name, root_key, now=now)
    return {
        "root": pem(root),
        "issuer": pem(issuer),
        "issuer_key": private_pem(issuer_key),
        "signers": [],
    }


def new_signer(platform: Json, certificate_id: str, now: float) -> Json:
    """A certificate made out to the signer of notices, with its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    issuer = x509.load_pem_x509_certificate(platform["issuer"].encode())
    issuer_key = _private(platform["issuer_key"])
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        _builder(_name(SIGNER), key.public_key(), issuer.subject, now, SIGNER_DAYS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SIGNER)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(_public(issuer_key)), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )
    return {"id": certificate_id, "certificate": pem(certificate), "key": private_pem(key)}


def sign(text: bytes, key: str) -> str:
    private = _private(key)
    assert isinstance(private, rsa.RSAPrivateKey)
    return base64.b64encode(private.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def is_signed(text: bytes, signature: str, certificate: str) -> bool:
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def private_pem(key: Key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _authority(
    name: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name, by: Key, *, now: float
) -> x509.Certificate:
    return (
        _builder(name, key, issuer, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(_public(by)), critical=False
        )
        .sign(by, hashes.SHA256())
    )


def _builder(
    name: x509.Name,
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    now: float,
    days: int,
) -> x509.CertificateBuilder:
    start = dt.datetime.fromtimestamp(now, dt.UTC) - dt.timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _authority_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _public(key: Key) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    return key.public_key()


@lru_cache(maxsize=64)
def _private(text: str) -> Key:
    key = serialization.load_pem_private_key(text.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return key
