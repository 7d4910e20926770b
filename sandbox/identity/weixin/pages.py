"""The page with the code, and the phone that scans it."""

from urllib.parse import urlencode, urlsplit

import segno
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.identity import people
from sandbox.identity.weixin import accounts, grants
from sandbox.journal import Entry
from sandbox.store import Account, Json
from sandbox.world import World

TICKET_VALID_S = 300
LOG_IN = "snsapi_login"
KIND = "weixin.ticket"

WAITING, SCANNED, CONFIRMED, REFUSED = "waiting", "scanned", "confirmed", "refused"
# What the waiting page is told, in WeChat's own numbers.
NEWS = {WAITING: 408, SCANNED: 404, CONFIRMED: 405, REFUSED: 403}
EXPIRED = 402


def routes() -> list[Route]:
    return [
        Route("/weixin/connect/qrconnect", show_code, methods=["GET"]),
        Route("/weixin/connect/l/qrconnect", tell_news, methods=["GET"]),
        Route("/weixin/connect/confirm/{id}", show_phone, methods=["GET"]),
        Route("/weixin/connect/confirm/{id}", answer, methods=["POST"]),
    ]


def to_scan(this: World, limit: int) -> list[Json]:
    """Codes that wait for a phone, the newest first."""
    tickets = [
        {"site": account.name, **ticket}
        for account in this.store.accounts("weixin")
        for ticket in this.store.newest(account.id, KIND, limit)
    ]
    now = this.clock.now()
    open_ones = [t for t in tickets if t["status"] in (WAITING, SCANNED) and t["expires_at"] > now]
    return sorted(open_ones, key=lambda ticket: -float(ticket["expires_at"]))[:limit]


async def show_code(request: Request) -> Response:
    this, asked = world.of(request), request.query_params
    account = this.store.account(asked.get("appid", ""))
    if account is None or account.provider != "weixin" or accounts.is_service(account):
        return _error(request, "AppID 参数错误")
    host = urlsplit(asked.get("redirect_uri", "")).netloc
    if not host or host != account.data["domain"]:
        return _error(request, "redirect_uri 参数错误")
    if asked.get("response_type") != "code":
        return _error(request, "response_type 参数错误")
    if asked.get("scope") != LOG_IN:
        return _error(request, "Scope 参数错误或没有 Scope 权限")
    ticket = _ticket(this, account, asked["redirect_uri"], asked.get("state", ""))
    phone = f"{world.base_url(request)}/weixin/connect/confirm/{ticket['id']}"
    qr = segno.make(phone, error="m").svg_inline(border=2, omitsize=True)
    context = {"site": account.name, "ticket": ticket, "qr": qr}
    return _page(request, "identity/weixin/code.html", context)


async def tell_news(request: Request) -> Response:
    """For the waiting page: a line of script, as WeChat sends it."""
    this = world.of(request)
    found = this.store.find(KIND, request.query_params.get("uuid", ""))
    number, code = EXPIRED, ""
    if found is not None:
        ticket = found[1]
        is_late = ticket["status"] in (WAITING, SCANNED) and _is_late(this, ticket)
        number = EXPIRED if is_late else NEWS[ticket["status"]]
        code = ticket["code"]
    text = f"window.wx_errcode={number};window.wx_code='{code}';"
    return PlainTextResponse(text, media_type="text/javascript")


async def show_phone(request: Request) -> Response:
    this = world.of(request)
    found = this.store.find(KIND, request.path_params["id"])
    if found is None or _is_late(this, found[1]):
        return _error(request, "二维码已失效，请刷新后重新扫描")
    ticket = found[1]
    if ticket["status"] == WAITING:
        ticket = {**ticket, "status": SCANNED}
        this.store.update(KIND, ticket)
    return _phone(request, found[0], ticket)


async def answer(request: Request) -> Response:
    this = world.of(request)
    found = this.store.find(KIND, request.path_params["id"])
    if found is None or _is_late(this, found[1]):
        return _error(request, "二维码已失效，请刷新后重新扫描")
    appid, ticket = found
    given = dict((await request.form()).items())
    if ticket["status"] in (CONFIRMED, REFUSED):
        return _phone(request, appid, ticket)
    if given.get("action") == "refuse":
        ticket = {**ticket, "status": REFUSED}
        this.store.update(KIND, ticket)
    elif person := people.chosen(given):
        ticket = _confirm(this, appid, ticket, person)
    return _phone(request, appid, ticket)


def return_address(ticket: Json) -> str:
    """Where the waiting page goes now. Who refuses comes back without a code."""
    query = {"code": ticket["code"]} if ticket["code"] else {}
    joint = "&" if "?" in ticket["redirect_uri"] else "?"
    return str(ticket["redirect_uri"]) + joint + urlencode({**query, "state": ticket["state"]})


def _ticket(this: World, account: Account, redirect_uri: str, state: str) -> Json:
    ticket = {
        "id": world.token(16),
        "redirect_uri": redirect_uri,
        "state": state,
        "status": WAITING,
        "code": "",
        "expires_at": this.clock.now() + TICKET_VALID_S,
    }
    this.store.insert(account.id, KIND, ticket)
    return ticket


def _confirm(this: World, appid: str, ticket: Json, person: people.Person) -> Json:
    with this.store.transaction():
        ticket = {**ticket, "status": CONFIRMED, "code": grants.new(this, appid, person, LOG_IN)}
        this.store.update(KIND, ticket)
        this.journal.note(Entry("weixin", appid, "login.approved", data={"name": person.name}))
    return ticket


def _is_late(this: World, ticket: Json) -> bool:
    return bool(ticket["expires_at"] <= this.clock.now())


def _phone(request: Request, appid: str, ticket: Json) -> Response:
    account = world.of(request).store.account(appid)
    context = {"site": account.name if account else "", "ticket": ticket, "people": people.PEOPLE}
    # The real phone leaves it to the waiting page to go on; without script a link does it here.
    address = return_address(ticket) if ticket["status"] in (CONFIRMED, REFUSED) else ""
    return _page(request, "identity/weixin/phone.html", {**context, "address": address})


def _error(request: Request, reason: str) -> Response:
    return _page(request, "identity/weixin/error.html", {"reason": reason})


def _page(request: Request, name: str, context: Json) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, name, context)
