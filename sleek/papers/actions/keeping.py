"""Issuing the paper itself: drawn, sealed, signed, and kept as it was.

All of it happens in the transaction of whoever issues: a paper without its bill, or a bill without
its paper, never is. It computes for 30 to 100 milliseconds and talks to nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core import ids
from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant
from sleek.papers import drawing, queries, rules, signing
from sleek.papers.actions.certificates import current_certificate, signer_of
from sleek.papers.models import Paper
from sleek.papers.rules import Kind, Sheet, Verify

VERIFY_PATH = "/v/"


class NotPrintable(SleekError):
    """No font has one of the letters, so the paper would not say what it should."""

    code = "not_printable"


def keep(
    merchant: Merchant,
    *,
    subject: str,
    kind: Kind,
    number: str,
    sheet: Sheet,
    at: datetime,
    attachments: Mapping[str, bytes] | None = None,
    verify_base: str = "",
) -> Paper:
    """In the caller's transaction, which records it as part of its own act. The address of its
    verification is `verify_base` and the code. Raises `NotPrintable`.
    """
    code = ids.code(rules.CODE_LENGTH)
    base = verify_base or settings.PUBLIC_URL + VERIFY_PATH
    verify = Verify(_verify_label(sheet.languages), base + code, rules.shown(code))
    sheet = replace(sheet, verify=verify, made_at=int(at.timestamp()))
    require_letters(sheet)
    drawn = drawing.draw(sheet, queries.pictures_of(merchant, sheet), attachments)
    certificate = current_certificate(merchant, at=at)
    signed = signing.sign(drawn, signer_of(certificate), reason=number, at=at)
    return Paper.objects.create(
        merchant=merchant,
        subject=subject,
        kind=kind,
        number=number,
        code=code,
        sheet=asdict(sheet),
        content=signed,
        content_hash=hashlib.sha256(signed).hexdigest(),
        certificate=certificate,
    )


def require_letters(sheet: Sheet) -> None:
    """Raises `NotPrintable`."""
    if missing := drawing.missing_letters(sheet):
        raise NotPrintable(
            _("No font here has these letters: %(letters)s. Write them another way.")
            % {"letters": " ".join(missing)}
        )


def _verify_label(languages: tuple[str, ...]) -> tuple[str, ...]:
    labels = []
    for language in languages:
        with translation.override(language):
            labels.append(_("Verify this paper"))
    return tuple(dict.fromkeys(labels))
