"""Asking an identity provider: one request, one JSON object back, or a reason why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

from sleek.core import http


class Silent(OAuth2Error):  # type: ignore[misc]
    """The provider did not answer, or not as one that works."""


class Refused(OAuth2Error):  # type: ignore[misc]
    """The provider said no, or said something that must not be believed."""


def ask(
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """JSON is read as such whatever its content type says: WeChat calls it plain text."""
    try:
        response = http.send(httpx.Request(method, url, params=query, data=form))
    except httpx.HTTPError as error:
        raise Silent(type(error).__name__) from error
    if response.status_code >= 500:
        raise Silent(f"HTTP {response.status_code}")
    try:
        answer = json.loads(response.content)
    except ValueError as error:
        raise Silent(f"HTTP {response.status_code} without JSON") from error
    if not isinstance(answer, dict):
        raise Refused("no JSON object")
    if response.status_code >= 400:
        raise Refused(str(answer.get("error", response.status_code)))
    return answer
