"""A link that is still being typed, sealed into an address: the back office writes it, the payer's
page draws it. Nothing is stored, and nobody else can make such an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.core import signing

VALID_FOR = timedelta(hours=1)
MAX_TEXT = 12_000  # characters of the sealed text: a long description in Chinese takes some 6,000
_SALT = "ui.draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the payer's page needs to know of a link, its brand included. Ids are public ids, and
    whoever seals has seen to it that they belong to the merchant.
    """

    merchant: str
    kind: str
    currency: str
    amount: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    quantity_max: int | None = None
    pieces: int | None = None
    reason: str = ""
    description: str = ""
    brand_name: str = ""
    accent_color: str = "#0f5c73"
    logo: str = ""
    pictures: list[str] = field(default_factory=list)
    fields: list[Mapping[str, object]] = field(default_factory=list)
    asks_terms: bool = False
    language: str = ""


def seal(draft: Draft) -> str:
    values = {name: getattr(draft, name) for name in Draft.__slots__}
    return signing.dumps({k: v for k, v in values.items() if v}, salt=_SALT, compress=True)


def unseal(text: str) -> Draft | None:
    """Nothing when it was altered or is too old."""
    if len(text) > MAX_TEXT:
        return None
    try:
        return Draft(**signing.loads(text, salt=_SALT, max_age=VALID_FOR))
    except (signing.BadSignature, TypeError):
        return None
