"""What a person sees at Google: choose an account, or go back without."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.identity import people
from sandbox.journal import Entry
from sandbox.store import Account, Json

CODE_VALID_S = 600
SCOPES = frozenset({"openid", "email", "profile"})


class Refused(Exception):
    """Google shows its own page and sends nobody back: the address may be a stranger's."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def routes() -> list[Route]:
    path = "/google/o/oauth2/v2/auth"
    return [Route(path, show, methods=["GET"]), Route(path, choose, methods=["POST"])]


async def show(request: Request) -> Response:
    try:
        app = _checked(request)
    except Refused as refusal:
        return _error(request, refusal)
    context = {"app": app.name, "people": people.PEOPLE, "complaint": ""}
    return _page(request, "identity/google/choose.html", context)


async def choose(request: Request) -> Response:
    """The query is the app's request, the form the person's answer."""
    try:
        app = _checked(request)
    except Refused as refusal:
        return _error(request, refusal)
    given = dict((await request.form()).items())
    asked = request.query_params
    if given.get("action") == "cancel":
        return _back(asked["redirect_uri"], error="access_denied", state=asked.get("state", ""))
    person = people.chosen(given)
    if person is None or not person.email:
        complaint = "请输入邮箱 Enter an e-mail address"
        context = {"app": app.name, "people": people.PEOPLE, "complaint": complaint}
        return _page(request, "identity/google/choose.html", context)
    code = _issue(request, app, person)
    more = {"scope": asked["scope"], "authuser": "0", "prompt": "consent"}
    return _back(asked["redirect_uri"], code=code, state=asked.get("state", ""), **more)


def _checked(request: Request) -> Account:
    asked = request.query_params
    account = world.of(request).store.account(asked.get("client_id", ""))
    if account is None or account.provider != "google":
        raise Refused("invalid_client", "The OAuth client was not found.")
    if asked.get("redirect_uri") not in account.data["redirect_uris"]:
        raise Refused("redirect_uri_mismatch", "The redirect URI is not registered for the app.")
    if asked.get("response_type") != "code":
        raise Refused("unsupported_response_type", "The sandbox only speaks response_type=code.")
    scopes = set(asked.get("scope", "").split())
    if not scopes or scopes - SCOPES:
        raise Refused("invalid_scope", "The sandbox knows openid, email and profile.")
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        raise Refused("invalid_request", "Only code_challenge_method=S256 is accepted.")
    return account


def _issue(request: Request, app: Account, person: people.Person) -> str:
    this, asked = world.of(request), request.query_params
    code = f"4/0A{world.token(60)}"
    grant = {
        "id": code,
        "person": people.to_json(person),
        "redirect_uri": asked["redirect_uri"],
        "scope": asked["scope"],
        "nonce": asked.get("nonce", ""),
        "challenge": asked.get("code_challenge", ""),
        "expires_at": this.clock.now() + CODE_VALID_S,
        "is_used": False,
    }
    with this.store.transaction():
        this.store.insert(app.id, "google.code", grant)
        this.journal.note(Entry("google", app.id, "login.approved", data={"email": person.email}))
    return code


def _back(address: str, **query: str) -> Response:
    joint = "&" if "?" in address else "?"
    return RedirectResponse(address + joint + urlencode(query), 302)


def _error(request: Request, refusal: Refused) -> Response:
    context = {"code": refusal.code, "reason": refusal.reason}
    return _page(request, "identity/google/error.html", context, status=400)


def _page(request: Request, name: str, context: Json, *, status: int = 200) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, name, context, status_code=status)
