"""Pages for errors: calm, in both languages, and whole when everything else is not."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation

from sleek.web.ui import views

TITLES = {
    views.bad_request: ("We did not understand this request", "无法理解这个请求"),
    views.forbidden: ("This is not open to you", "您无权查看此页"),
    views.not_found: ("There is no such page", "没有这个页面"),
}


@pytest.fixture
def request_() -> HttpRequest:
    request = RequestFactory().get("/somewhere")
    request.COOKIES["sleek_theme"] = "dark"
    return request


@pytest.mark.parametrize("page", TITLES)
def test_an_error_speaks_both_languages(request_: HttpRequest, page: object) -> None:
    for language, title in zip(["en", "zh-hans"], TITLES[page], strict=True):  # type: ignore[index]
        with translation.override(language):
            assert title in page(request_, Exception()).content.decode()  # type: ignore[operator]


def test_the_page_for_our_own_failure_needs_no_database(request_: HttpRequest) -> None:
    with translation.override("en"):
        answer = views.server_error(request_)
    assert answer.status_code == 500
    assert "it may have gone through" in answer.content.decode()
    assert 'data-theme="dark"' in answer.content.decode()


def test_too_many_requests_have_a_page_of_their_own(request_: HttpRequest) -> None:
    with translation.override("zh-hans"):
        answer = views.too_many_requests(request_)
    assert answer.status_code == 429
    assert "尝试次数过多" in answer.content.decode()


def test_an_expired_form_offers_to_load_the_page_again(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/account/log-in", {"login": "a"})
    assert answer.status_code == 403
    assert 'href="/account/log-in"' in answer.content.decode()
