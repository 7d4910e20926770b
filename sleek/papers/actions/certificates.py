"""The certificate with which a merchant's papers are signed: one is current at a time, and those
before it stay, since their papers do.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core import clock, crypto
from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant, User
from sleek.papers import signing
from sleek.papers.models import Certificate
from sleek.papers.signing import CertificateFlaw, Signer, Unfit

_WORDS: dict[CertificateFlaw, Promise] = {
    CertificateFlaw.TOO_HEAVY: _("The file is larger than 100 kB. A .p12 or .pfx file is smaller."),
    CertificateFlaw.UNREADABLE: _(
        "The file does not open: the password is another one, or this is no .p12 or .pfx file."
    ),
    CertificateFlaw.NO_KEY: _(
        "There is no private key with a certificate in this file. Export it anew, with the key."
    ),
    CertificateFlaw.WEAK_KEY: _(
        "The key is too weak, or of a kind that not every reader knows. RSA from 2048 to 8192 bits"
        " and the curves P-256, P-384 and P-521 are taken."
    ),
    CertificateFlaw.NOT_YET: _("The certificate is not valid yet."),
    CertificateFlaw.EXPIRED: _("The certificate has expired. Renew it and import the new one."),
    CertificateFlaw.NOT_FOR_SIGNING: _(
        "The certificate is not meant for signing documents. Ask your authority for one that is."
    ),
}


class CertificateRefused(SleekError):
    """The file holds nothing that could sign papers; the message says why."""

    code = "certificate_refused"


@transaction.atomic
def make_certificate(merchant: Merchant, *, by: User | None = None) -> Certificate:
    """One that vouches for itself, with the merchant's name and number. From now on the current."""
    merchant = _lock(merchant)
    signer = signing.make(
        merchant.legal_name or merchant.name,
        merchant.credit_code,
        merchant.country,
        at=clock.now(),
    )
    certificate = _store(merchant, signer, by=by, is_imported=False)
    _record("certificate.made", certificate, by)
    return certificate


def import_certificate(
    merchant: Merchant, content: bytes, password: str, *, by: User
) -> Certificate:
    """From a PKCS #12 file. From now on the current one. Raises `CertificateRefused`."""
    try:
        signer = signing.bring_along(content, password, at=clock.now())
    except Unfit as error:
        raise CertificateRefused(_WORDS[error.flaw]) from error
    with transaction.atomic():
        certificate = _store(_lock(merchant), signer, by=by, is_imported=True)
        _record("certificate.imported", certificate, by)
    return certificate


def current_certificate(merchant: Merchant, *, at: datetime) -> Certificate:
    """The one that signs at this moment; made where there is none, or it has expired. In the
    caller's transaction.
    """
    found = _valid(merchant, at)
    if found is None:
        _lock(merchant)
        found = _valid(merchant, at)
    return found or make_certificate(merchant)


def signer_of(certificate: Certificate) -> Signer:
    """Opened for one signature."""
    key = crypto.decrypt(bytes(certificate.key), context=_context(certificate))
    return Signer(key, bytes(certificate.certificate), bytes(certificate.chain))


@transaction.atomic
def rewrap_certificates() -> int:
    """Bring every private key under the newest master key. Raises `crypto.Undecryptable`."""
    rows = list(Certificate.objects.select_for_update(no_key=True).order_by("pk"))
    for certificate in rows:
        certificate.key = crypto.rewrap(bytes(certificate.key))
        certificate.save(update_fields=["key"])
    audit.record("secrets.rewrapped", "certificates", data={"count": len(rows)})
    return len(rows)


def _lock(merchant: Merchant) -> Merchant:
    return Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def _valid(merchant: Merchant, at: datetime) -> Certificate | None:
    current = merchant.certificates.filter(is_current=True)
    return current.filter(valid_from__lte=at, valid_until__gt=at).first()


def _store(
    merchant: Merchant, signer: Signer, *, by: User | None, is_imported: bool
) -> Certificate:
    opened = signer.opened
    certificate = Certificate(
        merchant=merchant,
        is_imported=is_imported,
        subject=signing.subject(opened)[:300],
        fingerprint=signer.fingerprint,
        certificate=signer.certificate,
        chain=signer.chain,
        valid_from=opened.not_valid_before_utc,
        valid_until=opened.not_valid_after_utc,
        created_by=by,
    )
    certificate.key = crypto.encrypt(signer.key, context=_context(certificate))
    merchant.certificates.filter(is_current=True).update(is_current=False)
    certificate.save(force_insert=True)
    return certificate


def _context(certificate: Certificate) -> str:
    return f"papers.certificate:{certificate.public_id}"


def _record(action: str, certificate: Certificate, by: User | None) -> None:
    audit.record(
        action,
        certificate.public_id,
        scope=certificate.merchant.public_id,
        actor=by.public_id if by else audit.SYSTEM,
        data={"subject": certificate.subject, "fingerprint": certificate.fingerprint},
    )
