"""One certificate signs at a time: made by us, or brought along if it is fit."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from asn1crypto import pkcs12
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from pytest_django.fixtures import Settings

from sleek.audit.models import Record
from sleek.core import clock, crypto
from sleek.merchants.models import Merchant, User
from sleek.papers import actions as papers
from sleek.papers import drawing, signing
from sleek.papers.actions import CertificateRefused
from sleek.papers.actions.certificates import signer_of
from sleek.papers.models import Certificate
from sleek.papers.signing import Condition, certificates
from tests import people
from tests.papers import sheets, stores
from tests.papers.stores import PASSWORD

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def shop(db: None) -> Merchant:
    shop = people.merchant()
    shop.legal_name, shop.credit_code = "景德镇林氏陶瓷有限公司", "91360200MA35K3XK7F"
    shop.save()
    return shop


@pytest.fixture
def lin(shop: Merchant) -> User:
    return shop.memberships.get().user


def test_ours_bears_the_legal_name_and_number(shop, lin):
    made = papers.make_certificate(shop, by=lin)

    assert made.subject == "景德镇林氏陶瓷有限公司 · 91360200MA35K3XK7F"
    assert (made.is_current, made.is_imported, made.created_by) == (True, False, lin)
    record = Record.objects.get(action="certificate.made")
    assert (record.subject, record.actor) == (made.public_id, lin.public_id)
    assert record.data == {"subject": made.subject, "fingerprint": made.fingerprint}


def test_the_key_lies_encrypted_and_bound_to_its_row(shop, lin):
    one, other = (papers.make_certificate(shop, by=lin) for _ in range(2))
    key = signer_of(one).key

    assert key not in bytes(one.key)
    other.key = one.key
    with pytest.raises(crypto.Undecryptable):
        signer_of(other)


def test_the_newest_is_the_current_one(shop, lin):
    first, second = (papers.make_certificate(shop, by=lin) for _ in range(2))

    assert papers.current_certificate(shop, at=clock.now()) == second
    first.refresh_from_db()
    assert (first.is_current, Certificate.objects.filter(is_current=True).count()) == (False, 1)


def test_the_first_is_made_when_it_is_needed(shop):
    made = papers.current_certificate(shop, at=clock.now())

    assert papers.current_certificate(shop, at=clock.now()) == made
    assert Record.objects.get(action="certificate.made").actor == "system"


def test_an_expired_one_signs_no_more(shop, lin, frozen_clock):
    old = papers.make_certificate(shop, by=lin)
    frozen_clock.advance(days=1826)
    new = papers.current_certificate(shop, at=clock.now())

    assert new != old
    assert new.valid_until > clock.now()


def test_one_that_is_brought_along_signs_with_its_chain(shop, lin):
    content, above = stores.authority()
    kept = papers.import_certificate(shop, content, PASSWORD, by=lin)
    pdf = drawing.draw(sheets.bill(), {})
    found = signing.check(signing.sign(pdf, signer_of(kept), reason="", at=clock.now()))

    assert (kept.is_imported, kept.subject) == (True, "Lin Ceramics Co., Ltd.")
    assert x509.load_pem_x509_certificates(bytes(kept.chain)) == above
    assert (found.condition, found.fingerprint) == (Condition.INTACT, kept.fingerprint)
    assert Record.objects.get(action="certificate.imported").subject == kept.public_id


def test_rsa_signs_as_well(shop, lin):
    key = rsa.generate_private_key(65537, 2048)
    content = stores.store(key, stores.certificate(key))
    kept = papers.import_certificate(shop, content, PASSWORD, by=lin)
    pdf = drawing.draw(sheets.bill(), {})

    assert signing.check(
        signing.sign(pdf, signer_of(kept), reason="", at=clock.now())
    ).condition == (Condition.INTACT)


def test_what_is_unfit_is_refused_in_words(shop, lin):
    key = stores.curve()
    web, weak, odd = [ExtendedKeyUsageOID.SERVER_AUTH], rsa.generate_private_key(65537, 1024), None
    odd = ed25519.Ed25519PrivateKey.generate()
    soon = clock.now() + timedelta(days=1)
    files = {
        "does not open": b"no file",
        "larger than 100 kB": b"x" * 200_000,
        "no private key": stores.store(None, stores.certificate(key)),
        "has expired": stores.store(key, stores.certificate(key, days=59)),
        "not valid yet": stores.store(key, stores.certificate(key, starts=soon)),
        "not meant for signing": stores.store(key, stores.certificate(key, uses=web)),
        "too weak": stores.store(weak, stores.certificate(weak)),
        "of a kind": stores.store(odd, stores.certificate(odd)),
    }

    for words, content in files.items():
        with pytest.raises(CertificateRefused, match=words):
            papers.import_certificate(shop, content, PASSWORD, by=lin)
    assert Certificate.objects.count() == 0
    assert not Record.objects.filter(action="certificate.imported").exists()


def test_another_password_opens_nothing(shop, lin):
    content, _above = stores.authority()

    for password in ("", "wrong", PASSWORD.upper()):
        with pytest.raises(CertificateRefused, match="password is another one"):
            papers.import_certificate(shop, content, password, by=lin)


def test_a_file_that_computes_for_ever_is_given_up(shop, lin, monkeypatch: pytest.MonkeyPatch):
    """It says itself how often the password is hashed."""
    monkeypatch.setattr(certificates, "OPENING_S", 1)
    key = stores.curve()
    bomb = pkcs12.Pfx.load(stores.store(key, stores.certificate(key)))
    bomb["mac_data"]["iterations"] = 2**31 - 1
    with pytest.raises(CertificateRefused, match="does not open"):
        papers.import_certificate(shop, bomb.dump(force=True), PASSWORD, by=lin)
    assert not Certificate.objects.exists()


def test_keys_move_under_the_newest_master_key(shop, lin, settings: Settings):
    made = papers.make_certificate(shop, by=lin)
    key = signer_of(made).key
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = f"new:{base64.b64encode(b'n' * 32).decode()},{old}"

    assert papers.rewrap_certificates() == 1
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS.partition(",")[0]
    made.refresh_from_db()
    assert signer_of(made).key == key
