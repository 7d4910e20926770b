"""What looks like a notice of PayPal's and is none: certificates and signatures gone wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from sleek.channels.base import Outcome, Untrusted
from sleek.channels.paypal import certificates, signing
from sleek.channels.paypal.channel import Paypal
from sleek.channels.paypal.signing import Seal
from sleek.core import clock
from tests.channels.contract import read_all
from tests.channels.providers import PaypalProvider, paid, sandbox_time, started
from tests.sandbox.conftest import Receiver, Sandbox

SIGNER = "messageverificationcerts.paypal.com"
PLACE = f"{certificates.LIVE}/v1/notifications/certs/CERT-1"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _as_a_fresh_process() -> Iterator[None]:
    certificates.forget()
    yield
    certificates.forget()


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver) -> Iterator[PaypalProvider]:
    with sandbox_time(sandbox):
        yield PaypalProvider(sandbox, receiver)


# A platform of our own, which can go wrong in every way


class Platform:
    """An authority, what it issues, and a host that serves it."""

    def __init__(self) -> None:
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._authority("Root", "Root", self.root_key.public_key(), self.root_key)
        self.issuer_key = ec.generate_private_key(ec.SECP256R1())
        self.issuer = self._authority("G2", "Root", self.issuer_key.public_key(), self.root_key)
        self.served: dict[str, httpx.Response] = {}
        self.asked: list[str] = []

    def channel(self, **changes: str) -> Paypal:
        given = {"client_id": "A", "client_secret": "E", "webhook_id": "WH1"}
        given |= {"root_certificate": pem(self.root).decode()}
        client = httpx.Client(transport=httpx.MockTransport(self.answer))
        return Paypal(given | changes, client=client)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.served.get(str(request.url), httpx.Response(404))

    def issue(
        self,
        name: str = SIGNER,
        *,
        starts: datetime = NOW - timedelta(days=1),
        place: str = "",
        by: ec.EllipticCurvePrivateKey | None = None,
    ) -> bytes:
        """A certificate for the signer's key; `place` is where it says that its issuer's is."""
        key = by or self.issuer_key
        builder = (
            builder_of(name, "G2", KEY.public_key(), starts)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
                critical=False,
            )
        )
        if place:
            about = x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(place)
            )
            builder = builder.add_extension(
                x509.AuthorityInformationAccess([about]), critical=False
            )
        return pem(builder.sign(key, hashes.SHA256()))

    def serve(self, content: bytes, url: str = PLACE) -> None:
        self.served[url] = httpx.Response(200, content=content)

    def _authority(
        self,
        name: str,
        issuer: str,
        key: ec.EllipticCurvePublicKey,
        by: ec.EllipticCurvePrivateKey,
    ) -> x509.Certificate:
        others = "content_commitment data_encipherment key_agreement encipher_only decipher_only"
        usage = dict.fromkeys(["digital_signature", "key_encipherment", *others.split()], False)
        return (
            builder_of(name, issuer, key, NOW - timedelta(days=100))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()),
                critical=False,
            )
            .sign(by, hashes.SHA256())
        )


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def builder_of(
    name: str, issuer: str, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, starts: datetime
) -> x509.CertificateBuilder:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=365))
    )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def notice(
    webhook_id: str = "WH1", *, url: str = PLACE, sent_at: datetime = NOW, id: str = "t-1"
) -> tuple[dict[str, str], bytes]:
    """A transmission that is right in itself."""
    body = json.dumps({"id": "WH-1", "event_type": "X", "resource": {}}).encode()
    time = sent_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    seal = Seal(id, time, "", url)
    raw = KEY.sign(signing.signed_text(seal, webhook_id, body), padding.PKCS1v15(), hashes.SHA256())
    headers = {
        "paypal-auth-algo": "SHA256withRSA",
        "paypal-cert-url": url,
        "paypal-transmission-id": id,
        "paypal-transmission-time": time,
        "paypal-transmission-sig": base64.b64encode(raw).decode(),
    }
    return headers, body


@pytest.fixture
def platform() -> Iterator[Platform]:
    this = Platform()
    this.serve(this.issue() + pem(this.issuer))
    with clock.frozen(NOW):
        yield this


def test_a_right_notice_is_read_and_its_certificate_downloaded_once(platform: Platform) -> None:
    channel = platform.channel()
    for _ in range(3):
        assert channel.read_notice(*notice()).id == "WH-1"
    assert platform.asked == [PLACE]
    with clock.frozen(NOW + timedelta(hours=13)):
        assert platform.channel().read_notice(*notice()).id == "WH-1"
    assert platform.asked == [PLACE, PLACE]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1/notifications/certs/CERT-1",
        "http://api-m.paypal.com/v1/notifications/certs/CERT-1",
        "https://api-m.paypal.com.evil.example/v1/notifications/certs/CERT-1",
        "https://api-m.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://evil.example#api-m.paypal.com/v1/notifications/certs/CERT-1",
        "https://evil.example\\@api-m.paypal.com/v1/notifications/certs/CERT-1",
        "https://api-m.paypal.com:8443/v1/notifications/certs/CERT-1",
        "https://API-M.paypal.com/v1/notifications/certs/CERT-1",
        "https://www.paypal.com/v1/notifications/certs/CERT-1",
        "https://api-m.sandbox.paypal.com/v1/notifications/certs/CERT-1",
        "https://api-m.paypal.com/v1/notifications/certs/../../redirect",
        "https://api-m.paypal.com/v1/notifications/certs/CERT-1?next=https://evil.example",
        "https://api-m.paypal.com/v1/notifications/certs/CERT-1\n",
        "https://api-m.paypal.com/v1/notifications/certs/",
        "//api-m.paypal.com/v1/notifications/certs/CERT-1",
        "file:///etc/passwd",
    ],
)
def test_nothing_is_downloaded_from_elsewhere(platform: Platform, url: str) -> None:
    platform.serve(platform.issue() + pem(platform.issuer), url.strip())
    with pytest.raises(Untrusted):
        platform.channel().read_notice(*notice(url=url))
    assert platform.asked == []


def test_a_certificate_that_moved_elsewhere_is_not_followed(platform: Platform) -> None:
    elsewhere = "https://evil.example/v1/notifications/certs/CERT-1"
    platform.serve(platform.issue() + pem(platform.issuer), elsewhere)
    platform.served[PLACE] = httpx.Response(302, headers={"location": elsewhere})
    with pytest.raises(Untrusted):
        platform.channel().read_notice(*notice())
    assert platform.asked == [PLACE]


BAD: dict[str, Callable[[Platform], bytes]] = {
    "not there": lambda this: b"",
    "no certificate": lambda this: (
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    ),
    "a key": lambda this: KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ),
    "made out to somebody else": lambda this: this.issue("shop.example") + pem(this.issuer),
    "made out to another host of PayPal's": lambda this: (
        this.issue("www.paypal.com") + pem(this.issuer)
    ),
    "made out to a name that only ends like it": lambda this: (
        this.issue("messageverificationcerts.evilpaypal.com") + pem(this.issuer)
    ),
    "over": lambda this: this.issue(starts=NOW - timedelta(days=366)) + pem(this.issuer),
    "not yet valid": lambda this: this.issue(starts=NOW + timedelta(minutes=1)) + pem(this.issuer),
    "without its issuer": lambda this: this.issue(),
    "of another authority": lambda this: Platform().issue() + pem(this.issuer),
    "with an authority of its own": lambda this: _with_chain(Platform()),
    "signed by itself": lambda this: _self_signed(),
}


def _with_chain(other: Platform) -> bytes:
    return other.issue() + pem(other.issuer) + pem(other.root)


def _self_signed() -> bytes:
    made = builder_of(SIGNER, SIGNER, KEY.public_key(), NOW - timedelta(days=1)).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(SIGNER)]), critical=False
    )
    return pem(made.sign(KEY, hashes.SHA256()))


@pytest.mark.parametrize("what", BAD)
def test_a_certificate_is_not_believed_that_is(platform: Platform, what: str) -> None:
    platform.serve(BAD[what](platform))
    with pytest.raises(Untrusted):
        platform.channel().read_notice(*notice())


def test_behind_paypals_own_address_browsers_authorities_are_believed_and_no_other(
    platform: Platform,
) -> None:
    with pytest.raises(Untrusted, match="no known authority"):
        platform.channel(root_certificate="").read_notice(*notice())


def test_an_issuer_that_was_left_out_is_taken_from_where_the_certificate_says(
    platform: Platform,
) -> None:
    place = f"{certificates.ISSUERS}G2.crt"
    platform.serve(platform.issue(place=place))
    platform.serve(platform.issuer.public_bytes(serialization.Encoding.DER), place)
    assert platform.channel().read_notice(*notice()).id == "WH-1"
    assert platform.asked == [PLACE, place]


def test_an_issuer_is_not_taken_from_anywhere(platform: Platform) -> None:
    platform.serve(platform.issue(place="http://169.254.169.254/G2.crt"))
    with pytest.raises(Untrusted):
        platform.channel().read_notice(*notice())
    assert platform.asked == [PLACE]


def test_names_that_nobody_knows_lead_to_few_downloads(platform: Platform) -> None:
    channel = platform.channel()
    channel.read_notice(*notice())
    for number in range(50):
        with pytest.raises(Untrusted):
            channel.read_notice(*notice(url=f"{PLACE}{number}"))
    assert len(platform.asked) == certificates.DOWNLOADS
    assert channel.read_notice(*notice()).id == "WH-1"


@pytest.mark.parametrize(
    "sent_at", [NOW - timedelta(days=4, seconds=1), NOW + timedelta(minutes=11)]
)
def test_a_notice_of_another_time_is_refused(platform: Platform, sent_at: datetime) -> None:
    with pytest.raises(Untrusted, match="another time"):
        platform.channel().read_notice(*notice(sent_at=sent_at))


def test_a_repeat_on_the_third_day_is_read(platform: Platform) -> None:
    sent_at = NOW - timedelta(days=3, hours=1)
    assert platform.channel().read_notice(*notice(sent_at=sent_at)).id == "WH-1"


def test_a_notice_for_another_webhook_is_refused(platform: Platform) -> None:
    with pytest.raises(Untrusted):
        platform.channel().read_notice(*notice("WH2"))


def test_without_a_webhook_id_no_notice_is_believed(platform: Platform) -> None:
    with pytest.raises(Untrusted):
        platform.channel(webhook_id="").read_notice(*notice(""))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("paypal-auth-algo", "SHA1withRSA"),
        ("paypal-auth-algo", ""),
        ("paypal-transmission-id", "t-1|2026-03-02T09:00:00Z"),
        ("paypal-transmission-time", "2026-03-02"),
        ("paypal-transmission-time", "2026-02-30T09:00:00Z"),
        ("paypal-transmission-sig", "no base64"),
    ],
)
def test_headers_that_are_none_are_refused(platform: Platform, name: str, value: str) -> None:
    headers, body = notice()
    with pytest.raises(Untrusted):
        platform.channel().read_notice(headers | {name: value}, body)


# Over the sandbox


def test_the_same_body_written_anew_is_refused(provider: PaypalProvider) -> None:
    paid(provider)
    headers, body = provider.notices()[-1]
    with pytest.raises(Untrusted):
        provider.channel.read_notice(headers, json.dumps(json.loads(body)).encode())


def test_a_new_certificate_of_paypals_is_believed_beside_the_old_one(
    provider: PaypalProvider,
) -> None:
    paid(provider)
    provider.sandbox.flush()
    client_id = provider.credentials["client_id"]
    provider.sandbox.control(f"paypal/accounts/{client_id}/rotate")
    paid(provider)
    provider.sandbox.flush()
    told = [each.report.outcome for each in read_all(provider) if each.report]
    assert told == [Outcome.SUCCEEDED] * 2
    assert len({each.headers["paypal-cert-url"] for each in provider.receiver.received}) == 2


def test_paypal_says_the_same_of_a_notice_as_we_do(provider: PaypalProvider) -> None:
    paid(provider)
    headers, body = provider.notices()[-1]
    for event, verdict in [(body, "SUCCESS"), (body.replace(b'"50.00"', b'"5.00"'), "FAILURE")]:
        asked = {
            "auth_algo": headers["paypal-auth-algo"],
            "cert_url": headers["paypal-cert-url"],
            "transmission_id": headers["paypal-transmission-id"],
            "transmission_sig": headers["paypal-transmission-sig"],
            "transmission_time": headers["paypal-transmission-time"],
            "webhook_id": provider.credentials["webhook_id"],
        }
        content = json.dumps(asked)[:-1].encode() + b',"webhook_event":' + event + b"}"
        said = provider.api(
            "POST",
            "/v1/notifications/verify-webhook-signature",
            content=content,
            headers={"Content-Type": "application/json"},
        )
        assert said == {"verification_status": verdict}


def test_paypal_repeats_a_notice_25_times_in_three_days_under_one_signature(
    provider: PaypalProvider,
) -> None:
    provider.receiver.answers = [(500, "no")]
    order = started(provider)
    provider.approve(order)
    for _ in range(30):
        provider.sandbox.flush(ahead_s=3.5 * 3600)
    received = provider.receiver.received
    assert len(received) == 26
    seals = {each.headers["paypal-transmission-sig"] for each in received}
    assert (len(seals), len({each.body for each in received})) == (1, 1)
