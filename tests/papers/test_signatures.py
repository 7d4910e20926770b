"""A signed file shows every change, and others' programs agree that it is whole."""

from __future__ import annotations

import asyncio
import io
import random
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import SimpleSigner
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sleek.papers import drawing, signing
from sleek.papers.signing import Condition, Signature, Signer
from tests.papers import sheets

NOW = datetime(2026, 3, 2, 9, 0, 0, 500, tzinfo=UTC)
NAME, NUMBER = "景德镇林氏陶瓷有限公司", "91360200MA35K3XK7F"
UNSIGNED = Signature(Condition.UNSIGNED)
BROKEN = Signature(Condition.BROKEN)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return signing.make(NAME, NUMBER, "CN", at=NOW)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return drawing.draw(sheets.bill(seal=sheets.sealed()), sheets.PICTURES)


@pytest.fixture(scope="module")
def signed(plain: bytes, signer: Signer) -> bytes:
    return signing.sign(plain, signer, reason="SK-2026-00042", at=NOW)


def embedded(pdf: bytes) -> EmbeddedPdfSignature:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert isinstance(signature, EmbeddedPdfSignature)
    return signature


def flipped(pdf: bytes, place: int, bit: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1 << bit]) + pdf[place + 1 :]


def test_it_tells_who_signed_and_when(signed, signer):
    assert signing.check(signed) == Signature(
        Condition.INTACT, f"{NAME} · {NUMBER}", signer.fingerprint, NOW.replace(microsecond=0)
    )


def test_others_find_it_whole_and_closed(signed, signer):
    trusted = asn1.Certificate.load(signer.certificate)
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False, moment=NOW)
    status = validate_pdf_signature(embedded(signed), context)

    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level == ModificationLevel.NONE
    assert embedded(signed).docmdp_level == MDPPerm.NO_CHANGES
    assert embedded(signed).sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert embedded(signed).sig_object["/Reason"] == "SK-2026-00042"


def test_what_was_drawn_is_untouched_before_the_signature(plain, signed):
    assert signed.startswith(plain)
    assert sheets.pages(signed) == sheets.pages(plain)
    assert sheets.seen(signed).tobytes() == sheets.seen(plain).tobytes()


def test_any_flipped_bit_shows(signed, chance):
    """All over the file, and once more within the signature itself."""
    start = signed.rindex(b"/Contents <")
    end = signed.index(b">", start)
    places = chance.sample(range(len(signed)), 200) + chance.sample(range(start, end), 200)
    changed = [flipped(signed, place, chance.randrange(8)) for place in places]

    assert {signing.check(pdf).condition for pdf in changed} <= {
        Condition.BROKEN,
        Condition.UNSIGNED,
    }


def test_each_bit_of_the_signatures_head_matters(signed):
    start = signed.rindex(b"/Contents <") + 10

    for place in range(start, start + 300):
        assert signing.check(flipped(signed, place, place % 8)) == BROKEN


@pytest.mark.parametrize("more", [b"\n", b"\0", b"\n1 0 obj\n<<>>\nendobj\n", b"%%EOF\n"])
def test_whatever_is_added_shows(signed, more):
    assert signing.check(signed + more) == BROKEN


def test_whatever_is_cut_off_shows(signed):
    assert signing.check(signed[:-1]) == BROKEN
    assert signing.check(signed[: len(signed) // 2]).condition != Condition.INTACT


def test_a_later_revision_shows(signed):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()

    out = io.BytesIO()
    writer.write(out)
    assert signing.check(out.getvalue()) == BROKEN


def test_another_signers_word_has_another_fingerprint(plain, signer):
    forger = signing.make(NAME, NUMBER, "CN", at=NOW)
    forged = signing.check(signing.sign(plain, forger, reason="", at=NOW))

    assert forged.signer == f"{NAME} · {NUMBER}"
    assert forged.fingerprint == forger.fingerprint != signer.fingerprint


def test_a_signature_of_another_file_proves_nothing(plain, signed, signer):
    other = signing.sign(plain + b"\n", signer, reason="SK-2026-00043", at=NOW)
    mine, theirs = (pdf[pdf.rindex(b"/Contents <") :][:5000] for pdf in (signed, other))

    assert mine != theirs
    assert signing.check(signed.replace(mine, theirs)) == BROKEN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"/ByteRange [0 0 0 0]",
        b"/ByteRange [0 5 3 99]",
        b"/ByteRange [0 9999999999 9999999999 9999999999]",
        b"<00>/ByteRange [0 0 4 23]",
        b"<308030>" + b"/ByteRange [0 0 8 23]",
    ],
)
def test_nonsense_is_not_intact(content):
    assert signing.check(content) in (UNSIGNED, BROKEN)


def test_chance_bytes_in_the_signatures_place_are_refused(signed):
    """Whatever they are, the reader of structures does not fall over them."""
    chance = random.Random(7)
    start = signed.rindex(b"/Contents <") + 11
    size = signed.index(b">", start) - start

    for _ in range(50):
        noise = bytes([0x30, 0x82]) + chance.randbytes(size // 2 - 2)
        assert (
            signing.check(signed[:start] + noise.hex().upper().encode() + signed[start + size :])
            == BROKEN
        )


def test_the_signature_names_its_certificate(signed, signer):
    """PAdES baseline B-B: the certificate's hash is signed, the time is not in the signature."""
    content = cms.ContentInfo.load(embedded(signed).pkcs7_content)["content"]
    (hand,) = content["signer_infos"]
    attributes = [each["type"].native for each in hand["signed_attrs"]]

    assert sorted(attributes) == ["content_type", "message_digest", "signing_certificate_v2"]
    assert [each.chosen.dump() for each in content["certificates"]] == [signer.certificate]


def test_what_is_signed_beside_the_file_is_written_as_pyhanko_writes_it(signed, signer):
    content = cms.ContentInfo.load(embedded(signed).pkcs7_content)["content"]
    attributes = content["signer_infos"][0]["signed_attrs"]
    digest = embedded(signed).compute_digest()
    theirs = SimpleSigner(asn1.Certificate.load(signer.certificate), None, SimpleCertificateStore())
    written = asyncio.run(theirs.signed_attrs(digest, "sha256", use_pades=True))

    assert attributes.untag().dump() == written.dump()


def test_a_certificate_of_ours_is_for_documents_and_five_years(signer):
    made = signer.opened
    uses = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value

    assert signing.subject(made) == f"{NAME} · {NUMBER}"
    assert [use.dotted_string for use in uses] == ["1.3.6.1.5.5.7.3.36"]
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (
        True,
        True,
        False,
    )
    assert made.not_valid_before_utc == datetime(2026, 3, 2, 8, 55, tzinfo=UTC)
    assert made.not_valid_after_utc - made.not_valid_before_utc == timedelta(days=1825)
    assert isinstance(made.public_key(), ec.EllipticCurvePublicKey)


def test_a_name_longer_than_a_certificates_is_cut():
    made = signing.make("长" * 200, "", "CN", at=NOW)

    assert signing.subject(made.opened) == "长" * 64


def test_a_certificate_that_no_other_program_reads_is_broken(plain, signer):
    """Of a version that is none: one library takes it, another does not."""
    strange = signer.certificate.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x04", 1)
    assert strange != signer.certificate
    forged = signing.sign(plain, Signer(signer.key, strange), reason="", at=NOW)
    assert signing.check(forged) == BROKEN
