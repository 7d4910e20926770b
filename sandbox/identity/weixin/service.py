"""Pages of a service account inside WeChat: who reads them is told without being asked.

The person is Lin, or whom the cookie `weixin_person` names by a key of `people`.
"""

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox import world
from sandbox.identity import people
from sandbox.identity.weixin import accounts, grants

SILENT = "snsapi_base"
MAX_STATE = 128
APP = "MicroMessenger"


def routes() -> list[Route]:
    return [Route("/weixin/connect/oauth2/authorize", authorise, methods=["GET"])]


async def authorise(request: Request) -> Response:
    this, asked = world.of(request), request.query_params
    if APP not in request.headers.get("user-agent", ""):
        return _refused("请在微信客户端打开链接")
    account = this.store.account(asked.get("appid", ""))
    if account is None or not accounts.is_service(account):
        return _refused("AppID 参数错误，错误码：10013")
    target = asked.get("redirect_uri", "")
    if not account.data["domain"] or urlsplit(target).netloc != account.data["domain"]:
        return _refused("redirect_uri 域名与后台配置不一致，错误码：10003")
    state = asked.get("state", "")
    is_plain = state.isascii() and (state.isalnum() or not state)
    if asked.get("response_type") != "code" or not is_plain or len(state) > MAX_STATE:
        return _refused("该链接无法访问，错误码：10002")
    if asked.get("scope") != SILENT:
        return _refused("scope 参数错误或没有 scope 权限，错误码：10005")
    with this.store.transaction():
        code = grants.new(this, account.id, _reader(request), SILENT)
    joint = "&" if urlsplit(target).query else "?"
    return RedirectResponse(f"{target}{joint}{urlencode({'code': code, 'state': state})}", 302)


def _reader(request: Request) -> people.Person:
    wanted = request.cookies.get("weixin_person", "")
    return next((each for each in people.PEOPLE if each.key == wanted), people.PEOPLE[0])


def _refused(reason: str) -> Response:
    return HTMLResponse(f"<!doctype html><title>微信</title><p>{reason}</p>", 400)
