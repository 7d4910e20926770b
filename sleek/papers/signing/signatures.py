"""Putting a signature on a PDF, and telling whether one still holds.

`check` reads bytes, not a document: the signature must cover the whole file but its own place, and
what stands in that place must be exactly what belongs there. So there is no revision, no padding
and no spelling in which a change could hide, and a hostile file has no parser to play with.
"""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core, keys, parser, pem
from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sleek.papers.signing.certificates import Signer, subject
from sleek.papers.signing.conditions import Condition, Signature

FIELD = "Signature"
_ROOM = 2048  # bytes of a signature beside its certificates
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_TIME = re.compile(rb"/M \(D(?::|\\072)(\d{14})Z\)")
_SHA256 = {"algorithm": "sha256"}
# What asn1crypto and pyHanko raise on structures that lie.
_BROKEN = (
    SignatureValidationError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    x509.InvalidVersion,
)


class _PunctualSigner(PdfSigner):
    """One that takes the time from its caller."""

    def __init__(self, *given: Any, at: datetime) -> None:
        super().__init__(*given)
        self._at = at

    def init_signing_session(self, *given: Any, **more: Any) -> Any:
        session = super().init_signing_session(*given, **more)
        session.system_time = self._at
        return session


class _BriskSigner(SimpleSigner):
    """One that writes what is signed beside the file by itself: asn1crypto writes each piece anew
    for every piece around it, which took more time than all the rest.
    """

    async def signed_attrs(self, data_digest: bytes, *given: Any, **more: Any) -> cms.CMSAttributes:
        return cms.CMSAttributes.load(_attributes(self.signing_cert, data_digest))


class _PlainWriter(IncrementalPdfFileWriter):
    """One that leaves the metadata alone: pyHanko writes all of them anew, under names of its own,
    and says that the machine's clock changed the file.
    """

    def _update_meta(self) -> None:
        pass


def sign(pdf: bytes, signer: Signer, *, reason: str, at: datetime) -> bytes:
    """The same file with one signature more, behind which nothing may be changed. Some 5 ms."""
    certificate = asn1.Certificate.load(signer.certificate)
    above = [asn1.Certificate.load(der) for der in _unarmored(signer.chain)]

    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(above)
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason or None,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    key = keys.PrivateKeyInfo.load(signer.key)
    hand = _BriskSigner(certificate, key, store)
    # As hexadecimal digits; pyHanko would sign twice to find out.
    room = 2 * (_ROOM + len(signer.certificate) + sum(len(each.dump()) for each in above))
    moment = at.astimezone(UTC).replace(microsecond=0)
    writer = _PlainWriter(io.BytesIO(pdf))
    made = _PunctualSigner(meta, hand, at=moment).sign_pdf(writer, bytes_reserved=room)
    return bytes(made.getvalue())


def check(pdf: bytes) -> Signature:
    """Whether a file is still as its last signer left it."""
    ranges = list(_RANGE.finditer(pdf))
    if not ranges:
        return Signature(Condition.UNSIGNED)
    return _check(pdf, ranges[-1]) or Signature(Condition.BROKEN)


def _attributes(certificate: asn1.Certificate, digest: bytes) -> bytes:
    """What PAdES B-B wants: the file's digest, and which certificate it is (RFC 5035), in DER."""
    number = certificate["tbs_certificate"]["serial_number"]
    issuer = parser.emit(2, 1, 4, certificate.issuer.dump())
    issued = _sequence(_sequence(issuer), number.dump())
    itself = core.OctetString(hashlib.sha256(certificate.dump()).digest())
    attributes = {
        "content_type": cms.ContentType("data").dump(),
        "message_digest": core.OctetString(digest).dump(),
        "signing_certificate_v2": _sequence(_sequence(_sequence(itself.dump(), issued))),
    }
    kinds = ((cms.CMSAttributeType(name).dump(), value) for name, value in attributes.items())
    return _set(*sorted(_sequence(kind, _set(value)) for kind, value in kinds))


def _sequence(*parts: bytes) -> bytes:
    return bytes(parser.emit(0, 1, 16, b"".join(parts)))


def _set(*parts: bytes) -> bytes:
    return bytes(parser.emit(0, 1, 17, b"".join(parts)))


def _check(pdf: bytes, found: re.Match[bytes]) -> Signature | None:
    start, end, rest = (int(number) for number in found.groups())
    place = pdf[start:end]
    if end + rest != len(pdf) or not re.fullmatch(rb"<(?:[0-9A-F]{2})+>", place):
        return None
    digest = hashlib.sha256(pdf[:start] + pdf[end:]).digest()
    try:
        certificate = _signed_with(bytes.fromhex(place[1:-1].decode()), digest)
        if certificate is None:
            return None
        der = certificate.dump()
        name = subject(x509.load_der_x509_certificate(der))
    except _BROKEN:
        return None
    return Signature(
        Condition.INTACT,
        signer=name,
        fingerprint=hashlib.sha256(der).hexdigest(),
        signed_at=_time(pdf, found.start()),
    )


def _signed_with(content: bytes, digest: bytes) -> asn1.Certificate | None:
    """The certificate, if the signature holds and nothing else stands in its place."""
    info = cms.ContentInfo.load(content)
    said = info["content"]
    (signer,) = said["signer_infos"]
    number = signer["sid"].chosen["serial_number"].native
    (certificate,) = (c.chosen for c in said["certificates"] if c.chosen.serial_number == number)
    is_intact, is_valid = validate_sig_integrity(signer, certificate, "data", digest)
    written = info.dump()
    is_plain = written == _rewritten(said, signer, certificate)
    is_padded = not content[len(written) :].strip(b"\0")
    return certificate if is_intact and is_valid and is_plain and is_padded else None


def _rewritten(said: Any, signer: Any, certificate: asn1.Certificate) -> bytes:
    """All of it as we write it, with what is signed taken over: what the signature itself does not
    cover cannot say anything else.
    """
    identity = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    hand = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": identity}),
            "digest_algorithm": _SHA256,
            "signed_attrs": signer["signed_attrs"],
            "signature_algorithm": signer["signature_algorithm"],
            "signature": signer["signature"],
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms((_SHA256,)),
            "encap_content_info": {"content_type": "data"},
            "certificates": said["certificates"],
            "signer_infos": [hand],
        }
    )
    whole = cms.ContentInfo({"content_type": cms.ContentType("signed_data"), "content": content})
    return bytes(whole.dump())


def _time(pdf: bytes, place: int) -> datetime | None:
    """The `/M` of the signature whose `/ByteRange` stands at the place."""
    first, last = pdf.rfind(b" obj", 0, place), pdf.find(b"endobj", place)
    found = _TIME.search(pdf, max(first, 0), max(last, 0))
    try:
        return found and datetime.strptime(f"{found[1].decode()}+0000", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None


def _unarmored(chain: bytes) -> list[bytes]:
    return [der for _, _, der in pem.unarmor(chain, multiple=True)] if chain else []
