"""The certificate that a notice names, and whether it is PayPal's.

The address stands in a header that anybody can write. So nothing is downloaded but from PayPal's
own hosts, and nothing downloaded is believed but a certificate made out to PayPal's signer by an
authority that browsers trust. Behind another `api_base` the one host is that very origin, and the
authority the `root_certificate` entered for it.
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import verification
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from sleek.channels.base import Refused, Untrusted

LIVE, SANDBOX = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
ORIGINS = {
    LIVE: (LIVE, "https://api.paypal.com"),
    SANDBOX: (SANDBOX, "https://api.sandbox.paypal.com"),
}
PATH = "/v1/notifications/certs/"
# PayPal has served its certificate without the one that issued it. That one is then taken from
# where the certificate says, if it is this host; its signature by a known root is what counts.
ISSUERS = "http://cacerts.digicert.com/"
MAX_PEM_BYTES = 64 * 1024
MAX_CHAIN = 6
LEAST_KEY_BITS = 2048
BELIEVE_FOR = timedelta(hours=12)
# A stranger may name any number of certificates: they lead to few downloads.
DOWNLOADS = 5
DOWNLOADS_IN = timedelta(minutes=1)

_END = b"-----END CERTIFICATE-----"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_SIGNER = re.compile(r"messageverificationcerts(\.[a-z0-9-]+)*\.paypal\.com", re.ASCII)

Download = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose certificates are believed: those of the API at `base`, up to `root` if one is given."""

    base: str
    root: str = ""

    @property
    def origins(self) -> tuple[str, ...]:
        return ORIGINS.get(self.base, (self.base,))


@dataclass(frozen=True, slots=True)
class _Known:
    key: rsa.RSAPublicKey
    ends_at: datetime


@dataclass
class _Shelf:
    """What this process has learned from one API."""

    known: dict[str, _Known] = field(default_factory=dict)
    asked_at: list[datetime] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


_shelves: dict[Trust, _Shelf] = {}
_lock = threading.Lock()


def key(url: str, trust: Trust, *, now: datetime, download: Download) -> rsa.RSAPublicKey:
    """The key of the certificate at that address. Raises `Untrusted`."""
    must_be_named(url, trust)
    with _lock:
        shelf = _shelves.setdefault(trust, _Shelf())
    with shelf.lock:
        found = shelf.known.get(url)
        if found is None or now > found.ends_at:
            _count_download(shelf, now)
            found = shelf.known[url] = _learn(url, trust, now, download)
    return found.key


def forget() -> None:
    """As a fresh process knows them: not at all."""
    with _lock:
        _shelves.clear()


def must_be_named(url: str, trust: Trust) -> None:
    """Raises `Untrusted` for an address elsewhere. It is compared as written, not as understood: no
    port, name or path that a library might read in its own way can slip through.
    """
    starts = [f"{origin}{PATH}" for origin in trust.origins]
    rests = [url.removeprefix(start) for start in starts if url.startswith(start)]
    if not any(_NAME.fullmatch(rest) for rest in rests):
        raise Untrusted("the notice names a certificate that is not at PayPal")


def root(text: str) -> x509.Certificate:
    """A root certificate, PEM. Raises `Refused`."""
    try:
        return x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        message = "The root certificate cannot be read."
        raise Refused(message, reason="root_certificate") from None


def _count_download(shelf: _Shelf, now: datetime) -> None:
    shelf.asked_at = [moment for moment in shelf.asked_at if now - moment < DOWNLOADS_IN]
    if len(shelf.asked_at) >= DOWNLOADS:
        raise Untrusted("too many unknown certificates are named")
    shelf.asked_at.append(now)


def _learn(url: str, trust: Trust, now: datetime, download: Download) -> _Known:
    try:
        chain = x509.load_pem_x509_certificates(download(url)[:MAX_PEM_BYTES])[:MAX_CHAIN]
    except ValueError:
        raise Untrusted("the certificate cannot be read") from None
    leaf = chain[0]
    name = _signer(leaf)
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise Untrusted("the certificate is not valid today")
    issuers = chain[1:] or _issuer(leaf, download)
    verifier = (
        verification.PolicyBuilder()
        .store(_roots(trust.root))
        .time(now.astimezone(UTC).replace(tzinfo=None))
        .build_server_verifier(x509.DNSName(name))
    )
    try:
        verifier.verify(leaf, issuers)
    except verification.VerificationError:
        raise Untrusted("the certificate is of no known authority") from None
    public = leaf.public_key()
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size < LEAST_KEY_BITS:
        raise Untrusted("the certificate holds no RSA key of 2048 bits")
    return _Known(public, min(leaf.not_valid_after_utc, now + BELIEVE_FOR))


def _signer(leaf: x509.Certificate) -> str:
    """The name that it is made out to, which must be the signer of PayPal's notices."""
    names = [str(each.value) for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if len(names) != 1 or not _SIGNER.fullmatch(names[0]):
        raise Untrusted("the certificate is not made out to PayPal's notices")
    return names[0]


def _issuer(leaf: x509.Certificate, download: Download) -> list[x509.Certificate]:
    try:
        about = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    for each in about:
        place = each.access_location.value
        if each.access_method == AuthorityInformationAccessOID.CA_ISSUERS and place.startswith(
            ISSUERS
        ):
            try:
                return [x509.load_der_x509_certificate(download(place)[:MAX_PEM_BYTES])]
            except ValueError:
                return []
    return []


@lru_cache(maxsize=8)
def _roots(own: str) -> verification.Store:
    """The one that was entered, or those that browsers know."""
    if own:
        return verification.Store([root(own)])
    pieces = Path(certifi.where()).read_bytes().split(_END)
    return verification.Store([found for piece in pieces if (found := _public_root(piece + _END))])


def _public_root(text: bytes) -> x509.Certificate | None:
    """None for one of the few old ones that break today's rules, which no signer is under."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        try:
            return x509.load_pem_x509_certificate(text)
        except (ValueError, CryptographyDeprecationWarning):
            return None
