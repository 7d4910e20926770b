"""Language and theme: who decides, and that choosing leads nowhere else."""

from __future__ import annotations

import pytest
from django.test import Client

from sleek.merchants.models import User

ENGLISH = {"headers": {"accept-language": "en-GB,en;q=0.8"}}


def language_of(client: Client, **more: dict[str, str]) -> str:
    return str(client.get("/", **more)["Content-Language"])  # type: ignore[arg-type]


@pytest.fixture
def reader(db: None) -> User:
    return User.objects.create_user("lin@example.com", language="zh-hans")


def test_chinese_is_the_language_of_whoever_wishes_nothing_we_have(db: None) -> None:
    assert language_of(Client()) == "zh-hans"
    assert language_of(Client(), headers={"accept-language": "eo"}) == "zh-hans"


def test_the_browser_is_heard_then_the_person_then_the_choice(reader: User) -> None:
    client = Client()
    assert language_of(client, **ENGLISH) == "en"
    client.force_login(reader)
    assert language_of(client, **ENGLISH) == "zh-hans"
    client.post("/choose/language", {"language": "en", "next": "/"})
    assert language_of(client) == "en"
    reader.refresh_from_db()
    assert reader.language == "en"


def test_an_unknown_language_changes_nothing(reader: User) -> None:
    client = Client()
    client.force_login(reader)
    client.post("/choose/language", {"language": "tlh", "next": "/"})
    assert language_of(client) == "zh-hans"
    assert "sleek_language" not in client.cookies


def test_the_theme_is_kept_until_it_is_the_devices_again(db: None) -> None:
    client = Client()
    assert "data-theme=" not in client.get("/").content.decode()
    client.post("/choose/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.post("/choose/theme", {"theme": ""})
    assert "data-theme=" not in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/choose/language", "/choose/theme"])
@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_choosing_never_leads_elsewhere(db: None, path: str, url: str) -> None:
    answer = Client().post(path, {"next": url, "language": "en", "theme": "dark"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("path", ["/choose/language", "/choose/theme"])
def test_a_link_cannot_choose_for_somebody(db: None, path: str) -> None:
    assert Client().get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(path, {"language": "en", "theme": "dark"})
    assert answer.status_code == 403
    assert "页面打开太久了" in answer.content.decode()
