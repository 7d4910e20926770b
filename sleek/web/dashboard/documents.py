"""The documents that people agree to when they sign up.

The texts lie in templates/dashboard/legal, one file per language. Who changes a word gives the
document a new version: a consent names the version and the SHA-256 of the text that the person
could read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sleek.merchants.actions import Agreement

VERSIONS = {"terms": "1.1", "privacy": "1.0"}
TITLES: dict[str, Promise] = {"terms": _("Terms of service"), "privacy": _("Privacy policy")}


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    version: str
    title: str
    text: SafeString

    @property
    def text_hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def read(name: str) -> Document:
    """The document as it stands, in the reader's language. Raises KeyError for an unknown name."""
    language = "zh-hans" if get_language() == "zh-hans" else "en"
    template = get_template(f"dashboard/legal/{name}.{language}.html")
    source: str = template.template.source  # type: ignore[attr-defined]
    return Document(name, VERSIONS[name], str(TITLES[name]), mark_safe(source))


def agreements() -> list[Agreement]:
    """What somebody who ticks the box agrees to right now."""
    documents = [read(name) for name in VERSIONS]
    return [
        Agreement(document.name, document.version, document.text_hash) for document in documents
    ]
