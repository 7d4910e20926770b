"""What every template knows."""

from __future__ import annotations

from django.http import HttpRequest

from sleek.web.ui import cookies


def look(request: HttpRequest) -> dict[str, object]:
    return {"ui": {"theme": cookies.theme(request)}}
