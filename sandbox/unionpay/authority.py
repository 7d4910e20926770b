"""The authority that vouches for UnionPay and its merchants: root, middle, and what they issued."""

import datetime as dt
import json
import secrets
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from sandbox.store import Json, Store

KEPT = "unionpay.authority"
OWNER = "中国银联股份有限公司"
KEY_BITS = 2048
YEARS = {"root": 20, "middle": 15, "leaf": 5}
NAME_CHARS = 20


class BadKey(ValueError):
    """What was given is not an RSA public key of at least 2048 bits in PEM."""


def of(store: Store) -> Json:
    """Made once: `root`, `middle`, and under `signs` UnionPay's own certificates, newest last."""
    kept = store.meta(KEPT)
    if kept is not None:
        found: Json = json.loads(kept)
        return found
    root_key, middle_key = _new_key(), _new_key()
    root_name, middle_name = _name("SANDBOX CS CA"), _name("SANDBOX OCA1")
    root = _issue(root_name, root_key.public_key(), (root_name, root_key), kind="root")
    middle = _issue(middle_name, middle_key.public_key(), (root_name, root_key), kind="middle")
    made: Json = {
        "root": _pem(root),
        "middle": _pem(middle),
        "middle_key": _private_pem(middle_key),
        "signs": [],
    }
    made["signs"].append(_new_sign(made))
    store.set_meta(KEPT, json.dumps(made))
    return made


def rotate(store: Store) -> Json:
    """UnionPay signs with a new key from now on, under a new certificate of the same authority."""
    known = of(store)
    known["signs"].append(_new_sign(known))
    store.set_meta(KEPT, json.dumps(known))
    return known


def issue_to_merchant(store: Store, number: str, name: str, public_key: str) -> tuple[str, str]:
    """A merchant's signing certificate, and its serial number in decimal."""
    try:
        key = serialization.load_pem_public_key(public_key.encode())
    except ValueError as error:
        raise BadKey("merchant_public_key is not PEM of a public key") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < KEY_BITS:
        raise BadKey(f"merchant_public_key is not an RSA key of at least {KEY_BITS} bits")
    subject = _name(f"041@{number}@{name.replace('@', ' ')[:NAME_CHARS]}@00000001")
    certificate = _issue(subject, key, _middle(of(store)), kind="leaf")
    return _pem(certificate), str(certificate.serial_number)


@lru_cache(maxsize=64)
def private_key(pem: str) -> rsa.RSAPrivateKey:
    """Read once: proving that its numbers are primes takes longer than signing with it."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _new_sign(known: Json) -> Json:
    key = _new_key()
    subject = _name(f"041@8310000000083040@{OWNER}@{len(known['signs']):08d}")
    certificate = _issue(subject, key.public_key(), _middle(known), kind="leaf")
    return {"certificate": _pem(certificate), "private_key": _private_pem(key)}


def _middle(known: Json) -> tuple[x509.Name, rsa.RSAPrivateKey]:
    certificate = x509.load_pem_x509_certificate(known["middle"].encode())
    return certificate.subject, private_key(known["middle_key"])


def _issue(
    subject: x509.Name,
    key: rsa.RSAPublicKey,
    issuer: tuple[x509.Name, rsa.RSAPrivateKey],
    *,
    kind: str,
) -> x509.Certificate:
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0])
        .public_key(key)
        # CFCA's serial numbers fill five bytes.
        .serial_number(secrets.randbits(36) | 1 << 36)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=365 * YEARS[kind]))
        .add_extension(x509.BasicConstraints(ca=kind != "leaf", path_length=None), critical=False)
        .sign(issuer[1], hashes.SHA256())
    )


def _name(common: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, "Sandbox Authority"))
    return x509.Name(
        [x509.NameAttribute(kind, text) for kind, text in (*parts, (NameOID.COMMON_NAME, common))]
    )


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
