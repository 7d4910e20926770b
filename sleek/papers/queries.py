"""Reading papers: for whoever issued them, and for whoever holds one."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.crypto import constant_time_compare

from sleek.merchants.models import Merchant, Picture
from sleek.papers import drawing, rules
from sleek.papers.models import Paper
from sleek.papers.rules import Sheet

MOST_VERSIONS = 1000  # that anybody may ask for


def by_code(code: str) -> Paper | None:
    """With the code as somebody copied it from paper."""
    plain = rules.plain(code)
    found = Paper.objects.select_related("merchant", "certificate")
    return found.filter(code=plain).first() if plain else None


def paper(number: str, code: str) -> Paper | None:
    """Only with both: a code alone may be guessed at, a number is no secret."""
    found = by_code(code)
    is_same = found and constant_time_compare(found.number.casefold(), number.strip().casefold())
    return found if is_same else None


def newest(subject: str) -> Paper | None:
    """The last paper that was issued of something."""
    found = Paper.objects.select_related("merchant", "certificate")
    return found.filter(subject=subject).order_by("pk").last()


def printed(subjects: Iterable[str]) -> set[str]:
    """Those that have a paper."""
    found = Paper.objects.filter(subject__in=list(subjects))
    return set(found.values_list("subject", flat=True))


def version(subject: str, number: int) -> Paper | None:
    """Of several papers of one thing the first, second or further one."""
    found = Paper.objects.filter(subject=subject).order_by("pk")
    return next(iter(found[number - 1 : number]), None) if 0 < number < MOST_VERSIONS else None


def preview(merchant: Merchant, sheet: Sheet) -> list[bytes]:
    """PNG pages of what would be printed. Raises `drawing.Undrawable`."""
    return drawing.preview(sheet, pictures_of(merchant, sheet))


def pictures_of(merchant: Merchant, sheet: Sheet) -> dict[str, bytes]:
    """Logo and seal, from what the merchant keeps."""
    wanted = [sheet.logo, sheet.seal.picture if sheet.seal else ""]
    found = Picture.objects.filter(merchant=merchant, public_id__in=filter(None, wanted))
    return {picture.public_id: bytes(picture.content) for picture in found}
