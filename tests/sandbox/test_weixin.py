"""Simulated WeChat log-in: refusals with HTTP 200, a code for five minutes, ids that stay."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.conftest import Sandbox

BACK = "http://shop.example/back"


@dataclass
class App:
    sandbox: Sandbox
    appid: str
    secret: str

    def show(self, **changed: str) -> str:
        query = {
            "appid": self.appid,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "snsapi_login",
            "state": "s-1",
        } | changed
        return self.sandbox.http.get("/weixin/connect/qrconnect", params=query).text

    def ticket(self) -> str:
        found = re.search(r"/weixin/connect/confirm/(\w+)", self.show())
        assert found
        return found[1]

    def news(self, ticket: str) -> tuple[str, str]:
        answer = self.sandbox.http.get("/weixin/connect/l/qrconnect", params={"uuid": ticket})
        found = re.fullmatch(r"window.wx_errcode=(\d+);window.wx_code='(\w*)';", answer.text)
        assert found, answer.text
        return found[1], found[2]

    def press(self, ticket: str, **form: str) -> str:
        """The address at which the phone says to go on."""
        page = self.sandbox.http.post(f"/weixin/connect/confirm/{ticket}", data=form).text
        found = re.search(r'href="([^"]+)" id="return"', page)
        assert found, page
        return found[1].replace("&amp;", "&")

    def code(self, name: str = "林清") -> str:
        [code] = parse_qs(urlsplit(self.press(self.ticket(), name=name)).query)["code"]
        return code

    def exchange(self, code: str, /, **changed: str) -> httpx.Response:
        query = {
            "appid": self.appid,
            "secret": self.secret,
            "code": code,
            "grant_type": "authorization_code",
        } | changed
        return self.get("/sns/oauth2/access_token", **query)

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.sandbox.http.get(f"/weixin{path}", params=query)


def opened(sandbox: Sandbox, name: str = "Shop", **more: Any) -> App:
    order = {"provider": "weixin", "name": name, "domain": "shop.example", **more}
    keys = sandbox.control("accounts", **order)
    return App(sandbox, keys["appid"], keys["secret"])


@pytest.fixture
def app(sandbox: Sandbox) -> App:
    return opened(sandbox)


def test_a_scan_becomes_a_token_and_a_person_in_plain_text(app: App) -> None:
    answer = app.exchange(app.code())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain")
    told = json.loads(answer.content)
    assert (told["expires_in"], told["scope"]) == (7200, "snsapi_login")
    who = {"access_token": told["access_token"], "openid": told["openid"]}
    person = json.loads(app.get("/sns/userinfo", **who).content)
    assert (person["nickname"], person["openid"]) == ("林清", told["openid"])
    assert person["unionid"] == told["unionid"] != told["openid"]
    assert "email" not in person
    assert app.get("/sns/auth", **who).json() == {"errcode": 0, "errmsg": "ok"}


def test_the_waiting_page_learns_what_happens_on_the_phone(app: App) -> None:
    ticket = app.ticket()
    assert app.news(ticket) == ("408", "")
    app.sandbox.http.get(f"/weixin/connect/confirm/{ticket}")
    assert app.news(ticket) == ("404", "")
    address = app.press(ticket, name="林清")
    number, code = app.news(ticket)
    assert number == "405"
    assert address == f"{BACK}?code={code}&state=s-1"
    assert app.news("nothing")[0] == "402"


def test_who_refuses_goes_back_without_a_code(app: App) -> None:
    ticket = app.ticket()
    assert app.press(ticket, action="refuse") == f"{BACK}?state=s-1"
    assert app.news(ticket) == ("403", "")
    assert app.press(ticket, name="林清") == f"{BACK}?state=s-1"


BLOCKED = [
    ({"appid": "wxnobody"}, "AppID 参数错误"),
    ({"redirect_uri": "http://evil.example/back"}, "redirect_uri 参数错误"),
    ({"redirect_uri": "http://shop.example:8/back"}, "redirect_uri 参数错误"),
    ({"scope": "snsapi_userinfo"}, "Scope 参数错误"),
    ({"response_type": "token"}, "response_type 参数错误"),
]


@pytest.mark.parametrize(("changed", "reason"), BLOCKED)
def test_a_wrong_request_shows_no_code(app: App, changed: dict[str, str], reason: str) -> None:
    page = app.show(**changed)
    assert reason in page
    assert "confirm" not in page


REFUSED = [
    ({"appid": "wxnobody"}, 40013),
    ({"appid": ""}, 41002),
    ({"secret": "wrong"}, 40125),
    ({"secret": ""}, 41004),
    ({"grant_type": "password"}, 40002),
    ({"code": ""}, 41008),
    ({"code": "nothing"}, 40029),
]


@pytest.mark.parametrize(("changed", "number"), REFUSED)
def test_a_refusal_is_an_answer_with_http_200(
    app: App, changed: dict[str, str], number: int
) -> None:
    code = app.code()
    answer = app.exchange(code, **changed)
    assert (answer.status_code, answer.json()["errcode"]) == (200, number)
    assert "rid: " in answer.json()["errmsg"]
    assert "access_token" in app.exchange(code).json()


def test_a_code_works_once(app: App) -> None:
    code = app.code()
    app.exchange(code)
    assert app.exchange(code).json()["errcode"] == 40163


def test_a_token_is_good_for_its_own_person_only(app: App) -> None:
    lin, other = app.exchange(app.code()).json(), app.exchange(app.code("Omar")).json()
    mixed = {"access_token": lin["access_token"], "openid": other["openid"]}
    assert app.get("/sns/userinfo", **mixed).json()["errcode"] == 40003
    wrong = {"access_token": "nothing", "openid": lin["openid"]}
    assert app.get("/sns/userinfo", **wrong).json()["errcode"] == 40001


def test_a_token_can_be_refreshed(app: App) -> None:
    told = app.exchange(app.code()).json()
    query = {"appid": app.appid, "grant_type": "refresh_token"}
    fresh = app.get("/sns/oauth2/refresh_token", **query, refresh_token=told["refresh_token"])
    assert fresh.json()["openid"] == told["openid"]
    assert fresh.json()["access_token"] != told["access_token"]
    assert fresh.json()["refresh_token"] == told["refresh_token"]
    wrong = app.get("/sns/oauth2/refresh_token", **query, refresh_token="nothing")
    assert wrong.json()["errcode"] == 40030


def test_one_human_has_another_openid_at_each_app_and_one_unionid(
    app: App, sandbox: Sandbox
) -> None:
    other = opened(sandbox, "Second shop")
    here, there = app.exchange(app.code()).json(), other.exchange(other.code()).json()
    assert here["openid"] != there["openid"]
    assert here["unionid"] == there["unionid"]


def test_an_app_that_is_not_bound_gets_no_unionid(sandbox: Sandbox) -> None:
    unbound = opened(sandbox, "Unbound shop", has_unionid=False)
    assert "unionid" not in unbound.exchange(unbound.code()).json()
    bound = opened(sandbox, "Unbound shop")
    assert "unionid" in bound.exchange(bound.code()).json()


def test_codes_that_wait_can_be_scanned_from_the_home_page(app: App) -> None:
    ticket = app.ticket()
    assert f"/weixin/connect/confirm/{ticket}" in app.sandbox.http.get("/").text
    app.press(ticket, name="林清")
    assert f"/weixin/connect/confirm/{ticket}" not in app.sandbox.http.get("/").text
