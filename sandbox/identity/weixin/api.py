"""What programs ask WeChat: a token for a code, a fresh token, who it is.

Every answer is HTTP 200 and text/plain; a refusal is JSON with `errcode` and `errmsg`.
"""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import faults, world
from sandbox.faults import Fault
from sandbox.identity import people
from sandbox.identity.weixin import followers, grants, service
from sandbox.journal import Entry
from sandbox.store import Account, Json
from sandbox.world import World

TOKEN_VALID_S = 7200
REFRESH_VALID_S = 30 * 24 * 3600
MESSAGES = {
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40030: "invalid refresh_token",
    40125: "invalid appsecret",
    40163: "code been used",
    41001: "access_token missing",
    41002: "appid missing",
    41003: "refresh_token missing",
    41004: "appsecret missing",
    41008: "missing code",
    41009: "missing openid",
    48001: "api unauthorized",
    42001: "access_token expired",
    42002: "refresh_token expired",
    42003: "code expired",
}
BUSY = -1


class WeixinError(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def routes() -> list[Route]:
    return [
        Route("/weixin/sns/oauth2/access_token", _told("token", give_token)),
        Route("/weixin/sns/oauth2/refresh_token", _told("token", refresh)),
        Route("/weixin/sns/auth", _told("userinfo", check)),
        Route("/weixin/sns/userinfo", _told("userinfo", tell_person)),
    ]


Handler = Callable[[Request, Fault | None], Json]


def _told(operation: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        this = world.of(request)
        fault = this.faults.for_call("weixin", operation, request.query_params.get("appid", ""))
        if early := await faults.before(fault):
            return early
        try:
            if faults.strikes(fault, "refuse"):
                raise WeixinError(int(fault.number("errcode", BUSY)) if fault else BUSY)
            with this.store.transaction():
                body = handler(request, fault)
        except WeixinError as refusal:
            message = MESSAGES.get(refusal.number, "system error")
            return _plain({"errcode": refusal.number, "errmsg": f"{message}, rid: {_rid()}"})
        return faults.after(fault) or _plain(body)

    return respond


def give_token(request: Request, fault: Fault | None) -> Json:
    """A code works once and for five minutes."""
    this, given = world.of(request), request.query_params
    app = _app(this, given.get("appid", ""))
    if not given.get("secret"):
        raise WeixinError(41004)
    if given["secret"] != app.data["secret"]:
        raise WeixinError(40125)
    if given.get("grant_type") != "authorization_code":
        raise WeixinError(40002)
    if not given.get("code"):
        raise WeixinError(41008)
    grant = this.store.get(app.id, grants.KIND, given["code"])
    if grant is None:
        raise WeixinError(40029)
    if grant["is_used"]:
        raise WeixinError(40163)
    if grant["expires_at"] <= this.clock.now():
        raise WeixinError(42003)
    this.store.update(grants.KIND, {**grant, "is_used": True})
    this.journal.note(Entry("weixin", app.id, "token.issued"))
    return _tokens(this, app, grant, fault)


def refresh(request: Request, fault: Fault | None) -> Json:
    this, given = world.of(request), request.query_params
    app = _app(this, given.get("appid", ""))
    if given.get("grant_type") != "refresh_token":
        raise WeixinError(40002)
    if not given.get("refresh_token"):
        raise WeixinError(41003)
    kept = this.store.get(app.id, "weixin.refresh", given["refresh_token"])
    if kept is None:
        raise WeixinError(40030)
    if kept["expires_at"] <= this.clock.now():
        raise WeixinError(42002)
    told = _tokens(this, app, kept, fault)
    this.store.delete("weixin.refresh", told["refresh_token"])
    told["refresh_token"] = kept["id"]
    told.pop("unionid", None)
    return told


def check(request: Request, fault: Fault | None) -> Json:
    """Whether an access token is good for this person."""
    _known(request)
    return {"errcode": 0, "errmsg": "ok"}


def tell_person(request: Request, fault: Fault | None) -> Json:
    app, person = _known(request)
    told: Json = {
        "openid": people.word_of(person, app.id),
        "nickname": person.name,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "privilege": [],
    }
    return told | _union(app, person, fault)


def _tokens(this: World, app: Account, grant: Json, fault: Fault | None) -> Json:
    token, refresher = f"100_{world.token(80)}", f"100_{world.token(80)}"
    now = this.clock.now()
    made = [("weixin.token", token, TOKEN_VALID_S), ("weixin.refresh", refresher, REFRESH_VALID_S)]
    for kind, key, seconds in made:
        kept = {
            "id": key,
            "person": grant["person"],
            "scope": grant["scope"],
            "expires_at": now + seconds,
        }
        this.store.insert(app.id, kind, kept)
    somebody = people.from_json(grant["person"])
    followers.note(this, app.id, somebody)
    return {
        "access_token": token,
        "expires_in": TOKEN_VALID_S,
        "refresh_token": refresher,
        "openid": people.word_of(somebody, app.id),
        "scope": grant["scope"],
        **_union(app, somebody, fault),
    }


def _known(request: Request) -> tuple[Account, people.Person]:
    """The app and the person behind the token of the request."""
    this, given = world.of(request), request.query_params
    if not given.get("access_token"):
        raise WeixinError(41001)
    if not given.get("openid"):
        raise WeixinError(41009)
    found = this.store.find("weixin.token", given["access_token"])
    app = this.store.account(found[0]) if found else None
    if found is None or app is None:
        raise WeixinError(40001)
    if found[1]["expires_at"] <= this.clock.now():
        raise WeixinError(42001)
    person = people.from_json(found[1]["person"])
    if given["openid"] != people.word_of(person, app.id):
        raise WeixinError(40003)
    if found[1]["scope"] == service.SILENT:
        raise WeixinError(48001)
    return app, person


def _union(app: Account, person: people.Person, fault: Fault | None) -> Json:
    if not app.data["has_unionid"] or faults.strikes(fault, "no_unionid"):
        return {}
    return {"unionid": people.word_of(person, "open platform")}


def _app(this: World, appid: str) -> Account:
    if not appid:
        raise WeixinError(41002)
    account = this.store.account(appid)
    if account is None or account.provider != "weixin":
        raise WeixinError(40013)
    return account


def _plain(body: Json) -> Response:
    # Without a charset, as WeChat does: a client that assumes Latin-1 garbles every name.
    headers = {"Content-Type": "text/plain"}
    return Response(json.dumps(body, ensure_ascii=False).encode(), headers=headers)


def _rid() -> str:
    return f"{world.token(8)}-{world.token(8)}-{world.token(8)}".lower()
