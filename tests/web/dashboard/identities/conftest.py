"""Google and WeChat as the sandbox simulates them, and browsers that go there and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from sleek.web.dashboard.identities.google import discovered
from tests.sandbox.conftest import start_sandbox, stop
from tests.web.dashboard.conftest import Visitor

OURS = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    process, url = start_sandbox(tmp_path_factory.mktemp("identities"))
    with httpx.Client(base_url=url, trust_env=False, timeout=10) as http:
        yield http
    stop(process)


@dataclass
class Elsewhere:
    """What people do at Google and at WeChat."""

    http: httpx.Client

    def google(self, visitor: Visitor, person: str = "", **form: str) -> Any:
        """Our answer to somebody who pressed the button, chose an account there, and came back."""
        return visitor.get(self.back_from_google(visitor, person, **form))

    def back_from_google(self, visitor: Visitor, person: str = "", **form: str) -> str:
        start = form.pop("start", "/account/with/google")
        left = visitor.post(start, {"next": form.pop("next", "")})
        assert left.status_code == 302, left.content.decode()
        return self.choose(left["Location"], person=person, **form)

    def choose(self, address: str, **form: str) -> str:
        """The path at which a choice of accounts sends a browser back to us."""
        answer = self.http.post(address, data={k: v for k, v in form.items() if v})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"].removeprefix(OURS)

    def weixin(self, visitor: Visitor, name: str = "林清", **form: str) -> Any:
        return visitor.get(self.back_from_weixin(visitor, name, **form))

    def back_from_weixin(self, visitor: Visitor, name: str = "林清", **form: str) -> str:
        left = visitor.post(form.pop("start", "/account/with/weixin"))
        assert left.status_code == 302, left.content.decode()
        page = self.http.get(left["Location"].removesuffix("#wechat_redirect")).text
        phone = re.search(r"/weixin/connect/confirm/\w+", page)
        assert phone, page
        answer = self.http.post(phone[0], data=form or {"name": name}).text
        back = re.search(r'href="([^"]+)" id="return"', answer)
        assert back, answer
        return back[1].replace("&amp;", "&").removeprefix(OURS)

    def fault(self, provider: str, kind: str, operation: str = "token", **more: Any) -> None:
        self._control("faults", provider=provider, operation=operation, kind=kind, **more)

    def open_weixin(self, **more: Any) -> dict[str, str]:
        answer: dict[str, str] = self._control(
            "accounts", provider="weixin", name="Sleek", domain="127.0.0.1:8000", **more
        )
        return answer

    def _control(self, path: str, **order: Any) -> Any:
        answer = self.http.post(f"/control/{path}", json=order)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def elsewhere(provider: httpx.Client, settings: Settings) -> Iterator[Elsewhere]:
    """Both providers are set up here as an operator would."""
    this = Elsewhere(provider)
    base = str(provider.base_url).rstrip("/")
    order = {"name": "Sleek", "redirect_uris": [f"{OURS}/account/with/google/back"]}
    google = this._control("accounts", provider="google", **order)
    weixin = this.open_weixin()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "google": {
            "APP": {"client_id": google["client_id"], "secret": google["client_secret"]},
            "ISSUER": f"{base}/google",
        },
        "weixin": {
            "APP": {"client_id": weixin["appid"], "secret": weixin["secret"]},
            "PAGE_URL": f"{base}/weixin",
            "API_URL": f"{base}/weixin",
        },
    }
    discovered.cache_clear()
    yield this
    provider.delete("/control/faults")
