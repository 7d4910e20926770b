"""What programs ask Google: the discovery document, tokens for a code, the keys, who it is."""

import base64
import binascii
import hashlib
import hmac
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import faults, world
from sandbox.faults import Fault
from sandbox.identity import people
from sandbox.identity.google import keys
from sandbox.journal import Entry
from sandbox.store import Account, Json
from sandbox.world import World

TOKEN_VALID_S = 3599
MAX_BODY_BYTES = 16 * 1024


class TokenError(Exception):
    """A refusal in the words of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


def routes() -> list[Route]:
    return [
        Route("/google/.well-known/openid-configuration", discover, methods=["GET"]),
        Route("/google/token", exchange, methods=["POST"]),
        Route("/google/oauth2/v3/certs", show_keys, methods=["GET"]),
        Route("/google/v1/userinfo", show_person, methods=["GET", "POST"]),
    ]


async def discover(request: Request) -> Response:
    base = _issuer(request)
    return JSONResponse(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/o/oauth2/v2/auth",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/v1/userinfo",
            "jwks_uri": f"{base}/oauth2/v3/certs",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


async def show_keys(request: Request) -> Response:
    this = world.of(request)
    if early := await faults.before(this.faults.for_call("google", "certs", "")):
        return early
    return JSONResponse(keys.public(this.store), headers={"Cache-Control": "public, max-age=3600"})


async def exchange(request: Request) -> Response:
    """A code, once and within ten minutes, for an access token and an id token."""
    this = world.of(request)
    given = await _given(request)
    fault = this.faults.for_call("google", "token", given.get("client_id", ""))
    if early := await faults.before(fault):
        return early
    try:
        if faults.strikes(fault, "refuse"):
            raise TokenError("invalid_grant", "Bad Request")
        app = _app(this, given)
        grant = _spend(this, app, given)
    except TokenError as refusal:
        body = {"error": refusal.error, "error_description": refusal.description}
        return JSONResponse(body, refusal.status)
    if late := faults.after(fault):
        return late
    return JSONResponse(_tokens(request, app, grant, fault))


async def show_person(request: Request) -> Response:
    this = world.of(request)
    fault = this.faults.for_call("google", "userinfo", "")
    if early := await faults.before(fault):
        return early
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    found = this.store.find("google.token", token) if kind.lower() == "bearer" else None
    if found is None or found[1]["expires_at"] <= this.clock.now():
        body = {"error": "invalid_request", "error_description": "Invalid Credentials"}
        return JSONResponse(body, 401)
    return JSONResponse(_profile(people.from_json(found[1]["person"]), found[1]["scope"], fault))


async def _given(request: Request) -> dict[str, str]:
    """The form; the client may name itself in it or in the Authorization header."""
    body = (await request.body())[:MAX_BODY_BYTES].decode("utf-8", "replace")
    given = dict(parse_qsl(body, keep_blank_values=True))
    kind, _, packed = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return given
        given |= {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}
    return given


def _app(this: World, given: dict[str, str]) -> Account:
    account = this.store.account(given.get("client_id", ""))
    if account is None or account.provider != "google":
        raise TokenError("invalid_client", "The OAuth client was not found.", 401)
    secret = given.get("client_secret", "")
    if not secret:
        raise TokenError("invalid_request", "client_secret is missing.")
    if not hmac.compare_digest(secret.encode(), str(account.data["client_secret"]).encode()):
        raise TokenError("invalid_client", "The provided client secret is invalid.", 401)
    if given.get("grant_type") != "authorization_code":
        kind = given.get("grant_type", "")
        raise TokenError("unsupported_grant_type", f"Invalid grant_type: {kind}")
    return account


def _spend(this: World, app: Account, given: dict[str, str]) -> Json:
    grant = this.store.get(app.id, "google.code", given.get("code", ""))
    if grant is None:
        raise TokenError("invalid_grant", "Malformed auth code.")
    if grant["is_used"] or grant["expires_at"] <= this.clock.now():
        raise TokenError("invalid_grant", "Bad Request")
    if given.get("redirect_uri") != grant["redirect_uri"]:
        raise TokenError("redirect_uri_mismatch", "Bad Request")
    if grant["challenge"]:
        _check_verifier(given.get("code_verifier", ""), grant["challenge"])
    this.store.update("google.code", {**grant, "is_used": True})
    return grant


def _check_verifier(verifier: str, challenge: str) -> None:
    if not verifier:
        raise TokenError("invalid_grant", "Missing code verifier.")
    digest = hashlib.sha256(verifier.encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
        raise TokenError("invalid_grant", "Invalid code verifier.")


def _tokens(request: Request, app: Account, grant: Json, fault: Fault | None) -> Json:
    this = world.of(request)
    token = f"ya29.a0{world.token(120)}"
    kept = {"person": grant["person"], "scope": grant["scope"]}
    expires_at = this.clock.now() + TOKEN_VALID_S
    with this.store.transaction():
        this.store.insert(app.id, "google.token", {"id": token, "expires_at": expires_at, **kept})
        this.journal.note(Entry("google", app.id, "token.issued"))
    answer = {
        "access_token": token,
        "expires_in": TOKEN_VALID_S,
        "scope": grant["scope"],
        "token_type": "Bearer",
    }
    if "openid" in grant["scope"].split():
        claims = _claims(request, app, grant, fault)
        claims["at_hash"] = _half_hash(token)
        spoilt = faults.strikes(fault, "wrong_signature")
        answer["id_token"] = keys.sign(this.store, claims, is_spoilt=spoilt)
    return answer


def _claims(request: Request, app: Account, grant: Json, fault: Fault | None) -> Json:
    now = int(world.of(request).clock.now())
    if faults.strikes(fault, "expired_token"):
        now -= 2 * TOKEN_VALID_S
    stranger = "999999999999-somebodyelse.apps.googleusercontent.com"
    wrong_issuer = faults.strikes(fault, "wrong_issuer")
    claims = {
        "iss": "https://issuer.example" if wrong_issuer else _issuer(request),
        "azp": app.id,
        "aud": stranger if faults.strikes(fault, "wrong_audience") else app.id,
        "iat": now,
        "exp": now + TOKEN_VALID_S + 1,
        **_profile(people.from_json(grant["person"]), grant["scope"], fault),
    }
    if grant["nonce"]:
        wrong = faults.strikes(fault, "wrong_nonce")
        claims["nonce"] = world.token(20) if wrong else grant["nonce"]
    return claims


def _profile(person: people.Person, scope: str, fault: Fault | None) -> Json:
    told: Json = {"sub": people.number_of(person)}
    if "email" in scope.split():
        is_unverified = faults.strikes(fault, "unverified_email")
        told["email"] = person.email
        told["email_verified"] = person.has_verified_email and not is_unverified
    if "profile" in scope.split():
        first, _, last = person.name.partition(" ")
        told |= {"name": person.name, "given_name": first, "family_name": last}
    return told


def _half_hash(token: str) -> str:
    """`at_hash`: the left half of the access token's SHA-256 (OpenID Connect, 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).decode()[:22]


def _issuer(request: Request) -> str:
    return f"{world.base_url(request)}/google"
