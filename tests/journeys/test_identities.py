"""From a stranger to a workspace with the word of Google or WeChat, over HTTP alone."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from tests.journeys.conftest import World, _token

GOOGLE, WEIXIN = "/account/with/google", "/account/with/weixin"


@pytest.fixture
def stranger(world: World) -> httpx.Client:
    return world.payer()


def press(world: World, browser: httpx.Client, page: str, path: str) -> str:
    """Press a button that leads to a provider: the address there."""
    token = _token(browser.get(world.web + page))
    left = browser.post(world.web + path, data={"csrfmiddlewaretoken": token})
    assert left.status_code == 302, left.text
    return left.headers["location"]


def send(browser: httpx.Client, address: str, **form: str) -> httpx.Response:
    token = _token(browser.get(address))
    data = {"csrfmiddlewaretoken": token, **form}
    return browser.post(address, data=data, follow_redirects=True)


def through_google(world: World, browser: httpx.Client, email: str) -> httpx.Response:
    there = press(world, browser, "/account/log-in", GOOGLE)
    chosen = browser.post(there, data={"name": "Anna Kim", "email": email, "is_verified": "on"})
    return browser.get(chosen.headers["location"], follow_redirects=True)


def scan(world: World, browser: httpx.Client, nickname: str) -> httpx.Response:
    there = press(world, browser, "/account/sign-up", WEIXIN)
    shown = browser.get(there).text
    phone = re.search(r"/weixin/connect/confirm/\w+", shown)
    assert phone
    confirmed = world.sandbox.post(phone[0], data={"name": nickname}).text
    back = re.search(r'href="([^"]+)" id="return"', confirmed)
    assert back
    return browser.get(html.unescape(back[1]), follow_redirects=True)


def link_to(world: World, email: str) -> str:
    """What the newest mail to this address leads to, as the sandbox shows it."""
    for name in re.findall(r'href="(/mail/[^"]+)"', world.sandbox.get("/mail").text):
        page = world.sandbox.get(name).text
        found = re.search(rf'href="({world.web}/account/[^"]+)"', page)
        if email in page and found:
            return html.unescape(found[1])
    raise AssertionError(f"no mail to {email}")


def test_a_stranger_with_google_has_a_workspace_after_two_forms(
    world: World, stranger: httpx.Client
) -> None:
    assert through_google(world, stranger, "anna.kim@example.com").url.path == "/account/join"
    joined = send(stranger, f"{world.web}/account/join", consent="on")
    assert joined.url.path == "/account/activated"
    assert "Set up my business" in joined.text
    assert stranger.get(f"{world.web}/setup").status_code == 200
    again = world.payer()
    assert through_google(world, again, "anna.kim@example.com").url.path == "/setup"


def test_a_stranger_with_wechat_binds_an_address_and_is_in(
    world: World, stranger: httpx.Client
) -> None:
    assert scan(world, stranger, "小安").url.path == "/account/join"
    form = {"email": "xiaoan@example.com", "consent": "on"}
    assert send(stranger, f"{world.web}/account/join", **form).url.path == "/account/waiting"
    assert stranger.get(f"{world.web}/setup").status_code == 302
    activated = send(stranger, link_to(world, "xiaoan@example.com"))
    assert activated.url.path == "/account/activated"
    assert scan(world, world.payer(), "小安").url.path == "/setup"


def test_the_demos_owner_comes_in_by_google_with_all_she_has(
    world: World, stranger: httpx.Client
) -> None:
    assert through_google(world, stranger, "lin@example.com").url.path == "/overview"
    logins = stranger.get(f"{world.web}/settings/logins").text
    assert "lin@example.com" in logins
    assert re.search(r'action="/settings/logins/\w+/disconnect"', logins)
