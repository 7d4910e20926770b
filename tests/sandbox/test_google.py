"""Simulated Google: what it tells an app that does all right, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from tests.sandbox.conftest import Sandbox

BACK = "http://127.0.0.1:9/back"
VERIFIER = "v" * 50
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


@dataclass
class App:
    sandbox: Sandbox
    client_id: str
    secret: str

    def ask(self, **changed: str) -> httpx.Response:
        query = {
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "openid email profile",
            "state": "s-1",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | changed
        return self.sandbox.http.get("/google/o/oauth2/v2/auth", params=query)

    def code(self, person: str = "maria@example.com", **changed: str) -> str:
        answer = self.sandbox.http.post(self.ask(**changed).url, data={"person": person})
        [code] = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
        return code

    def exchange(self, code: str, /, **changed: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self.client_id,
            "client_secret": self.secret,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        } | changed
        return self.sandbox.http.post(
            "/google/token", data={k: v for k, v in form.items() if v != "absent"}
        )

    def claims(self, id_token: str) -> Any:
        keys = jwt.PyJWKSet.from_dict(self.sandbox.http.get("/google/oauth2/v3/certs").json())
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        issuer = f"{self.sandbox.url}/google"
        return jwt.decode(id_token, key, ["RS256"], audience=self.client_id, issuer=issuer)


@pytest.fixture
def app(sandbox: Sandbox) -> App:
    opened = sandbox.control("accounts", provider="google", name="Shop", redirect_uris=[BACK])
    return App(sandbox, opened["client_id"], opened["client_secret"])


def test_a_code_becomes_a_signed_id_token_and_says_who_it_is(app: App) -> None:
    answer = app.exchange(app.code())
    told = answer.json()
    claims = app.claims(told["id_token"])
    assert (claims["email"], claims["email_verified"]) == ("maria@example.com", True)
    assert (claims["name"], claims["nonce"], len(claims["sub"])) == ("Maria Silva", "n-1", 21)
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 60
    half = hashlib.sha256(told["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    person = app.sandbox.http.get("/google/v1/userinfo", headers=bearer).json()
    assert (person["sub"], person["email"]) == (claims["sub"], claims["email"])
    assert app.sandbox.http.get("/google/v1/userinfo").status_code == 401


def test_the_discovery_document_names_its_parts(app: App) -> None:
    document = app.sandbox.http.get("/google/.well-known/openid-configuration").json()
    assert document["issuer"] == f"{app.sandbox.url}/google"
    assert document["code_challenge_methods_supported"] == ["S256"]
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        assert document[name].startswith(document["issuer"])


BLOCKED = [
    ({"client_id": "nobody"}, "invalid_client"),
    ({"redirect_uri": BACK + "/"}, "redirect_uri_mismatch"),
    ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"scope": "openid drive"}, "invalid_scope"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
]


@pytest.mark.parametrize(("changed", "error"), BLOCKED)
def test_a_wrong_request_is_blocked_on_googles_own_page(
    app: App, changed: dict[str, str], error: str
) -> None:
    answer = app.ask(**changed)
    assert answer.status_code == 400
    assert error in answer.text


REFUSED = [
    ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"client_secret": "absent"}, 400, "invalid_request"),
    ({"client_id": "nobody"}, 401, "invalid_client"),
    ({"redirect_uri": "http://127.0.0.1:9/other"}, 400, "redirect_uri_mismatch"),
    ({"code": "4/0Anothing"}, 400, "invalid_grant"),
    ({"code_verifier": "absent"}, 400, "invalid_grant"),
    ({"code_verifier": "w" * 50}, 400, "invalid_grant"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
]


@pytest.mark.parametrize(("changed", "status", "error"), REFUSED)
def test_a_wrong_exchange_is_refused_and_uses_nothing_up(
    app: App, changed: dict[str, str], status: int, error: str
) -> None:
    code = app.code()
    answer = app.exchange(code, **changed)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert app.exchange(code).status_code == 200


def test_a_code_works_once(app: App) -> None:
    code = app.code()
    assert app.exchange(code).status_code == 200
    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_another_apps_code_is_no_code(app: App) -> None:
    other = app.sandbox.control("accounts", provider="google", name="Other", redirect_uris=[BACK])
    stolen = {"client_id": other["client_id"], "client_secret": other["client_secret"]}
    assert app.exchange(app.code(), **stolen).json()["error"] == "invalid_grant"


def test_who_cancels_goes_back_with_access_denied(app: App) -> None:
    answer = app.sandbox.http.post(app.ask().url, data={"action": "cancel"})
    assert answer.headers["location"] == f"{BACK}?error=access_denied&state=s-1"


SPOILT = [
    ("wrong_audience", jwt.InvalidAudienceError),
    ("wrong_issuer", jwt.InvalidIssuerError),
    ("expired_token", jwt.ExpiredSignatureError),
    ("wrong_signature", jwt.InvalidSignatureError),
]


@pytest.mark.parametrize(("kind", "error"), SPOILT)
def test_a_fault_spoils_exactly_one_thing(app: App, kind: str, error: type[Exception]) -> None:
    app.sandbox.fault("google", "token", kind)
    id_token = app.exchange(app.code()).json()["id_token"]
    with pytest.raises(error):
        app.claims(id_token)
    assert app.claims(app.exchange(app.code()).json()["id_token"])


def test_addresses_that_are_not_verified_say_so(app: App) -> None:
    told = app.exchange(app.code("pat@example.com")).json()
    assert app.claims(told["id_token"])["email_verified"] is False
    app.sandbox.fault("google", "token", "unverified_email")
    told = app.exchange(app.code()).json()
    assert app.claims(told["id_token"])["email_verified"] is False


def test_faults_of_payments_are_none_of_googles(app: App) -> None:
    order = {"provider": "google", "operation": "refund", "kind": "delay"}
    assert app.sandbox.http.post("/control/faults", json=order).status_code == 400
    order = {"provider": "google", "operation": "token", "kind": "wrong_amount"}
    assert app.sandbox.http.post("/control/faults", json=order).status_code == 400
