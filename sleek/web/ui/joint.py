"""The common address of several bills: it joins the tokens of each."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

SEPARATOR = "."
MOST = 10  # bills; a longer address makes a QR code that phones hardly read


def url(tokens: Iterable[str]) -> str:
    return settings.PUBLIC_URL + reverse("checkout-together", args=[SEPARATOR.join(tokens)])


def tokens(joined: str) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(joined.split(SEPARATOR)))
