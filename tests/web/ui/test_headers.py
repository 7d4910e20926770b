"""Headers of every page."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.test import Client, RequestFactory

from sleek.web.ui.middleware import Headers, content_policy


def policy_of(answer: HttpResponse) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}


def test_a_page_may_load_our_own_files_and_nothing_else(db: None) -> None:
    policy = policy_of(Client().get("/"))  # type: ignore[arg-type]
    assert policy["default-src"] == "'none'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", policy["script-src"])
    assert policy["script-src"] == policy["style-src"]
    assert policy["form-action"] == "'self'"
    assert (policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'")
    assert "unsafe" not in "".join(policy.values())


def test_each_answer_has_a_nonce_of_its_own(db: None) -> None:
    nonces = {Client().get("/")["Content-Security-Policy"] for _ in range(3)}
    assert len(nonces) == 3


def test_a_view_may_let_its_forms_reach_further() -> None:
    def view(request: object) -> HttpResponse:
        answer = HttpResponse()
        answer["Content-Security-Policy"] = content_policy(
            request,  # type: ignore[arg-type]
            forms_to=["https://checkout.stripe.com"],
        )
        return answer

    answer = Headers(view)(RequestFactory().get("/"))
    assert policy_of(answer)["form-action"] == "'self' https://checkout.stripe.com"


def test_powerful_features_are_off_and_addresses_stay_private(db: None) -> None:
    answer = Client().get("/")
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["X-Frame-Options"] == "DENY"


def test_errors_carry_the_headers_too(db: None) -> None:
    answer = Client().get("/nothing")
    assert answer.status_code == 404
    assert policy_of(answer)["default-src"] == "'none'"  # type: ignore[arg-type]
